import { aFunction, aSignal, fields, oneOf, optional, partial } from '../arguments.js';
import { eventNames, joinEvents, type ExperimentEvents, type RecordEvents } from '../experiments/experiment_events.js';
import { recordingEvents } from '../experiments/recording_events.js';
import { trainPresets, tunePreset } from '../experiments/presets.js';
import type { SourceProgress } from '../data/source_types.js';
import { dataChoice } from '../settings/data_choice.js';
import type { ExperimentSettings } from '../settings/settings.js';
import { settle, type Presets } from '../settings/settle.js';
import { isOwnName, type OwnTokenizer } from '../text/tokens/own_tokenizer.js';
import { readCall, withOptionNames, type CallSettings, type TrainKey } from './call_options.js';
import { runTrain, type SettledSettings } from './experiment.js';
import { checkDataset, isImdbLoaded, readAs, settingsOn, type LoadedDataset } from './load_dataset.js';
import { prepareExperiment } from './prepare_experiment.js';
import { resultOf, type TrainResult } from './result.js';

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
  const { settings, choice } = await settleTraining(dataset, options, presets);
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

/** Returns the tokenizer of the program's own that the settings name. */
export function ownTokenizerOf(
  { tokenizer }: Pick<ExperimentSettings, 'tokenizer'>,
  ...given: readonly { readonly ownTokenizer: OwnTokenizer | undefined }[]
): OwnTokenizer | undefined {
  const found = given.find(({ ownTokenizer }) => ownTokenizer !== undefined)?.ownTokenizer;
  return isOwnName(tokenizer) ? found : undefined;
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

/** Completes the settings of a call with those that the reviews were read with, and says how they are to be read. */
async function settleTraining(
  { loading }: LoadedDataset,
  options: TrainOptions,
  presets: Presets,
): Promise<{ settings: SettledSettings; choice: ReturnType<typeof dataChoice> }> {
  const call = readCall(options, { command: 'train', presets, own: controlNames, reads: false });
  const given: Partial<ExperimentSettings> = { ...loading.given, ...call.given };
  const asked = {
    ...({ command: 'train', presets, config: {}, base: null } as const),
    problems: call.problems,
    preset: call.preset ?? (presets === trainPresets ? loading.preset : undefined),
    given: settingsOn(loading, call.given),
  };
  const isKnown = await isImdbLoaded(loading);
  const settings = settle({ ...asked, isImdb: isKnown });
  const settled = { ...settings, fixed: Object.keys(given) };
  return {
    settings: settled,
    choice: { ...dataChoice(settled), ownTokenizer: ownTokenizerOf(settled, call, loading) },
  };
}
