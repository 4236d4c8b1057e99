import { textsPerBatch, type EncodedTexts, type Featurizer } from '../../text/featurizer.js';
import type { TextLine } from './text_lines.js';

/** Lines of an input that follow on each other, of which those with a text are encoded. */
export interface EncodedLines {
  /** Number of the first. */
  readonly first: number;
  readonly count: number;
  /** Those of which there is something to say, ascending; all others have a text. */
  readonly problems: readonly LineProblem[];
  /** Of the lines with a text. */
  readonly encoded: EncodedTexts;
}

export interface LineProblem {
  readonly line: number;
  readonly hasText: boolean;
  readonly problem: string;
}

/** @param lines as `readTextLines` yields them */
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
