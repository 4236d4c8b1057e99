import type { SplitCollector } from './collector.js';
import type { ReadOptions, SourceFile } from '../source_file.js';
import { fastTextPrefix } from './format.js';
import { readLines } from './line_reader.js';

/** A label ends at white space, as fastText has it. */
const labelAtStart = new RegExp(`^${fastTextPrefix}(\\S+)(?:\\s+|$)`);
/** No label is longer. */
const mostLabelBytes = 1 << 10;

/**
 * Reads the lines that fastText trains on: `__label__positive text`.
 * @throws ImdbTorchError ERR_DATASET; the reason of `signal`
 */
export async function readFastText(
  file: SourceFile,
  options: ReadOptions,
  collector: SplitCollector,
): Promise<void> {
  await readLines(file, options, (line, number) => {
    const [first, label] = matchLabel(line);
    if (label === null) {
      collector.bad(number, `does not begin with ${fastTextPrefix} and a label`);
      return;
    }
    const text = line.subarray(first);
    if (matchLabel(text)[1] !== null) collector.bad(number, 'has more than one label');
    else collector.row(number, text, label);
  });
}

/** Bytes of the label and the white space behind it, and the label. */
function matchLabel(line: Buffer): [bytes: number, label: string | null] {
  const [whole = '', label] = labelAtStart.exec(line.toString('latin1', 0, mostLabelBytes)) ?? [];
  return [whole.length, label === undefined ? null : Buffer.from(label, 'latin1').toString('utf8')];
}
