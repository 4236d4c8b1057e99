import { fstatSync, statSync, type Stats } from 'node:fs';

/**
 * Returns what the system says of an input.
 * @param file a path, or `-` for standard input
 * @returns null where it says nothing: whoever reads the input is told why
 */
export function inputStatus(file: string): Stats | null {
  try {
    // `process.stdin` would be opened by a mere look at it.
    return file === '-' ? fstatSync(0) : statSync(file);
  } catch {
    return null;
  }
}
