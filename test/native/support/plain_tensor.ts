/** Tensors of at most two dimensions in plain TypeScript. Views share their cells, as those of libtorch share memory. */
export interface Cell {
  value: number;
}

export class PlainTensor {
  constructor(
    readonly shape: readonly number[],
    readonly cells: readonly Cell[],
    /** Whether the cells lie in memory in this order, so that `reshape` gives a view. */
    readonly isContiguous = true,
  ) {}

  static of(shape: readonly number[], values: readonly number[]): PlainTensor {
    return new PlainTensor(
      shape,
      values.map((value) => ({ value })),
    );
  }

  get values(): number[] {
    return this.cells.map(({ value }) => value);
  }

  map(f: (value: number) => number): PlainTensor {
    return PlainTensor.of(this.shape, this.values.map(f));
  }

  /** Null when the shapes do not broadcast. */
  zip(other: PlainTensor, f: (a: number, b: number) => number): PlainTensor | null {
    const rank = Math.max(this.shape.length, other.shape.length);
    const [a, b] = [padded(this.shape, rank), padded(other.shape, rank)];
    if (a.some((size, d) => size !== b[d] && size !== 1 && b[d] !== 1)) return null;
    const shape = a.map((size, d) => (size === 1 ? (b[d] ?? 1) : size));
    const values = positionsOf(shape).map((position) => f(this.#at(position), other.#at(position)));
    return PlainTensor.of(shape, values);
  }

  /** Null unless both are matrices that fit. */
  mm(other: PlainTensor): PlainTensor | null {
    const [n, m, ...more] = this.shape;
    const [inner, p, ...others] = other.shape;
    if (n === undefined || m === undefined || p === undefined || inner !== m) return null;
    if (more.length + others.length > 0) return null;
    const values = positionsOf([n, p]).map(([i = 0, k = 0]) => {
      let sum = 0;
      for (let j = 0; j < m; j++) sum += this.#at([i, j]) * other.#at([j, k]);
      return sum;
    });
    return PlainTensor.of([n, p], values);
  }

  t(): PlainTensor {
    const [rows, columns] = this.shape;
    if (rows === undefined || columns === undefined) return this;
    const cells = positionsOf([columns, rows]).map(([c = 0, r = 0]) => this.#cell([r, c]));
    return new PlainTensor([columns, rows], cells, false);
  }

  /** Null when the sizes do not fit. */
  reshape(shape: readonly number[]): PlainTensor | null {
    if (shape.reduce((product, size) => product * size, 1) !== this.cells.length) return null;
    return this.isContiguous ? new PlainTensor(shape, this.cells) : PlainTensor.of(shape, this.values);
  }

  /** Along the last dimension. Null without one. */
  softmax(): PlainTensor | null {
    const width = this.shape.at(-1);
    if (width === undefined) return null;
    const values = this.values.flatMap((_, i, all) => {
      if (i % width !== 0) return [];
      const row = all.slice(i, i + width);
      const powers = row.map((value) => Math.exp(value - Math.max(...row)));
      const total = powers.reduce((sum, power) => sum + power, 0);
      return powers.map((power) => power / total);
    });
    return PlainTensor.of(this.shape, values);
  }

  sum(): PlainTensor {
    return PlainTensor.of([], [this.values.reduce((total, value) => total + value, 0)]);
  }

  max(): PlainTensor {
    return PlainTensor.of([], [Math.max(...this.values)]);
  }

  /** Whether both have the same cells in another order: no order of copying gives a meaning to it. */
  overlaps(other: PlainTensor): boolean {
    const own = new Set(this.cells);
    return other.cells.some((cell, i) => own.has(cell) && cell !== this.cells[i]);
  }

  copyFrom(source: PlainTensor): void {
    const { values } = source;
    this.cells.forEach((cell, i) => (cell.value = values[i] ?? NaN));
  }

  #cell(position: readonly number[]): Cell {
    const own = position.slice(position.length - this.shape.length);
    const index = this.shape.reduce((sum, size, d) => sum * size + (size === 1 ? 0 : (own[d] ?? 0)), 0);
    const cell = this.cells[index];
    if (!cell) throw new RangeError(`no element ${index}`);
    return cell;
  }

  #at(position: readonly number[]): number {
    return this.#cell(position).value;
  }
}

function padded(shape: readonly number[], rank: number): number[] {
  return [...Array.from({ length: rank - shape.length }, () => 1), ...shape];
}

/** Every position of a shape, row by row. */
function positionsOf(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (positions, size) => positions.flatMap((position) => Array.from({ length: size }, (_, i) => [...position, i])),
    [[]],
  );
}
