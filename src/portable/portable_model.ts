/** A trained model that answers wherever JavaScript runs. */
export interface PortableModel {
  /** Names of the classes, in their order. */
  readonly classes: readonly string[];
  /**
   * Predicts a text. One without features, such as an empty one, gets what the model says where it knows nothing.
   * @throws TypeError when it is no string
   */
  predict(text: string): PortablePrediction;
  /**
   * Predicts a text, and says what each of its words does to that: the model is asked again without the word, so that effects
   * are exact, but need not add up.
   * @throws ImdbTorchError ERR_USAGE for a text of more than a million characters; TypeError when it is no string
   */
  explain(text: string): PortableExplanation;
  /**
   * Returns the features of a text, which are the input of the layers: of an ONNX graph, for example.
   * @throws TypeError when it is no string
   */
  encode(text: string): PortableEncoding;
}

export interface PortablePrediction {
  /** The predicted class: the most probable one, unless thresholds that were fitted for the model decide otherwise. */
  readonly label: string;
  /** The probability of `label`. */
  readonly probability: number;
  /** The probability of each class, by its name. */
  readonly probabilities: Readonly<Record<string, number>>;
}

export interface PortableExplanation extends PortablePrediction {
  /** The different words, in the order in which they first stand in the text. */
  readonly words: readonly PortableWord[];
}

export interface PortableWord {
  /** The word as the tokenizer gives it. */
  readonly word: string;
  /** Where it stands, in UTF-16 units: from its first to behind its last character. */
  readonly spans: readonly { readonly start: number; readonly end: number }[];
  /** For each class the log-odds with the word, less those without it. */
  readonly effects: Readonly<Record<string, number>>;
}

export interface PortableEncoding {
  /** The ids of the features, ascending, each once. */
  readonly ids: Int32Array;
  /** How often the text has each; null where that makes no difference. */
  readonly counts: Int32Array | null;
}

export interface LoadModelOptions {
  /** The tokenizer that the model was trained with, where it is one of a program's own: of the same name and behaviour. */
  readonly tokenizer?: ((text: string) => readonly string[]) | undefined;
}

/** What `load` is. */
export type LoadModel = (
  source: string | URL | ArrayBuffer | Uint8Array,
  options?: LoadModelOptions,
) => Promise<PortableModel>;
