import { messageOf } from '../errors.js';
import { stateOfFiles } from './file_state.js';

/** Something of a service that can be read anew while it runs. */
export interface Reloadable {
  /** The files that it is read from. */
  readonly files: () => readonly string[];
  /** Reads it anew and puts it in place. @throws when that cannot be done: what was there before then stays */
  readonly read: () => Promise<void>;
  /** What is said of it, such as `the model demo`. */
  readonly what: string;
}

/** Files are looked at this often, and read once they are the same twice: they may be about to be written. */
const lookMilliseconds = 500;

/** Reads what has changed anew, one after the other, while the service goes on with what it has. */
export class Reloading {
  readonly #parts: readonly Reloadable[];
  readonly #tell: (line: string) => void;
  /** The state of the files of each part when it was last read. */
  readonly #read = new Map<Reloadable, string>();
  /** Settles when nothing is being read; undefined: nothing has been yet. */
  #last: Promise<void> | undefined;

  /** @param tell is told of what was read, and of what could not be */
  constructor(parts: readonly Reloadable[], tell: (line: string) => void) {
    this.#parts = parts;
    this.#tell = tell;
  }

  /** Reads all parts for the first time. @throws when one cannot be read */
  start(): Promise<void> {
    const started = this.#readFirst();
    // Who waits for it is told; what comes after it then has nothing to go on with.
    this.#last = started.catch(() => new Promise(() => undefined));
    return started;
  }

  /** Reads all parts anew, after what is being read. Before the start there is nothing to read anew. */
  reload(): Promise<void> {
    return this.#afterLast(async () => {
      for (const part of this.#parts) await this.#readAgain(part);
    });
  }

  async #readFirst(): Promise<void> {
    for (const part of this.#parts) {
      this.#read.set(part, await stateOfFiles(part.files()));
      await part.read();
    }
  }

  #afterLast(work: () => Promise<void>): Promise<void> {
    this.#last &&= this.#last.then(work);
    return this.#last ?? Promise.resolve();
  }

  /** Reads parts anew when their files have changed, until `signal` is aborted. */
  watch(signal: AbortSignal): void {
    const seen = new Map<Reloadable, string>();
    const look = async (): Promise<void> => {
      for (const part of this.#parts) {
        const state = await stateOfFiles(part.files());
        const isSettled = seen.get(part) === state;
        seen.set(part, state);
        if (isSettled && state !== this.#read.get(part)) await this.#readAgain(part);
      }
    };
    let isDue = true;
    const timer = setInterval(() => {
      if (!isDue) return;
      isDue = false;
      void this.#afterLast(look).then(() => {
        isDue = true;
      });
    }, lookMilliseconds);
    signal.addEventListener('abort', () => {
      clearInterval(timer);
    });
  }

  async #readAgain(part: Reloadable): Promise<void> {
    this.#read.set(part, await stateOfFiles(part.files()));
    try {
      await part.read();
      this.#tell(`Read ${part.what} anew.`);
    } catch (error) {
      this.#tell(`Cannot read ${part.what} anew, so the one before stays: ${messageOf(error)}`);
    }
  }
}
