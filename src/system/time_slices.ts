import { setImmediate as nextTurn } from 'node:timers/promises';

/** A slice is so long that turns cost little, and so short that a server's other requests hardly wait. */
const sliceMilliseconds = 10;

/**
 * Cuts long work into slices of about 10 ms, between which the event loop turns: to be asked after every small piece of
 * it, `if (slices.isOver) await slices.next()`.
 */
export class TimeSlices {
  #end = performance.now() + sliceMilliseconds;

  constructor(readonly signal?: AbortSignal | undefined) {}

  /** Says whether the present slice is over; costs some 50 ns. */
  get isOver(): boolean {
    return performance.now() >= this.#end;
  }

  /** Gives the event loop its turn. @throws the reason of `signal` */
  async next(): Promise<void> {
    await nextTurn();
    this.signal?.throwIfAborted();
    this.#end = performance.now() + sliceMilliseconds;
  }
}
