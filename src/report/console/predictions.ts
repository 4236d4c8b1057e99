import type { Prediction } from '../../model/text_classifier.js';
import { formatText } from '../format.js';

export interface PredictionFormat {
  /** Names of the classes, in the order in which equal probabilities are named. */
  classes: readonly string[];
  json: boolean;
  /** Number of the most probable classes that are given; null: only the most probable one. */
  topK: number | null;
  /** Classes that are less probable are left out. */
  threshold: number;
  /** The names of the columns that are handed on; null: none. With `json`, each line has those that it came with. */
  kept?: readonly string[] | null;
}

/** The columns that are handed on with a text. */
export type KeptColumns = Readonly<Record<string, unknown>>;

interface RankedClass {
  label: string;
  probability: number;
}

/** Digits behind the point, as many as a float32 has. */
const digits = 6;

/**
 * A prediction as one line. As text: the classes with their probabilities, separated by tabs, and nothing where none
 * reaches the threshold. As JSON: `label`, null where none does, `probability` and `probabilities` of all classes. Kept
 * columns stand behind: in `columns`, or behind as many fields as there can be.
 */
export function formatPrediction(
  prediction: Prediction,
  line: number,
  format: PredictionFormat,
  columns?: KeptColumns,
): string {
  const { classes, json, topK, threshold } = format;
  const ranked = topK === null ? [prediction] : rankClasses(prediction, classes).slice(0, topK);
  const reached = ranked.filter(({ probability }) => probability >= threshold);
  if (!json) {
    return fields(
      reached.flatMap(({ label, probability }) => [formatText(label), probability.toFixed(digits)]),
      format,
      columns,
    );
  }
  const { label, ...answer } = prediction;
  return JSON.stringify({
    line,
    label: answer.probability >= threshold ? label : null,
    ...answer,
    ...(topK === null ? {} : { top: reached }),
    ...(columns && { columns }),
  });
}

/** The line of a text that cannot be classified: lines of the output stay beside those of the input. */
export function formatNoPrediction(
  line: number,
  problem: string,
  format: PredictionFormat,
  columns?: KeptColumns,
): string {
  if (!format.json) return fields([], format, columns);
  return JSON.stringify({ line, label: null, probability: null, problem, ...(columns && { columns }) });
}

/** Joins fields with tabs. Kept columns always have the same places. */
function fields(answers: readonly string[], format: PredictionFormat, columns: KeptColumns = {}): string {
  const { classes, kept = null, topK } = format;
  if (kept === null) return answers.join('\t');
  const places = 2 * Math.min(topK ?? 1, classes.length);
  const padding = Array.from({ length: places - answers.length }, () => '');
  return [...answers, ...padding, ...kept.map((name) => fieldOf(columns[name]))].join('\t');
}

function fieldOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return formatText(typeof value === 'string' ? value : JSON.stringify(value));
}

function rankClasses({ probabilities }: Prediction, classes: readonly string[]): RankedClass[] {
  return classes
    .map((label) => ({ label, probability: probabilities[label] ?? NaN }))
    .sort((one, other) => other.probability - one.probability);
}
