import type { FeatureColumns } from './feature_columns.js';

/** The texts that a model is fitted on. */
export interface FitTexts {
  /** `[texts]`: indices into the classes, of all texts. */
  readonly labels: Int32Array;
  /** Number of classes. */
  readonly classes: number;
  /** Indices of the texts to fit on, each once; by default all. */
  readonly rows?: Int32Array | undefined;
}

/** Counts how often the texts of each class have a feature, one feature after the other. */
export class ClassCounts {
  /** `[classes]`: what the texts of each class have of all features together. */
  readonly sizes: Float64Array;
  /** Number of texts that are fitted on. */
  readonly fitted: number;
  /** `[classes + 1]`: what they have of the last feature that was counted, and behind it what the other texts have. */
  readonly counts: Int32Array;
  /** The classes that have it are the first `found` ones here. */
  readonly present: Int32Array;
  found = 0;
  /** Number of fitted texts that have it. */
  texts = 0;
  /** What they have of it together. */
  total = 0;
  readonly #columns: FeatureColumns;
  /** `[texts]`: the class of each text; one beyond the last for those that are not fitted on. */
  readonly #classOf: Uint8Array | Int32Array;

  constructor(columns: FeatureColumns, { labels, classes, rows = Int32Array.from(labels.keys()) }: FitTexts) {
    const { sizes } = columns;
    this.#columns = columns;
    // As small as may be: each entry of the columns looks one up.
    this.#classOf = (classes < 256 ? new Uint8Array(sizes.length) : new Int32Array(sizes.length)).fill(classes);
    this.sizes = new Float64Array(classes);
    this.counts = new Int32Array(classes + 1);
    this.present = new Int32Array(classes + 1);
    this.fitted = rows.length;
    for (const text of rows) {
      this.#classOf[text] = labels[text];
      this.sizes[labels[text]] += sizes[text];
    }
  }

  count(feature: number): void {
    const { starts, texts, counts } = this.#columns;
    const [start, end] = [starts[feature], starts[feature + 1]];
    for (let k = 0; k < this.found; k += 1) this.counts[this.present[k]] = 0;
    const others = this.counts.length - 1;
    this.counts[others] = 0;
    this.found = this.#add(texts, start, end);
    this.total = this.texts = end - start - this.counts[others];
    if (counts === null) return;
    // How many texts there are is known now, and which classes they have.
    this.counts.fill(0);
    for (let i = start; i < end; i += 1) this.counts[this.#classOf[texts[i]]] += counts[i];
    this.total = 0;
    for (let k = 0; k < this.found; k += 1) this.total += this.counts[this.present[k]];
  }

  /** Counts each text once. @returns the number of classes that have the feature */
  #add(texts: FeatureColumns['texts'], start: number, end: number): number {
    const [counts, present, classOf] = [this.counts, this.present, this.#classOf];
    const others = counts.length - 1;
    let found = 0;
    for (let i = start; i < end; i += 1) {
      const k = classOf[texts[i]];
      if (counts[k] === 0 && k !== others) present[found++] = k;
      counts[k] += 1;
    }
    return found;
  }
}
