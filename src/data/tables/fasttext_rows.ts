import type { ReadOptions, SourceFile } from '../source_file.js';
import { fastTextPrefix } from './format.js';
import { readLines } from './line_reader.js';
import type { RowConsumer } from './row_consumer.js';

const prefix = Buffer.from(fastTextPrefix);

/**
 * Reads the lines that fastText trains on, `__label__positive text`, as rows of two columns, text and label. The label
 * may stand anywhere between blanks.
 * @throws ImdbTorchError ERR_DATASET; what `consumer` throws; the reason of `signal`
 */
export async function readFastText(file: SourceFile, options: ReadOptions, consumer: RowConsumer): Promise<void> {
  const columns = consumer.choose(['text', 'label']);
  const bad = (number: number, why: string): void => {
    consumer.bad(number, why);
  };
  await readLines(file, options, {
    take: (line, number) => {
      const [label, ...others] = findLabels(line);
      if (label === undefined) bad(number, `has no ${fastTextPrefix} with a label`);
      else if (others.length > 0) bad(number, 'has more than one label');
      else {
        const name = line.subarray(label.start + prefix.length, label.end);
        const parts = [line.subarray(0, label.start), line.subarray(label.end + 1)];
        const [before = line, after = line] = parts;
        const text = isBlank(before) ? after : isBlank(after) ? before : Buffer.concat(parts);
        consumer.row(
          number,
          columns.map((column) => (column === 'text' ? text : name)),
        );
      }
    },
    bad,
  });
}

/** Returns the places of the words that begin with the prefix. */
function findLabels(line: Buffer): { start: number; end: number }[] {
  const labels = [];
  for (let start = line.indexOf(prefix); start >= 0; start = line.indexOf(prefix, start + 1)) {
    if (start > 0 && (line[start - 1] ?? 0) > 0x20) continue;
    const length = line.subarray(start).findIndex((byte) => byte <= 0x20);
    labels.push({ start, end: length < 0 ? line.length : start + length });
  }
  return labels;
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte <= 0x20);
}
