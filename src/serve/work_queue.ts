import { ServiceError } from './service_error.js';

/** Work in slices gives way at every `yield`. */
export type Slices<T> = Generator<undefined, T, undefined>;

/** The longest time that the event loop waits, unless one slice takes longer. */
const turnMilliseconds = 4;

/**
 * Does the work of all requests, one slice of each in turn, so that a large request holds up nobody, and lets the event
 * loop run in between.
 */
export class WorkQueue {
  /** Each job does a slice and says whether it was the last one. */
  readonly #jobs: (() => boolean)[] = [];
  readonly #limit: number;
  #isScheduled = false;

  /** @param limit the number of jobs that can wait */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The number of jobs that have not ended. */
  get length(): number {
    return this.#jobs.length;
  }

  /**
   * Does the work and returns its result.
   * @param isWanted says before every slice whether somebody still waits for the result
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
