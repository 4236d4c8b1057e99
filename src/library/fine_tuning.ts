import type { Dataset } from '../data/dataset.js';
import { runLoraFineTuning, type LoraResult } from '../experiments/lora_fine_tuning.js';
import { needsNewOutput } from '../experiments/fine_tuning_base.js';
import { loraContents, type RunContents } from '../experiments/run_contents.js';
import { describeAlone } from '../model/adapter_calibration.js';
import type { BaseFacts } from '../experiments/run_documents.js';
import type { Base } from '../settings/base.js';
import type { StoredRun } from '../storage/read_run.js';
import { hasSeenAll, type LoraDocument } from '../storage/run_document.js';
import { createSplitBags } from '../training/split_bags.js';
import { runInput, type Experiment } from './experiment.js';

/** The run that fine-tuning starts from. */
export type FineTunedRun = Pick<Base, 'path' | 'run'>;

export interface FineTuning extends Experiment {
  /** Null: a new model is pretrained first. */
  readonly base: FineTunedRun | null;
  /** Whether to merge the branches into their layers at the end. */
  readonly merge: boolean;
}

/**
 * Fine-tunes with LoRA, tests and looks at the model: what `lora` does, on the command line and in the library.
 * @param onResult is given the result
 * @throws what the experiment throws; the reason of the signal
 */
export async function runLora(
  experiment: FineTuning,
  onResult: (result: LoraResult) => void = () => undefined,
): Promise<RunContents<LoraDocument>> {
  const { dataset, device, settings: options, base, merge, signal, stop, events } = experiment;
  const newOutput = base !== null && needsNewOutput(base.path, base.run.description.classes, dataset.classes, options);
  const bags = createSplitBags(dataset);
  try {
    const result = await runLoraFineTuning({
      ...{ dataset, bags, device, options, merge, signal, stop, events },
      classes: dataset.classes.length,
      base: base?.run.tensors,
      newOutput,
      sharesReviews: base !== null && isOnSameData(base.run, dataset),
    });
    onResult(result);
    const input = runInput(withChosen(experiment, result), 'lora', options.search !== 'none');
    const facts = base && (await factsOf(base, dataset, newOutput));
    return await loraContents({ ...input, test: bags.test, base: facts }, result);
  } finally {
    bags.dispose();
  }
}

async function factsOf({ path, run }: FineTunedRun, dataset: Dataset, newOutput: boolean): Promise<BaseFacts> {
  const seenValidation = hasSeenValidation(run, dataset);
  return newOutput
    ? { path, seenValidation, description: await describeAlone(path, run.description) }
    : { path, seenValidation };
}

/** Whether the base was trained on the reviews that are held out here: they are the same wherever the data are. */
export function hasSeenValidation(run: StoredRun, dataset: Dataset): boolean {
  return isOnSameData(run, dataset) && hasSeenAll(run.run);
}

function isOnSameData({ run }: StoredRun, { source }: Dataset): boolean {
  return run.data?.sha256 === source.sha256;
}

/** Puts what a search chose in the place of what it was given. */
function withChosen(experiment: FineTuning, { search, loraEpochs }: LoraResult): FineTuning {
  const settings = {
    ...experiment.settings,
    ...search?.chosen.candidate,
    loraEpochs,
    search: 'none',
    budget: null,
  } as const;
  return { ...experiment, settings };
}
