import type { EncodedTexts } from '../../text/bag_writer.js';
import { textsPerBatch, type Featurizer } from '../../text/featurizer.js';
import type { TextLine } from './text_lines.js';

/** Lines of an input that follow on each other, of which those with a text are encoded. */
export interface EncodedLines {
  /** The number of the first line. */
  readonly first: number;
  readonly count: number;
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

/** Encodes lines that follow on each other, a batch at a time. */
export function* encodeLines(featurizer: Featurizer, lines: readonly TextLine[]): Generator<EncodedLines> {
  for (let start = 0; start < lines.length; start += textsPerBatch) {
    const some = lines.slice(start, start + textsPerBatch);
    yield {
      first: some[0]?.line ?? 0,
      count: some.length,
      problems: some.flatMap(({ line, text, problem }) =>
        problem === null ? [] : { line, hasText: text !== null, problem },
      ),
      encoded: featurizer.encodeBatch(some.flatMap(({ text }) => text ?? [])),
    };
  }
}
