import { ImdbTorchError } from '../../errors.js';
import type { TextClassifier } from '../../model/text_classifier.js';
import { formatNoPrediction, formatPrediction, type PredictionFormat } from '../../report/console/predictions.js';
import { formatCount } from '../../report/format.js';
import { writeOutAndWait } from '../standard_streams.js';
import type { Terminal } from '../terminal.js';
import type { EncodedLines } from '../text_input/encoded_lines.js';
import { notUtf8 } from '../text_input/text_lines.js';

/** Prints predictions, one line per text, and counts the lines that have a problem. */
export class PredictionPrinter {
  readonly #problems = new Map<string, { count: number; firstLine: number }>();

  constructor(
    private readonly classifier: TextClassifier,
    private readonly format: PredictionFormat,
  ) {}

  /** Predicts and prints a batch. @returns false when the reader of stdout, such as `head`, has gone */
  async print(lines: EncodedLines): Promise<boolean> {
    if (!(await writeOutAndWait(this.#predict(lines)))) return false;
    for (const { line, problem } of lines.problems) {
      const found = this.#problems.get(problem);
      if (found === undefined) this.#problems.set(problem, { count: 1, firstLine: line });
      else found.count += 1;
    }
    return true;
  }

  #predict({ first, count, problems, encoded }: EncodedLines): string {
    const predictions = this.classifier.predictEncoded(encoded).values();
    const withoutText = new Map(problems.flatMap(({ line, hasText, problem }) => (hasText ? [] : [[line, problem]])));
    let text = '';
    for (let line = first; line < first + count; line += 1) {
      const problem = withoutText.get(line);
      const prediction = problem === undefined ? predictions.next().value : undefined;
      text +=
        prediction === undefined
          ? formatNoPrediction(line, problem ?? '', this.format.json)
          : formatPrediction(prediction, line, this.format);
      text += '\n';
    }
    return text;
  }

  /** @throws ImdbTorchError ERR_DATASET when lines were not of the form that was asked for */
  sayProblems(terminal: Terminal): void {
    for (const [problem, { count, firstLine }] of this.#problems) {
      const message = `${formatCount(count)} ${count === 1 ? 'line' : 'lines'}: ${problem} (first: line ${firstLine})`;
      if (problem !== 'empty' && problem !== notUtf8) throw new ImdbTorchError('ERR_DATASET', `${message}.`);
      terminal.note(message);
    }
  }
}
