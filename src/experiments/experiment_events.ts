import type { PhaseEvents } from '../training/phase.js';
import type { SearchEvents } from './auto/search.js';
import type { TuningEvents } from './auto/tuning_plan.js';

/** What an experiment tells of itself while it goes on. Those that return a promise are waited for. */
export type ExperimentEvents = PhaseEvents & SearchEvents & TuningEvents;

/** What takes the lines of the files that a run writes while it goes on. */
export interface RecordEvents {
  /** Takes a line of `metrics.jsonl`: the metrics before, after each epoch and of a test, with the phase they are of. */
  readonly onMetrics?: ((record: object) => void | Promise<void>) | undefined;
  /** Takes a line of `tried.jsonl`: what a search has tried, and how well it does. */
  readonly onTried?: ((record: object) => void | Promise<void>) | undefined;
}

/** The names of all events: the methods of a class count as well, which no listing of an object's own fields has. */
export const eventNames = [
  ...(['onPhase', 'onBefore', 'onProgress', 'onEpoch', 'onTest'] as const),
  ...(['onFitting', 'onJudged', 'onTuned', 'onChosen', 'onFitted', 'onSearchEnd'] as const),
] as const satisfies readonly (keyof ExperimentEvents)[];

type Handler = (...facts: unknown[]) => unknown;

/** Tells several of each event, one after the other. */
export function joinEvents(...each: readonly ExperimentEvents[]): ExperimentEvents {
  const joined = eventNames.flatMap((name) => {
    const handlers = each.flatMap((events) => {
      const own = events as Readonly<Partial<Record<string, Handler>>>;
      return own[name] === undefined ? [] : [(...facts: unknown[]) => own[name]?.(...facts)];
    });
    if (handlers.length === 0) return [];
    return [[name, (...facts: unknown[]) => callInTurn(handlers, facts)] as const];
  });
  return Object.fromEntries(joined);
}

/** Calls handlers; only what is behind one that returns a promise waits for it. */
function callInTurn(handlers: readonly Handler[], facts: readonly unknown[]): unknown {
  for (const [index, handler] of handlers.entries()) {
    const result = handler(...facts);
    if (isThenable(result)) return result.then(() => callInTurn(handlers.slice(index + 1), facts));
  }
  return undefined;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
