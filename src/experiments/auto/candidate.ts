import type { AveragedFit } from '../../training/linear/out_of_fold.js';
import type { Weighting } from '../../text/weighting/weightings.js';

/** Settings of a linear model, one of those that a search tries. */
export interface Candidate {
  /** The greatest number of tokens of n-grams. */
  readonly ngrams: number;
  /** The lengths of n-grams of characters; null: none. */
  readonly characters: readonly [least: number, most: number] | null;
  /** The weightings whose models are averaged. */
  readonly weighting: readonly Weighting[];
  readonly cost: number;
  /** The share of the reviews with the most doubtful labels that the model is not fitted on. */
  readonly cleanUp: number;
}

/** The features that a candidate looks at. */
type CandidateFeatures = Pick<Candidate, 'ngrams' | 'characters'>;

/** Returns the name of the features that a candidate looks at; candidates of one name share them. */
export function featuresOf({ ngrams, characters }: CandidateFeatures): string {
  return JSON.stringify({ ngrams, characters });
}

/** Returns the features of a name that `featuresOf` has made. */
export function featuresNamed(name: string): CandidateFeatures {
  return JSON.parse(name) as CandidateFeatures;
}

export function averageOf(candidate: Candidate): AveragedFit {
  const { weighting, cost, cleanUp } = candidate;
  return { set: featuresOf(candidate), fits: weighting.map((own) => ({ weighting: own, cost })), cleanUp };
}

/** Says in a few words what a candidate is. */
export function describeCandidate({ ngrams, characters, weighting, cost, cleanUp }: Candidate): string {
  const parts = [
    ngrams === 1 ? 'words' : `1-${ngrams}-grams`,
    ...(characters === null ? [] : [`characters ${characters.join('-')}`]),
    weighting.join(' + '),
    `cost ${cost}`,
    ...(cleanUp > 0 ? [`without the ${Math.round(100 * cleanUp)} % most doubtful`] : []),
  ];
  return parts.join(', ');
}
