import { ImdbTorchError } from '../../errors.js';

/** A column with more labels than that most likely has no classes. */
const mostClasses = 1000;

/** The labels of a table: those that were given, or every label that the training reviews have. */
export class LabelNames {
  readonly #numbers = new Map<string, number>();
  /** Says whether whole numbers stand for the given names, 0 for the first. */
  readonly #byNumber: boolean;
  #complete: boolean;

  /** @param given the classes in their order; null takes all labels that come */
  constructor(
    readonly location: string,
    given: readonly string[] | null,
  ) {
    given?.forEach((name, number) => this.#numbers.set(name, number));
    this.#complete = given !== null;
    this.#byNumber = given !== null && !given.some(isWholeNumber);
  }

  /** Makes every new label an unknown one from now on. */
  complete(): void {
    this.#complete = true;
  }

  /**
   * Returns the number of a label, in the order of appearance; null for an unknown one.
   * @throws ImdbTorchError ERR_DATASET when there are too many to be classes
   */
  numberOf(label: string): number | null {
    const number = this.#numbers.get(label);
    if (number !== undefined) return number;
    if (this.#complete) {
      return this.#byNumber && /^\d+$/.test(label) && Number(label) < this.#numbers.size ? Number(label) : null;
    }
    if (this.#numbers.size === mostClasses) {
      throw new ImdbTorchError(
        'ERR_DATASET',
        `Expected at most ${mostClasses} classes but the labels of ${this.location} have more; choose another label column.`,
      );
    }
    this.#numbers.set(label, this.#numbers.size);
    return this.#numbers.size - 1;
  }

  /**
   * Returns the classes: in the order given, else numbers by value and texts by their characters, so that the order
   * does not depend on that of the reviews. `classOf` has the class of each number.
   * @throws ImdbTorchError ERR_DATASET when there are fewer than two
   */
  classes(given: boolean): { names: string[]; classOf: Int32Array } {
    const appeared = [...this.#numbers.keys()];
    if (appeared.length < 2) {
      throw new ImdbTorchError(
        'ERR_DATASET',
        `Expected reviews of at least two classes but ${this.location} has ${describe(appeared)}; check the label column.`,
      );
    }
    const names = given ? appeared : sorted(appeared);
    const classOf = Int32Array.from(appeared, (name) => names.indexOf(name));
    return { names, classOf };
  }
}

function describe(names: readonly string[]): string {
  return names.length === 0 ? 'none' : `only ${JSON.stringify(names[0])}`;
}

function sorted(names: readonly string[]): string[] {
  if (names.every(isWholeNumber)) return [...names].sort((a, b) => Number(a) - Number(b));
  return [...names].sort();
}

function isWholeNumber(text: string): boolean {
  return /^[+-]?\d+$/.test(text);
}
