import { ImdbTorchError } from '../errors.js';
import type { StoredRun } from '../storage/read_run.js';
import { optionsFromHere } from '../storage/recorded_paths.js';
import { checkValues, flagOf, throwProblems } from './option.js';
import { byKeys, settings, settingsThat, type ExperimentSettings } from './settings.js';
import type { Setting } from './setting.js';

/** A run that fine-tuning starts from. */
export interface Base {
  readonly path: string;
  readonly run: StoredRun;
  /** Whether it was trained on the reviews of IMDb, or on the sample. */
  readonly isImdb: boolean;
}

/** The preset and the settings that are given beside a base. */
interface GivenBeside {
  readonly preset: string | undefined;
  readonly config: Partial<ExperimentSettings>;
  readonly given: Partial<ExperimentSettings>;
}

/**
 * Returns the settings that fine-tuning takes over from the base where no others are given, and those that its model
 * fixes. Which they are depends on what is given; see `Setting.inherited`.
 * @throws ImdbTorchError ERR_USAGE when a given setting contradicts the model, or that is linear
 */
export function inheritFrom(
  { path, run: { run, tensors, description } }: Omit<Base, 'isImdb'>,
  { preset, config, given }: GivenBeside,
): { usual: Partial<ExperimentSettings>; fixed: Partial<ExperimentSettings> } {
  assertHiddenLayer(path, description.hidden);
  const isNamed = (key: keyof ExperimentSettings): boolean => (given[key] ?? config[key]) !== undefined;
  const takes: Readonly<Record<string, boolean>> = {
    always: true,
    training: preset === undefined,
    optimizer: preset === undefined && !isNamed('optimizer'),
    data: !isNamed('data') && !isNamed('train'),
  };
  const { values } = byKeys(optionsFromHere(run));
  const usual = checkValues(
    settingsThat(({ inherited }: Setting<unknown>) => takes[inherited ?? ''] === true),
    values,
    (key) => `${key} in ${path}`,
  );
  const { vocabularySize, ...features } = description.features;
  const weight = tensors.get('fc1.weight');
  const layers = { hidden: description.hidden, dtype: weight?.dtype };
  const model = {
    ...byKeys({ features: { characters: null, characterWeight: 1, ...features } }).values,
    ...(vocabularySize === null && { vocab: null }),
    ...layers,
  };
  const fixed = checkValues(settings, model, (key) => `${key} of the model of ${path}`);
  const contradictions = (['hidden', 'dtype'] as const)
    .filter((key) => given[key] !== undefined && given[key] !== layers[key])
    .map((key) => `Expected ${flagOf(key)} ${layers[key]}, as the model of ${path} has, but received ${given[key]}.`);
  throwProblems([...usual.problems, ...fixed.problems, ...contradictions]);
  return { usual: usual.values, fixed: fixed.values };
}

function assertHiddenLayer(path: string, hidden: number): void {
  if (hidden > 0) return;
  throw new ImdbTorchError(
    'ERR_USAGE',
    `Expected a base with a hidden layer to fine-tune but ${path} is linear, and its few outputs leave LoRA no rank to save; ` +
      'train a base that has one, with train --preset fixed or best.',
  );
}
