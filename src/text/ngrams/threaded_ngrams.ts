import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { TimeSlices } from '../../system/time_slices.js';
import type { EncodedTexts } from '../bag_writer.js';
import type { EncodingOptions, LongerRuns, Range } from './ngram_corpus.js';
import type { RunLevel } from './ngram_extender.js';

/** What the other thread is to do. */
export type RunsTask =
  | { kind: 'find'; words: Range; levels: number; minimumCount: number }
  | { kind: 'putIds'; words: Range; ids: readonly Int32Array[] }
  | { kind: 'encode'; texts: readonly Range[]; options: EncodingOptions };

/** The runs of a level, as `RunLevel`; numbers of runs count from the first one that the thread has found. */
export type FoundRuns = Readonly<Record<'left' | 'last' | 'totals', Int32Array>>;

export type RunsReply =
  | { kind: 'found'; found: readonly FoundRuns[] }
  | { kind: 'done' }
  | { kind: 'encoded'; encoded: readonly EncodedTexts[] };

/**
 * Longer runs, about half of them found, and half of the texts encoded, in a second thread where it is worth one. What
 * comes out is the same. To be stopped.
 */
export class ThreadedRuns {
  readonly #thread: Worker | null;
  /** Those that this thread goes through, and the others. */
  readonly #words: readonly [own: Range, others: Range];
  /** How many runs of each level this thread has found. */
  #found: readonly number[] = [];

  /** @param isThreaded whether the places of `runs` are shared, and a second thread is to be started */
  constructor(
    readonly runs: LongerRuns,
    isThreaded: boolean,
    readonly slices: TimeSlices,
  ) {
    const { places, words } = runs;
    const middle = isThreaded ? middleOf(places.rowStarts) : words;
    this.#words = [
      { start: 0, end: middle },
      { start: middle, end: words },
    ];
    const path = new URL('./ngram_worker.js', import.meta.url);
    this.#thread = isThreaded ? new Worker(path, { workerData: places }) : null;
  }

  /** As `LongerRuns.find`, of all words. */
  async find(levels: readonly RunLevel[], minimumCount: number): Promise<void> {
    const [own, others] = this.#words;
    const [reply] = await Promise.all([
      this.#ask({ kind: 'find', words: others, levels: levels.length, minimumCount }),
      this.runs.find(own, levels, minimumCount, this.slices),
    ]);
    this.#found = levels.map(({ count }) => count);
    if (reply?.kind !== 'found') return;
    reply.found.forEach((found, index) => {
      levels[index]?.append(found, this.#found[index - 1] ?? 0);
    });
  }

  /** As `LongerRuns.putIds`, of all words. */
  async putIds(ids: readonly Int32Array[]): Promise<void> {
    const [own, others] = this.#words;
    const othersIds = ids.map((all, level) => all.slice(this.#found[level]));
    await Promise.all([
      this.#ask({ kind: 'putIds', words: others, ids: othersIds }),
      this.runs.putIds(own, ids, this.slices),
    ]);
  }

  /** As `LongerRuns.encode`, of ranges of texts, in order. */
  async encode(texts: readonly Range[], options: EncodingOptions): Promise<readonly EncodedTexts[]> {
    const { starts } = this.runs.places;
    const ends = Int32Array.from([0, ...texts.map(({ end }) => starts[end] ?? 0)]);
    const middle = this.#thread === null ? texts.length : middleOf(ends);
    const [reply, encoded] = await Promise.all([
      this.#ask({ kind: 'encode', texts: texts.slice(middle), options }),
      this.runs.encode(texts.slice(0, middle), options, this.slices),
    ]);
    return reply?.kind === 'encoded' ? [...encoded, ...reply.encoded] : encoded;
  }

  async stop(): Promise<void> {
    await this.#thread?.terminate();
  }

  async #ask(task: RunsTask): Promise<RunsReply | null> {
    if (this.#thread === null) return null;
    this.#thread.postMessage(task);
    const { signal } = this.slices;
    try {
      const [reply] = (await once(this.#thread, 'message', signal && { signal })) as [RunsReply];
      return reply;
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  }
}

/** Where the first half of what lies between ascending bounds ends, as nearly as can be. */
function middleOf(bounds: Int32Array): number {
  const half = ((bounds[0] ?? 0) + (bounds.at(-1) ?? 0)) / 2;
  const above = Math.max(
    1,
    bounds.findIndex((bound) => bound >= half),
  );
  return (bounds[above] ?? 0) - half < half - (bounds[above - 1] ?? 0) ? above : above - 1;
}
