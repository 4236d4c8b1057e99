import { chooseFeaturesFor } from '../experiments/auto/chosen_features.js';
import type { RowSets } from '../data/rows/row_sets.js';
import type { DataFiles } from '../data/source_types.js';
import type { FeatureChoice } from '../data/splits/chosen_features.js';
import type { SplitOptions } from '../data/splits/train_valid_test.js';
import type { FeatureOptions } from '../text/features.js';
import type { OwnTokenizer } from '../text/tokens/own_tokenizer.js';
import type { Featurizer } from '../text/featurizer.js';
import { trainPresets } from '../experiments/presets.js';
import { dualCoordinateDescent } from '../training/optimizer_options.js';
import { filesOf } from './list_kinds.js';
import type { ExperimentSettings } from './settings.js';

/** What `readDataset` is asked for. */
export interface DataChoice {
  /** `imdb`, `sample` or a path; or files for the splits. */
  data: string | DataFiles | RowSets;
  vocab: number | null;
  /** Default: those of the notebook. */
  features?: Omit<FeatureOptions, 'vocabularySize'> | undefined;
  /** Chooses some of them when the reviews have been read. */
  featureChoice?: FeatureChoice | undefined;
  split?: SplitOptions['split'];
  seed: number;
  /** Null: a fifth of the training reviews, at most 5000. */
  valid: number | null;
  textColumn?: string | undefined;
  labelColumn?: string | undefined;
  groupColumn?: string | undefined;
  header?: boolean | undefined;
  labels?: readonly string[] | undefined;
  encoding?: string | undefined;
  files?: readonly string[] | undefined;
  strict?: boolean;
  /** Takes all reviews as training reviews. */
  whole?: boolean;
  /** The tokenizer where the features name one of a program's own. */
  ownTokenizer?: OwnTokenizer | undefined;
  /** Encodes the reviews as a model was trained. */
  featurizer?: Featurizer;
  /** Whether these are to be trained on, which is usual without a featurizer. */
  toTrain?: boolean;
}

/** Chooses the reviews: those that are named, else `IMDB_TORCH_DATA`, else `imdb`, which is fetched once and kept. */
export function chooseData(given: string | undefined): string {
  const { IMDB_TORCH_DATA: named = '' } = process.env;
  return given ?? (named === '' ? 'imdb' : named);
}

/** What reviews are read with to be looked at: all of them as one set, with the features of the preset `auto`. */
export const auditReading = Object.freeze({
  valid: null,
  whole: true,
  vocab: null,
  features: trainPresets.auto.features,
  featureChoice: chooseFeaturesFor([]),
}) satisfies Partial<DataChoice>;

/**
 * Says what to read for these settings.
 * @param choose finds the reviews where the settings name none
 */
export function dataChoice(
  settings: ExperimentSettings & { readonly fixed?: readonly string[] },
  choose = chooseData,
): DataChoice {
  const { data, train, valid, test, tokenizer, ngrams, minCount: minimumCount, ...others } = settings;
  const { characters, characterWeight, counts, weighting, normalize, gain, optimizer, search, fixed = [] } = others;
  const file = filesOf(valid);
  const isLinear = optimizer === dualCoordinateDescent;
  const weighted = {
    weighting: typeof weighting === 'string' ? weighting : 'none',
    ...(characters && characterWeight !== 1 && { characterWeight }),
  } as const;
  return {
    ...others,
    data: train === undefined ? choose(data) : { train, valid: file, test },
    // In folds every training review is held out once, so none are held out beside them.
    valid: typeof valid === 'number' ? valid : isLinear && settings.folds !== null && file === undefined ? 0 : null,
    features: {
      ...{ tokenizer, ngrams, minimumCount, counts, normalize, gain },
      ...(characters && { characters }),
      // Dual coordinate descent weighs features itself, and folds that into the model.
      ...(isLinear ? { weighting: 'none' } : weighted),
    },
    featureChoice: isLinear && search !== 'none' ? chooseFeaturesFor(fixed) : undefined,
  };
}
