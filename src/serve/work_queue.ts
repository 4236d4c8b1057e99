import { ServiceError } from './service_error.js';

/** Work that is done in slices: it gives way at every `yield`. */
export type Slices<T> = Generator<undefined, T, undefined>;

/** The event loop is left alone for so long at most, or for one slice. */
const turnMilliseconds = 4;

/**
 * Does the work of all requests, a slice of each in turn, so that a large one holds up nobody, and lets the event loop
 * run in between.
 */
export class WorkQueue {
  /** Each does a slice and says whether it was the last one. */
  readonly #jobs: (() => boolean)[] = [];
  readonly #limit: number;
  #isScheduled = false;

  /** @param limit how many jobs can be waiting */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many jobs have not ended. */
  get length(): number {
    return this.#jobs.length;
  }

  /**
   * @param isWanted asked before every slice: whether somebody still waits for the result
   * @throws ServiceError ERR_BUSY when too many jobs wait, ERR_CLIENT_GONE when the result is not wanted any more
   */
  run<T>(slices: Slices<T>, isWanted: () => boolean): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#jobs.length >= this.#limit) {
        throw new ServiceError('ERR_BUSY', 'The service has too much to do; ask again in a moment.');
      }
      this.#jobs.push(() => {
        try {
          if (!isWanted()) throw new ServiceError('ERR_CLIENT_GONE', 'The client has gone.');
          const slice = slices.next();
          if (slice.done === true) resolve(slice.value);
          return slice.done === true;
        } catch (error) {
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- passed on as it came
          reject(error);
          return true;
        }
      });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#takeTurn();
    });
  }

  #takeTurn(): void {
    const end = performance.now() + turnMilliseconds;
    do {
      const job = this.#jobs.shift();
      if (job?.() === false) this.#jobs.push(job);
    } while (this.#jobs.length > 0 && performance.now() < end);
    this.#isScheduled = false;
    if (this.#jobs.length > 0) this.#schedule();
  }
}
