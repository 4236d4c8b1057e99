import { aBoolean, fields, instance } from '../arguments.js';
import { Bags, Generator } from '../model/native.js';

const checkOptions = fields({ bags: instance(Bags), shuffle: aBoolean, generator: instance(Generator) });

export interface DataLoaderOptions {
  bags: Bags;
  /** Whether every pass takes the bags in a new order. */
  shuffle: boolean;
  /** The passes draw from it. Loaders that share a generator must be used in a fixed order. */
  generator: Generator;
}

/**
 * The order of a data set's rows, pass by pass, with the draws of PyTorch's `DataLoader`: every pass draws a base
 * seed for its workers; a shuffled one then draws the sampler's seed and takes `randperm` of it.
 */
export class DataLoader {
  readonly bags: Bags;
  readonly #shuffle: boolean;
  readonly #generator: Generator;

  constructor(options: DataLoaderOptions) {
    checkOptions(options, 'options');
    const { bags, shuffle, generator } = options;
    this.bags = bags;
    this.#shuffle = shuffle;
    this.#generator = generator;
  }

  /** The rows of the next pass. */
  nextOrder(): Int32Array {
    const seed = this.#draw();
    if (seed === null) return Int32Array.from({ length: this.bags.length }, (_, row) => row);
    const sampler = new Generator(seed);
    try {
      return sampler.randperm(this.bags.length);
    } finally {
      sampler.dispose();
    }
  }

  /** Draws what a pass draws, for one whose order does not matter, such as an evaluation. */
  skipPass(): void {
    this.#draw();
  }

  /** The sampler's seed, or null where the order is that of the data set. */
  #draw(): bigint | null {
    this.#generator.randomInt64();
    return this.#shuffle ? this.#generator.randomInt64() : null;
  }
}
