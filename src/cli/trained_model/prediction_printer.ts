import { ImdbTorchError } from '../../errors.js';
import type { BaseClassifier } from '../../portable/base_classifier.js';
import { formatNoPrediction, formatPrediction, type PredictionFormat } from '../../report/console/predictions.js';
import { formatCount } from '../../report/format.js';
import { writeOutAndWait } from '../standard_streams.js';
import type { Terminal } from '../terminal.js';
import type { EncodedLines } from '../text_input/encoded_lines.js';

interface Problem {
  readonly hasText: boolean;
  count: number;
  readonly firstLine: number;
}

/** Prints predictions, one line per text, and counts the lines that have a problem. */
export class PredictionPrinter {
  readonly #problems = new Map<string, Problem>();
  #lines = 0;
  #format: PredictionFormat;

  /** @param keepsAll hand on all columns that the first line has */
  constructor(
    private readonly classifier: BaseClassifier,
    format: PredictionFormat,
    private readonly keepsAll: boolean,
  ) {
    this.#format = format;
  }

  /** Predicts and prints a batch. @returns false when the reader of stdout, such as `head`, has gone */
  async print(lines: EncodedLines): Promise<boolean> {
    if (!(await writeOutAndWait(this.#predict(lines)))) return false;
    this.#lines += lines.count;
    for (const { line, hasText, problem } of lines.problems) {
      const found = this.#problems.get(problem);
      if (found === undefined) this.#problems.set(problem, { hasText, count: 1, firstLine: line });
      else found.count += 1;
    }
    return true;
  }

  #predict({ first, count, numbers, columns, problems, encoded }: EncodedLines): string {
    const predictions = this.classifier.predictEncoded(encoded).values();
    const withoutText = new Map(problems.flatMap(({ index, hasText, problem }) => (hasText ? [] : [[index, problem]])));
    const shown = columns?.find((each) => each !== undefined);
    if (this.keepsAll && shown !== undefined)
      this.#format = { ...this.#format, kept: this.#format.kept ?? Object.keys(shown) };
    let text = '';
    for (let index = 0; index < count; index += 1) {
      const line = numbers?.[index] ?? first + index;
      const problem = withoutText.get(index);
      const prediction = problem === undefined ? predictions.next().value : undefined;
      text +=
        prediction === undefined
          ? formatNoPrediction(line, problem ?? '', this.#format, columns?.[index])
          : formatPrediction(prediction, line, this.#format, columns?.[index]);
      text += '\n';
    }
    return text;
  }

  /**
   * Says what is unusual, and, even when quiet, what was left out.
   * @throws ImdbTorchError ERR_DATASET when lines were not of the form that was asked for
   */
  sayProblems(terminal: Terminal): void {
    const all = [...this.#problems];
    for (const [problem, found] of all.filter(([, { hasText }]) => hasText)) terminal.note(describe(problem, found));
    const missing = all.filter(([, { hasText }]) => !hasText);
    if (missing.length === 0) return;
    const left = missing.reduce((sum, [, { count }]) => sum + count, 0);
    const account =
      `Answered ${formatCount(this.#lines - left)} of ${countLines(this.#lines)}; ` +
      `left out ${missing.map(([problem, found]) => describe(problem, found)).join('; ')}`;
    if (missing.some(([problem]) => problem !== 'empty')) throw new ImdbTorchError('ERR_DATASET', `${account}.`);
    terminal.account(`${account}.`);
  }
}

function describe(problem: string, { count, firstLine }: Problem): string {
  return `${countLines(count)}: ${problem} (first: line ${firstLine})`;
}

function countLines(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'line' : 'lines'}`;
}
