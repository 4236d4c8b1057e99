import type { EncodedTexts } from '../../text/bag_writer.js';
import { textsPerBatch, type Featurizer } from '../../text/featurizer.js';
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
      problems: some.flatMap(({ line, text, problem }) =>
        problem === null ? [] : { line, hasText: text !== null, problem },
      ),
      encoded: featurizer.encodeBatch(some.flatMap(({ text }) => text ?? [])),
    };
  }
}

/** Says whether lines follow on each other: those of a table are ascending, and may have gaps. */
function follow(lines: readonly TextLine[]): boolean {
  return (lines.at(-1)?.line ?? 0) - (lines[0]?.line ?? 0) === lines.length - 1;
}
