import { anObject, kind, onlyFields, optional } from '../../arguments.js';
import { ImdbTorchError } from '../../errors.js';
import { TimeSlices } from '../../system/time_slices.js';
import { splitNames, type SplitName } from '../collected_reviews.js';

/**
 * A review as a program has it: its text and its label are values of an object, under names as columns of a table have. Any
 * object, since an interface of the program's own is no record of unknown values to TypeScript.
 */
export type Row = object;

/** An array of rows, or anything that gives them one after the other, such as the cursor of a database. */
export type Rows = Iterable<Row> | AsyncIterable<Row>;

/** Rows of the splits; without `valid` or `test` a part of the training rows is held out. */
export interface RowsOfSplits {
  readonly train: Rows;
  readonly valid?: Rows | undefined;
  readonly test?: Rows | undefined;
}

const isIterable = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value);
const someRows = kind('an array of rows, or another iterable of them', isIterable);
const checkSplits = onlyFields({ train: someRows, valid: optional(someRows), test: optional(someRows) });

/** Rows in memory, gathered from where they come, since they are gone through more than once. */
export class RowSets {
  private constructor(readonly splits: ReadonlyMap<SplitName, readonly unknown[]>) {}

  /**
   * Gathers rows. Every iterable is gone through once.
   * @throws TypeError when these are no rows; ImdbTorchError ERR_DATASET when there is none; what an iterable throws;
   *   the reason of `signal`
   */
  static async gather(rows: Rows | RowsOfSplits, signal?: AbortSignal): Promise<RowSets> {
    const isOfSplits = !isIterable(rows) && !Array.isArray(rows);
    if (isOfSplits) anObject(rows, 'rows');
    else someRows(rows, 'rows');
    const given = (isOfSplits ? rows : { train: rows }) as RowsOfSplits;
    checkSplits(given, 'rows');
    signal?.throwIfAborted();
    const slices = new TimeSlices(signal);
    const splits = new Map<SplitName, readonly unknown[]>();
    for (const name of splitNames) {
      const split = given[name];
      if (split === undefined) continue;
      const gathered = await gather(split, slices);
      if (gathered.length === 0) throw noRows(name);
      splits.set(name, gathered);
    }
    return new RowSets(splits);
  }
}

/** Copies rows: the program goes on with its own, and a cursor may hand out one object again and again. */
async function gather(rows: Rows, slices: TimeSlices): Promise<readonly unknown[]> {
  const gathered: unknown[] = [];
  for await (const row of untilAborted(rows, slices.signal)) {
    gathered.push(isRow(row) ? copyOf(row) : row);
    if (slices.isOver) await slices.next();
  }
  return gathered;
}

export function isRow(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Copies the values of a row, those of the getters of its class among them. */
function copyOf(row: object): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  let owner: unknown = Object.getPrototypeOf(row);
  while (typeof owner === 'object' && owner !== null && owner !== Object.prototype) {
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(owner)))
      if (property.get !== undefined && !(name in values)) values[name] = Reflect.get(row, name);
    owner = Object.getPrototypeOf(owner);
  }
  return { ...values, ...row };
}

/** Gives rows until the signal ends that, however long the next one takes. @throws the reason of the signal */
async function* untilAborted(rows: Rows, signal: AbortSignal | undefined): AsyncGenerator {
  if (signal === undefined || !(Symbol.asyncIterator in rows)) {
    yield* rows as Iterable<unknown>;
    return;
  }
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => {
      reject(signal.reason as Error);
    };
  });
  // Where nobody waits any more.
  aborted.catch(() => undefined);
  signal.addEventListener('abort', abort, { once: true });
  const iterator: AsyncIterator<unknown> = rows[Symbol.asyncIterator]();
  let isDone = false;
  try {
    for (;;) {
      const next: IteratorResult<unknown, unknown> = await Promise.race([iterator.next(), aborted]);
      isDone = next.done === true;
      if (isDone) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', abort);
    // It may never come to its end: nobody waits for that.
    if (!isDone) void iterator.return?.().catch(() => undefined);
  }
}

function noRows(name: SplitName): ImdbTorchError {
  return new ImdbTorchError(
    'ERR_DATASET',
    `Expected rows for the ${name} split but the option rows has none; give an array or another iterable of { text, label }.`,
  );
}
