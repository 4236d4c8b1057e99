import { ImdbTorchError } from '../../errors.js';
import { compareLabels, labelName, quoteSome, spellingNotes, trimLabel } from './label_spelling.js';

/** A column with more labels than that most likely has no classes. */
const mostClasses = 1000;

/** The labels of a table: those that were given, or every label that the training reviews have. */
export class LabelNames {
  /** The numbers of the spellings that have come, and of the names. */
  readonly #known = new Map<string, number>();
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];
  readonly #spellings = new Map<string, Set<string>>();
  /** Says whether whole numbers stand for the given names, 0 for the first. */
  readonly #byNumber: boolean;
  #complete = false;

  /**
   * @param given the classes in their order; null takes all labels that come
   * @throws ImdbTorchError ERR_USAGE when a class is given twice, or has no name
   */
  constructor(
    readonly location: string,
    given: readonly string[] | null,
  ) {
    for (const name of given ?? []) this.#give(name);
    this.#complete = given !== null;
    this.#byNumber = given !== null && !given.some((name) => /^[+-]?\d+$/.test(labelName(name)));
  }

  /** Makes every new label an unknown one from now on. */
  complete(): void {
    this.#complete = true;
  }

  /**
   * Returns the number of a label, in the order of appearance; null for an unknown one.
   * @throws ImdbTorchError ERR_DATASET when there are too many to be classes
   */
  numberOf(spelling: string): number | null {
    const known = this.#known.get(spelling);
    if (known !== undefined) return known;
    const name = labelName(spelling);
    const number = this.#numbers.get(name) ?? this.#newNumber(name);
    if (number === null) return null;
    this.#known.set(spelling, number);
    this.#spellings.get(this.#names[number] ?? '')?.add(trimLabel(spelling).normalize('NFC'));
    return number;
  }

  /**
   * Returns the classes: in the order given, else numbers by value and texts by their characters, so that the order
   * does not depend on that of the reviews. `classOf` has the class of each number.
   * @param least the fewest that there have to be
   * @throws ImdbTorchError ERR_DATASET when there are fewer
   */
  classes(given: boolean, least: number): { names: string[]; classOf: Int32Array } {
    if (this.#names.length < least) {
      throw new ImdbTorchError(
        'ERR_DATASET',
        `Expected reviews of at least ${least === 1 ? 'one class' : 'two classes'} but ${this.location} has ${describe(this.#names)}; check the label column.`,
      );
    }
    const names = given ? [...this.#names] : this.#names.toSorted(compareLabels);
    const classOf = Int32Array.from(this.#names, (name) => names.indexOf(name));
    return { names, classOf };
  }

  /** Sentences about labels that are hardly meant as they are. */
  get notes(): string[] {
    return spellingNotes(this.#spellings);
  }

  #give(given: string): void {
    const name = labelName(given);
    if (name === '' || this.#numbers.has(name)) {
      throw new ImdbTorchError(
        'ERR_USAGE',
        `Expected different names of classes as the option labels but received ${JSON.stringify(given)}${name === '' ? '' : ' twice'}.`,
      );
    }
    this.#numbers.set(name, this.#names.push(given) - 1);
  }

  #newNumber(name: string): number | null {
    const count = this.#names.length;
    if (this.#complete) return this.#byNumber && /^\d+$/.test(name) && Number(name) < count ? Number(name) : null;
    if (count === mostClasses) {
      throw new ImdbTorchError(
        'ERR_DATASET',
        `Expected at most ${mostClasses} classes but the labels of ${this.location} have more; choose another label column.`,
      );
    }
    this.#names.push(name);
    this.#spellings.set(name, new Set());
    this.#numbers.set(name, count);
    return count;
  }
}

function describe(names: readonly string[]): string {
  return names.length === 0 ? 'none' : `only ${quoteSome(names)}`;
}
