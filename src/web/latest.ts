/** Does only the latest of several pieces of work: a new one gives up the one before. */
export class Latest {
  #controller = new AbortController();

  /** Starts `work` after a pause, unless other work is started first; the signal tells it that it is given up. */
  start(pauseMilliseconds: number, work: (signal: AbortSignal) => Promise<void>): void {
    this.#controller.abort();
    this.#controller = new AbortController();
    const { signal } = this.#controller;
    setTimeout(() => {
      if (!signal.aborted) void work(signal);
    }, pauseMilliseconds);
  }
}

/** Resolves when the time is over or the signal is given, whichever is first. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
    signal?.addEventListener('abort', () => {
      resolve();
    });
  });
}
