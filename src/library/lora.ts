import { aBoolean, aString, fields, optional, orNull } from '../arguments.js';
import { ImdbTorchError } from '../errors.js';
import { joinEvents } from '../experiments/experiment_events.js';
import { loraPresets } from '../experiments/presets.js';
import type { Base } from '../settings/base.js';
import { readBase } from '../settings/read_base.js';
import { featurizerOf } from '../storage/read_run.js';
import { withOptionNames, type CallSettings, type LoraKey } from './call_options.js';
import { runLora } from './fine_tuning.js';
import { checkDataset, readAs, type LoadedDataset } from './load_dataset.js';
import { prepareExperiment } from './prepare_experiment.js';
import { checkHiddenLayer, checkRank } from '../settings/fine_tuning_checks.js';
import { resultOf, type LoraResult } from './result.js';
import { settleCall } from './settle_call.js';
import { checkControl, controlNames, gatherRecords, type CallControl } from './train.js';

/** What `lora` takes: the command line's options in camel case, but for those that say what is read. */
export interface LoraCallOptions extends CallSettings<LoraKey, keyof typeof loraPresets>, CallControl {
  /** Whether the branches are merged into their layers at the end. Default: false. */
  readonly merge?: boolean | undefined;
}

const checkOwn = fields({ merge: optional(aBoolean) });

/**
 * Fine-tunes with LoRA as the command `lora` does. The reviews are read with the features of the base.
 * @param base a run directory, whose model is fine-tuned and stays as it is; null: a new model is pretrained first
 * @returns the document that `lora --json` prints, to be written by `saveRun` or used by `classifierOf`
 * @throws ImdbTorchError ERR_USAGE that names all options that are not as expected, or do not fit the base; ERR_RUN when the
 *   base is no complete run; ERR_DATASET, ERR_NON_FINITE, ERR_DEVICE; TypeError; the reason of `signal`
 */
export async function lora(
  base: string | null,
  dataset: LoadedDataset,
  options: LoraCallOptions = {},
): Promise<LoraResult> {
  return withOptionNames(() => fineTune(base, dataset, options));
}

async function fineTune(base: string | null, dataset: LoadedDataset, options: LoraCallOptions): Promise<LoraResult> {
  const begun = performance.now();
  orNull(aString)(base, 'base');
  checkDataset(dataset);
  checkControl(options, 'options');
  checkOwn(options, 'options');
  const { signal, stop, events = {}, merge = false } = options;
  const start = base === null ? null : await readBase(base);
  const call = { command: 'lora', presets: loraPresets, own: [...controlNames, 'merge'], base: start } as const;
  const { settings, choice } = await settleCall(dataset, options, call);
  const { ownTokenizer } = choice;
  const own = start === null ? {} : { vocab: null, featurizer: featurizerOf(start.run, ownTokenizer), toTrain: true };
  const reviews = await readAs(dataset, { ...choice, ...own }, options);
  if (start !== null) assertSameSplit(start, reviews, settings.seed);
  checkHiddenLayer(settings);
  checkRank(settings, reviews);
  const { device } = prepareExperiment(settings, reviews);
  const records = gatherRecords(events);
  const contents = await runLora({
    ...{ dataset: reviews, settings, device, signal, stop, merge, base: start },
    begun: begun - 1000 * dataset.seconds,
    events: joinEvents(events, records.events),
  });
  return resultOf(contents, { command: 'lora', ownTokenizer, metrics: records.metrics, tried: records.tried });
}

/** A base has seen the reviews that another seed would hold out. @throws ImdbTorchError ERR_USAGE */
function assertSameSplit({ path, run: { run } }: Base, { source }: LoadedDataset, seed: number): void {
  if (run.data?.sha256 !== source.sha256 || run.seed === undefined || run.seed === seed) return;
  throw new ImdbTorchError(
    'ERR_USAGE',
    `Expected the reviews of ${path} as they were held out there, with the seed ${run.seed}, but these were loaded with ` +
      `the seed ${seed}, and ${path} was trained on some of those that are held out now; give loadDataset the seed ${run.seed}.`,
  );
}
