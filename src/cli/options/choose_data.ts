import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chooseFeaturesFor } from '../../experiments/auto/chosen_features.js';
import { dualCoordinateDescent } from '../../training/optimizer_options.js';
import type { DataChoice } from '../experiment/read_dataset.js';
import { filesOf } from './list_kinds.js';
import type { ExperimentSettings } from './settings.js';

/** Chooses the reviews: those that are named, else `IMDB_TORCH_DATA`, else `imdb`, which is fetched once and kept. */
export function chooseData(given: string | undefined): string {
  const { IMDB_TORCH_DATA: named = '' } = process.env;
  return given ?? (named === '' ? 'imdb' : named);
}

/** Chooses as `chooseData`, but an archive of the data set in or beside the package's folder goes before fetching one. */
export function chooseDataAtHand(given: string | undefined): string {
  const chosen = chooseData(given);
  return chosen === 'imdb' && given === undefined ? (findArchive() ?? chosen) : chosen;
}

function findArchive(): string | null {
  const packageFolder = fileURLToPath(new URL('../../..', import.meta.url));
  for (const folder of [join(packageFolder, 'data'), join(packageFolder, '..', 'shared', 'data')]) {
    if (!existsSync(folder)) continue;
    const name = readdirSync(folder).find((file) => /^aclImdb.*\.t(ar\.)?gz$/.test(file));
    if (name !== undefined) return join(folder, name);
  }
  return null;
}

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
