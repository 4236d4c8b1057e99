import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { threadFile } from '../../setup/package_root.js';
import type { TimeSlices } from '../../system/time_slices.js';
import type { EncodedTexts } from '../bag_writer.js';
import type { BagOptions, NgramCorpus, OtherFeatures, Range } from './ngram_corpus.js';
import type { NgramArrays, NgramsOfOrder } from './ngram_extender.js';

/** A call of a method of `NgramCorpus` in the other thread. */
export type NgramTask =
  | { kind: 'extend'; tokens: Range; orders: number; minimumCount: number }
  | { kind: 'putIds'; tokens: Range; ids: readonly Int32Array[] }
  | { kind: 'writeBags'; ranges: readonly Range[]; options: BagOptions };

/** What came out. The n-grams of each order are numbered from the first one that the other thread has found. */
export type NgramReply =
  | { kind: 'extended'; orders: readonly NgramArrays[] }
  | { kind: 'done' }
  | { kind: 'bags'; encoded: readonly EncodedTexts[] };

/**
 * Does what `NgramCorpus` does for all tokens or texts, about half of it in a second thread where that is worth one. The
 * results are the same. Owns the thread, so it is to be stopped.
 */
export class ThreadedNgrams {
  readonly #thread: Worker | null;
  readonly #ownTokens: Range;
  readonly #othersTokens: Range;
  /** How many n-grams of each order this thread has found. */
  #found: readonly number[] = [];

  /** @param isThreaded whether to start a second thread; the arrays of `corpus` must then be shared */
  constructor(
    readonly corpus: NgramCorpus,
    isThreaded: boolean,
    readonly slices: TimeSlices,
  ) {
    const { arrays, tokens } = corpus;
    const middle = isThreaded ? middleOf(arrays.occurrenceStarts) : tokens;
    this.#ownTokens = { start: 0, end: middle };
    this.#othersTokens = { start: middle, end: tokens };
    const script = new URL('./ngram_worker.js', import.meta.url);
    this.#thread = isThreaded ? new Worker(threadFile(script), { workerData: arrays }) : null;
  }

  async extend(orders: readonly NgramsOfOrder[], minimumCount: number): Promise<void> {
    const [reply] = await Promise.all([
      this.#ask({ kind: 'extend', tokens: this.#othersTokens, orders: orders.length, minimumCount }),
      this.corpus.extend(this.#ownTokens, orders, minimumCount, this.slices),
    ]);
    this.#found = orders.map(({ length }) => length);
    if (reply?.kind !== 'extended') return;
    reply.orders.forEach((found, k) => {
      // The prefixes of bigrams are tokens, which have the same numbers in both threads.
      orders[k].append(found, k === 0 ? 0 : this.#found[k - 1]);
    });
  }

  async putIds(ids: readonly Int32Array[]): Promise<void> {
    const othersIds = ids.map((all, k) => all.slice(this.#found[k]));
    await Promise.all([
      this.#ask({ kind: 'putIds', tokens: this.#othersTokens, ids: othersIds }),
      this.corpus.putIds(this.#ownTokens, ids, this.slices),
    ]);
  }

  /** @param others are with this thread alone, which then writes all */
  async writeBags(
    ranges: readonly Range[],
    options: BagOptions,
    others: OtherFeatures | null,
  ): Promise<readonly EncodedTexts[]> {
    if (others !== null) return this.corpus.writeBags(ranges, options, this.slices, others);
    const { starts } = this.corpus.arrays;
    const ends = Int32Array.from([0, ...ranges.map(({ end }) => starts[end])]);
    const middle = this.#thread === null ? ranges.length : middleOf(ends);
    const [reply, encoded] = await Promise.all([
      this.#ask({ kind: 'writeBags', ranges: ranges.slice(middle), options }),
      this.corpus.writeBags(ranges.slice(0, middle), options, this.slices),
    ]);
    return reply?.kind === 'bags' ? [...encoded, ...reply.encoded] : encoded;
  }

  async stop(): Promise<void> {
    await this.#thread?.terminate();
  }

  async #ask(task: NgramTask): Promise<NgramReply | null> {
    if (this.#thread === null) return null;
    this.#thread.postMessage(task);
    const { signal } = this.slices;
    try {
      const [reply] = (await once(this.#thread, 'message', signal && { signal })) as [NgramReply];
      return reply;
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  }
}

/** Returns the index of the ascending bound that is nearest to the middle between the first and the last one. */
function middleOf(bounds: Int32Array): number {
  const half = (bounds[0] + bounds[bounds.length - 1]) / 2;
  const above = bounds.findIndex((bound) => bound >= half);
  if (above <= 0) return 0;
  return bounds[above] - half < half - bounds[above - 1] ? above : above - 1;
}
