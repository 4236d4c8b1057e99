/** The answers for one review, one with each adapter, and what the page shows of their differences. */
import type { PredictionAnswer, WordAnswer } from '../report/documents/answers.js';
import type { AdapterName } from '../serve/documents.js';

export const adapterTitles: Readonly<Record<AdapterName, string>> = {
  off: 'Adapter off',
  on: 'Adapter on',
  merged: 'Adapter merged',
};

export interface AnswerWith {
  adapter: AdapterName;
  /** The classes of this answer, since an adapter can have its own. */
  classes: readonly string[];
  prediction: PredictionAnswer;
  /** The words are the same for every adapter; their effects differ. */
  words: readonly WordAnswer[];
}

export interface ComparedAnswer extends AnswerWith {
  /** The class whose log-odds the effects are of. */
  target: string;
}

export interface ComparedAnswers {
  text: string;
  /** There is one answer at least. */
  answers: readonly ComparedAnswer[];
  /** Whether all answers are about the same classes, so that their differences say something. */
  isOfOneTask: boolean;
}

export function compare(text: string, answers: readonly AnswerWith[]): ComparedAnswers {
  const [first] = answers;
  const isFirst = ({ classes }: AnswerWith): boolean => String(classes) === String(first?.classes);
  return {
    text,
    answers: answers.map((answer) => {
      const { classes, prediction } = answer;
      // With two classes the target is always the second, so that a colour means the same for every review.
      const second = classes.length === 2 ? classes[1] : undefined;
      const label = (isFirst(answer) ? first : answer)?.prediction.label ?? prediction.label;
      return { ...answer, target: second ?? label };
    }),
    isOfOneTask: answers.every(isFirst),
  };
}

/** Returns the most probable class where another one is predicted, else null. */
export function likelierClass({ label, probability, probabilities }: PredictionAnswer): string | null {
  const [likeliest = label, largest = NaN] =
    Object.entries(probabilities).toSorted(([, one], [, other]) => other - one)[0] ?? [];
  return largest > probability ? likeliest : null;
}

/** Returns the effects of a word on the targets, one for each answer. */
export function effectsOf({ answers }: ComparedAnswers, word: number): number[] {
  return answers.map(({ words, target }) => words[word]?.effects[target] ?? NaN);
}

/** Below this no effect counts as strong, so that a text without strong words stays pale. */
const leastStrong = 0.25;

/** Returns the effect that is shown in full colour. */
export function strongestEffect({ answers }: ComparedAnswers): number {
  const effects = answers.flatMap(({ words, target }) => words.map(({ effects: all }) => Math.abs(all[target] ?? 0)));
  return effects.reduce((strongest, effect) => Math.max(strongest, effect), leastStrong);
}

/** Returns the second value less the first one, or null where there is but one. */
export function differenceOf(values: readonly number[]): number | null {
  const [first = NaN, second] = values;
  return second === undefined ? null : second - first;
}

/** Returns what the two colours mean. */
export function sidesOf({ answers }: ComparedAnswers): { supporting: string; opposing: string } {
  const listed = (names: readonly string[]): string => [...new Set(names)].join(' or ');
  const targets = answers.map(({ target }) => target);
  const others = answers.map(({ classes, target }) => classes.filter((name) => name !== target));
  return {
    supporting: `speaks for ${listed(targets)}`,
    opposing: others.every(({ length }) => length === 1)
      ? `speaks for ${listed(others.flat())}`
      : `speaks against ${listed(targets)}`,
  };
}
