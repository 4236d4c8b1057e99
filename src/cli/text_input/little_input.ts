import type { TextInput } from './encoded_input.js';
import { inputStatus } from './input_status.js';

/** JavaScript, which begins at once, has answered files of half as much again before the addon has, whatever the model. */
export const littleBytes = 1 << 20;

/** Whether an input is so little that loading the addon would take longer than all the rest. */
export function isLittleInput(input: TextInput): boolean {
  if (!('file' in input)) return true;
  const status = inputStatus(input.file);
  return status !== null && status.isFile() && status.size <= littleBytes;
}
