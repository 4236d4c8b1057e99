/** What programs are told of a prediction. Types only, and no imports: the page is compiled against them, too. */

/** Numbers by the names of the classes. */
export type ByClass = Record<string, number>;

export interface PredictionAnswer {
  /** The most probable class. */
  label: string;
  /** Of `label`. */
  probability: number;
  probabilities: ByClass;
}

export interface WordAnswer {
  /** As the tokenizer gives it. */
  word: string;
  /** Where it stands in the text, in UTF-16 units: from its first to behind its last character. */
  spans: [number, number][];
  /** Log-odds with the word less those without it. */
  effects: ByClass;
}

export interface ExplanationAnswer {
  prediction: PredictionAnswer;
  /** Of each class: ln(p / (1 - p)). */
  logOdds: ByClass;
  /** The different words, in the order in which they first stand in the text. */
  words: WordAnswer[];
}
