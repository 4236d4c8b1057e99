import { ImdbTorchError } from '../../errors.js';
import { BagWriter } from '../bag_writer.js';
import { PairTable } from './pair_table.js';
import { WordTable } from '../tokens/token_interner.js';

/** A token or a run of tokens that is neither a feature nor inside one. */
const none = -1;

/**
 * Finds given features in texts. A run of two or more tokens is the pair of the two runs inside it that are one token
 * shorter, so runs of any length are looked up exactly, token numbers at hand, and without a string.
 */
export class NgramIndex {
  /** The tokens of all features; frozen. */
  readonly words: WordTable;
  /** `[words]`: the id of each word number. Ids from `size` on belong to runs that are only inside features. */
  readonly #idOfWord: number[] = [];
  readonly #idOfPair: PairTable;
  #nextId: number;
  #longest = 1;
  /** For each token of a text the run of the present length that starts there. */
  #runs = new Int32Array(1 << 10);

  /**
   * @param features id -> its tokens joined by blanks
   * @param hasUnknown whether id 0 stands for all unknown tokens, whatever its name
   * @throws ImdbTorchError ERR_RUN when a feature comes twice
   */
  constructor(
    readonly features: readonly string[],
    readonly hasUnknown: boolean,
  ) {
    this.words = new WordTable(features.length);
    this.#nextId = features.length;
    this.#idOfPair = new PairTable(features.length);
    const longer: { id: number; tokens: string[] }[] = [];
    for (let id = hasUnknown ? 1 : 0; id < features.length; id += 1) {
      const feature = features[id] ?? '';
      if (feature.includes(' ')) longer.push({ id, tokens: feature.split(' ') });
      else this.#addWord(feature, id);
    }
    // Shorter ones first: what is inside a feature then has its own id already where it is one.
    longer.sort((one, other) => one.tokens.length - other.tokens.length);
    for (const { id, tokens } of longer) this.#addLonger(tokens, id);
    this.words.frozen = true;
  }

  /**
   * Takes the features of `texts` texts.
   * @param tokens how many they have at most
   * @param counts whether it matters how often a text has a feature
   */
  writer(texts: number, tokens: number, counts: boolean): BagWriter {
    return new BagWriter(this.features.length, texts, this.#longest * tokens, counts);
  }

  /** Hands the features of a text to `writer`. @param tokens their numbers in `words` */
  add(tokens: Int32Array, writer: BagWriter): void {
    if (this.#longest === 1) this.#addWords(tokens, writer);
    else this.#findWords(tokens, writer);
    for (let length = 2; length <= this.#longest; length += 1) {
      this.#findLonger(tokens.length - length + 1, writer);
    }
    writer.endText();
  }

  #addWord(word: string, id: number): void {
    const number = this.words.idOfString(word);
    if (number !== this.#idOfWord.length) throw comesTwice(word);
    this.#idOfWord.push(id);
  }

  #addLonger(tokens: readonly string[], id: number): void {
    this.#longest = Math.max(this.#longest, tokens.length);
    let runs = tokens.map((token) => {
      const number = this.words.idOfString(token);
      return (this.#idOfWord[number] ??= this.#nextId++);
    });
    while (runs.length > 1) {
      const shorter = runs;
      runs = shorter.slice(1).map((right, index) => {
        const idOfNew = shorter.length === 2 ? id : this.#nextId;
        const found = this.#idOfPair.findOrAdd(shorter[index] ?? none, right, idOfNew);
        if (found === this.#nextId) this.#nextId += 1;
        return found;
      });
    }
    if (runs[0] !== id) throw comesTwice(tokens.join(' '));
  }

  /** Where there are no longer runs: `#findWords` without those that start there. */
  #addWords(words: Int32Array, writer: BagWriter): void {
    // A word's id is its number, or one more, and no word is inside a feature only.
    const first = this.hasUnknown ? 1 : 0;
    for (const word of words) {
      if (word !== none) writer.add(word + first);
      else if (this.hasUnknown) writer.add(0);
    }
  }

  #findWords(words: Int32Array, writer: BagWriter): void {
    if (words.length > this.#runs.length) this.#runs = new Int32Array(2 * words.length);
    for (let i = 0; i < words.length; i += 1) {
      const word = words[i] ?? none;
      // An array is slow at an index that it does not have.
      const id = word === none ? none : (this.#idOfWord[word] ?? none);
      this.#runs[i] = id;
      if (id !== none && id < this.features.length) writer.add(id);
      else if (this.hasUnknown) writer.add(0);
    }
  }

  /** Makes the runs one token longer. @param count how many runs of that length the text has */
  #findLonger(count: number, writer: BagWriter): void {
    const runs = this.#runs;
    for (let i = 0; i < count; i += 1) {
      const left = runs[i] ?? none;
      const right = runs[i + 1] ?? none;
      const id = left === none || right === none ? none : this.#idOfPair.find(left, right);
      runs[i] = id;
      if (id >= 0 && id < this.features.length) writer.add(id);
    }
  }
}

function comesTwice(feature: string): ImdbTorchError {
  return new ImdbTorchError(
    'ERR_RUN',
    `Expected each feature once in the vocabulary but ${JSON.stringify(feature)} is there twice; train again.`,
  );
}
