/** What is shown: the answers for one review, one with each adapter. */
import type { PredictionAnswer, WordAnswer } from '../report/answers.js';
import type { AdapterName } from '../serve/documents.js';

export const adapterTitles: Readonly<Record<AdapterName, string>> = {
  off: 'Adapter off',
  on: 'Adapter on',
  merged: 'Adapter merged',
};

export interface AnswerWith {
  adapter: AdapterName;
  prediction: PredictionAnswer;
  /** The same for every adapter, but for their effects. */
  words: readonly WordAnswer[];
}

export interface Comparison {
  text: string;
  classes: readonly string[];
  /** The class whose log-odds the effects are of. */
  target: string;
  /** One at least. */
  answers: readonly AnswerWith[];
}

export function compare(
  text: string,
  classes: readonly string[],
  answers: readonly AnswerWith[],
): Comparison {
  // Of two classes always the same one, so that a colour means the same for every review.
  const second = classes.length === 2 ? classes[1] : undefined;
  return { text, classes, target: second ?? answers[0]?.prediction.label ?? '', answers };
}

/** The effects of a word on the target, one for each answer. */
export function effectsOf({ answers, target }: Comparison, word: number): number[] {
  return answers.map(({ words }) => words[word]?.effects[target] ?? NaN);
}

/** Below this no effect counts as strong, so that a text without strong words stays pale. */
const leastStrong = 0.25;

/** The effect that is shown in full colour. */
export function strongestEffect({ answers, target }: Comparison): number {
  const effects = answers.flatMap(({ words }) => words.map(({ effects: all }) => Math.abs(all[target] ?? 0)));
  return effects.reduce((strongest, effect) => Math.max(strongest, effect), leastStrong);
}

/** What separates two answers: of the effects of a word, or of probabilities; null where there is but one. */
export function differenceOf(values: readonly number[]): number | null {
  const [first = NaN, second] = values;
  return second === undefined ? null : second - first;
}

/** What the two colours mean. */
export function sidesOf({ classes, target }: Comparison): { supporting: string; opposing: string } {
  const others = classes.filter((name) => name !== target);
  const [other = ''] = others;
  return {
    supporting: `speaks for ${target}`,
    opposing: others.length === 1 ? `speaks for ${other}` : `speaks against ${target}`,
  };
}
