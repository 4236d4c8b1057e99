import type { EncodedTexts } from '../../text/bag_writer.js';
import { textsPerBatch } from '../../text/feature_encoder.js';
import type { Featurizer } from '../../text/featurizer.js';
import type { Columns, TextLine } from './text_lines.js';

/** Lines or rows of an input in their order, of which those with a text are encoded. */
export interface EncodedLines {
  /** The number of the first line. */
  readonly first: number;
  readonly count: number;
  /** The numbers of all lines, where they do not just follow on the first. */
  readonly numbers: readonly number[] | null;
  /** The columns that are handed on with each line, where there are any. */
  readonly columns: readonly (Columns | undefined)[] | null;
  /** The lines with something to say of them, ascending; all others have a text. */
  readonly problems: readonly LineProblem[];
  /** The texts of the lines that have one. */
  readonly encoded: EncodedTexts;
}

interface LineProblem {
  /** Its place among the lines: several objects of JSON can begin on one line. */
  readonly index: number;
  readonly line: number;
  readonly hasText: boolean;
  readonly problem: string;
}

/** Encodes lines, a batch at a time. */
export function* encodeLines(featurizer: Featurizer, lines: readonly TextLine[]): Generator<EncodedLines> {
  for (let start = 0; start < lines.length; start += textsPerBatch) {
    const some = lines.slice(start, start + textsPerBatch);
    yield {
      first: some[0]?.line ?? 0,
      count: some.length,
      numbers: follow(some) ? null : some.map(({ line }) => line),
      columns: some.some(({ columns }) => columns !== undefined) ? some.map(({ columns }) => columns) : null,
      problems: some.flatMap(({ line, text, problem }, index) =>
        problem === null ? [] : { index, line, hasText: text !== null, problem },
      ),
      encoded: featurizer.encodeBatch(some.flatMap(({ text }) => text ?? [])),
    };
  }
}

/** Says whether each line is the one after that before it: those of a table may have gaps, and of JSON be the same. */
function follow(lines: readonly TextLine[]): boolean {
  const first = lines[0]?.line ?? 0;
  return lines.every(({ line }, index) => line === first + index);
}
