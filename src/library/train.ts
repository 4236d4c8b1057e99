import { aFunction, aSignal, fields, oneOf, optional, partial } from '../arguments.js';
import { eventNames, joinEvents, type ExperimentEvents, type RecordEvents } from '../experiments/experiment_events.js';
import { recordingEvents } from '../experiments/recording_events.js';
import { trainPresets, tunePreset } from '../experiments/presets.js';
import type { SourceProgress } from '../data/source_types.js';
import type { Presets } from '../settings/settle.js';
import { withOptionNames, type CallSettings, type TrainKey } from './call_options.js';
import { runTrain } from './experiment.js';
import { checkDataset, readAs, type LoadedDataset } from './load_dataset.js';
import { prepareExperiment } from './prepare_experiment.js';
import { resultOf, type TrainResult } from './result.js';
import { settleCall } from './settle_call.js';

/** What a call tells while it goes on; those that return a promise are waited for. */
export type CallEvents = ExperimentEvents & RecordEvents;

/** How a call is watched and ended. */
export interface CallControl {
  readonly events?: CallEvents | undefined;
  /** Is told how far reading is, where the reviews are read once more. */
  readonly onProgress?: ((progress: SourceProgress) => void) | undefined;
  /** Ends the call, which rejects with the reason of this signal. */
  readonly signal?: AbortSignal | undefined;
  /** Ends a search with the best candidate so far. */
  readonly stop?: AbortSignal | undefined;
}

/** What `train` takes: the command line's options in camel case, but for those that say what is read. */
export interface TrainOptions extends CallSettings<TrainKey, keyof typeof trainPresets>, CallControl {}

/**
 * Trains as the command `train` does. Without a preset that is `auto`, or `notebook` for the reviews of IMDb and the sample.
 * @returns the document that `train --json` prints, to be written by `saveRun` or used by `classifierOf`
 * @throws ImdbTorchError ERR_USAGE that names all options that are not as expected, ERR_DATASET, ERR_NON_FINITE,
 *   ERR_DEVICE; TypeError; the reason of `signal`
 */
export async function train(dataset: LoadedDataset, options: TrainOptions = {}): Promise<TrainResult> {
  return withOptionNames(() => trainAs(dataset, options, trainPresets));
}

/**
 * Looks further than `train` for what suits the reviews, as the command `tune` does: for `budget` seconds, 600 by default,
 * from neighbour to neighbour.
 * @returns what `train` returns
 * @throws what `train` throws
 */
export async function tune(dataset: LoadedDataset, options: Omit<TrainOptions, 'preset'> = {}): Promise<TrainResult> {
  return withOptionNames(() => trainAs(dataset, options, { notebook: tunePreset, auto: tunePreset }));
}

async function trainAs(dataset: LoadedDataset, options: TrainOptions, presets: Presets): Promise<TrainResult> {
  const begun = performance.now();
  checkDataset(dataset);
  checkControl(options, 'options');
  const { signal, stop, events = {} } = options;
  const usual = presets === trainPresets ? dataset.loading.preset : undefined;
  const { settings, choice } = await settleCall(dataset, options, {
    command: 'train',
    presets,
    own: controlNames,
    usual,
  });
  const reviews = await readAs(dataset, choice, options);
  const { device } = prepareExperiment(settings, reviews);
  const records = gatherRecords(events);
  const contents = await runTrain({
    dataset: reviews,
    settings,
    device,
    begun: begun - 1000 * dataset.seconds,
    signal,
    stop,
    events: joinEvents(events, records.events),
  });
  const { ownTokenizer } = choice;
  return resultOf(contents, { command: 'train', ownTokenizer, metrics: records.metrics, tried: records.tried });
}

/** Keeps the lines of the files that a run has beside its models, and hands them on. */
export function gatherRecords(own: RecordEvents): { metrics: object[]; tried: object[]; events: ExperimentEvents } {
  const [metrics, tried]: [object[], object[]] = [[], []];
  const events = recordingEvents({
    onMetrics: (record) => {
      metrics.push(record);
      return own.onMetrics?.(record);
    },
    onTried: (record) => {
      tried.push(record);
      return own.onTried?.(record);
    },
  });
  return { metrics, tried, events };
}

const knownEvents: readonly string[] = [...eventNames, 'onMetrics', 'onTried'];

/** Accepts handlers of events. A misspelt one would never be called. */
function checkEvents(events: unknown, name: string): void {
  fields(partial(Object.fromEntries(knownEvents.map((event) => [event, aFunction]))))(events, name);
  const stranger = Object.keys(events as object).find((key) => /^on[A-Z]/.test(key) && !knownEvents.includes(key));
  if (stranger !== undefined) oneOf(...knownEvents)(stranger, `an event of ${name}`);
}

export const controlFields = {
  events: optional(checkEvents),
  onProgress: optional(aFunction),
  signal: optional(aSignal),
  stop: optional(aSignal),
} as const;
export const controlNames = Object.keys(controlFields);
export const checkControl = fields(controlFields);
