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

type Handler = (...facts: unknown[]) => unknown;

/** Tells several of each event, one after the other. */
export function joinEvents(...each: readonly ExperimentEvents[]): ExperimentEvents {
  const names = new Set(each.flatMap((events) => Object.keys(events) as (keyof ExperimentEvents)[]));
  const joined = [...names].map((name) => {
    const handlers = each.flatMap((events) => {
      const handlers = events as Readonly<Partial<Record<string, Handler>>>;
      return handlers[name] === undefined ? [] : [(...facts: unknown[]) => handlers[name]?.(...facts)];
    });
    return [name, (...facts: unknown[]) => callInTurn(handlers, facts)] as const;
  });
  return Object.fromEntries(joined);
}

/** Calls handlers; only what is behind one that returns a promise waits for it. */
function callInTurn(handlers: readonly Handler[], facts: readonly unknown[]): unknown {
  for (const [index, handler] of handlers.entries()) {
    const result = handler(...facts);
    if (result instanceof Promise) return result.then(() => callInTurn(handlers.slice(index + 1), facts));
  }
  return undefined;
}
