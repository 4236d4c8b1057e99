import type { ReadOptions, SourceFile } from '../source_file.js';
import { fastTextPrefix } from './format.js';
import { readLines } from './line_reader.js';
import type { RowConsumer } from './row_consumer.js';

/** fastText ends a label at white space. */
const labelAtStart = new RegExp(`^${fastTextPrefix}(\\S+)(?:\\s+|$)`);
/** The largest size of a label. */
const mostLabelBytes = 1 << 10;

/**
 * Reads the lines that fastText trains on, `__label__positive text`, as rows of two columns, text and label.
 * @throws ImdbTorchError ERR_DATASET; what `consumer` throws; the reason of `signal`
 */
export async function readFastText(file: SourceFile, options: ReadOptions, consumer: RowConsumer): Promise<void> {
  const columns = consumer.choose(['text', 'label']);
  await readLines(file, options, (line, number) => {
    const [first, label] = matchLabel(line);
    if (label === null) {
      consumer.bad(number, `does not begin with ${fastTextPrefix} and a label`);
      return;
    }
    const text = line.subarray(first);
    if (matchLabel(text)[1] !== null) {
      consumer.bad(number, 'has more than one label');
    } else {
      consumer.row(
        number,
        columns.map((name) => (name === 'text' ? text : label)),
      );
    }
  });
}

/** Returns the label, and how many bytes it and the white space behind it take. */
function matchLabel(line: Buffer): [bytes: number, label: string | null] {
  const [whole = '', label] = labelAtStart.exec(line.toString('latin1', 0, mostLabelBytes)) ?? [];
  return [whole.length, label === undefined ? null : Buffer.from(label, 'latin1').toString('utf8')];
}
