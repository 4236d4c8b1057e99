import type { PhaseContext, PhaseOptions } from '../training/phase.js';
import { notebook, type ExperimentOptions } from './options.js';
import { trainPresets } from './presets.js';

interface WithOptions {
  readonly options: ExperimentOptions;
}

const pretrainings = { notebook, fixed: trainPresets.fixed } as const;

/** Returns what the epoch before fine-tuning is trained with. */
export function pretrainingContext<Context extends Pick<PhaseContext, 'options' | 'classWeights'>>(
  context: Context,
  pretraining: ExperimentOptions['pretraining'],
): Context {
  const own: PhaseOptions = pretraining === 'same' ? context.options : pretrainings[pretraining];
  // The notebook weights no classes.
  const classWeights = pretraining === 'notebook' ? undefined : context.classWeights;
  return { ...context, options: { ...own, patience: null }, classWeights };
}

/** Starts the branches but for the notebook's, which the hidden layer has from the start. @returns whether it had to */
export function startBranches(
  { options }: WithOptions,
  { model, generator }: Pick<PhaseContext, 'model' | 'generator'>,
): boolean {
  const { init: initialization, useDora } = options;
  const isNotebooks = initialization === 'notebook' && !useDora;
  const started = [...model.branches.values()].filter((layer) => layer !== model.hidden || !isNotebooks);
  for (const layer of started) layer.initializeAdapter({ ...options, generator });
  model.renewBranches();
  return started.length > 0;
}

/** Freezes the layers that have a branch, which alone is trained from now on, and the hidden layer in any case. */
export function freezeLayers({ options: { loraDropout } }: WithOptions, { model }: Pick<PhaseContext, 'model'>): void {
  model.hidden.setTrainable({ base: false, lora: false });
  for (const layer of model.branches.values()) {
    layer.dropout = loraDropout;
    layer.loraEnabled = true;
    layer.setTrainable({ base: false, lora: true });
  }
}
