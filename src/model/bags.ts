import { aNormalization, aNumber, fields, float32Array, instance, orNull } from '../arguments.js';
import { checkEncoded, type EncodedTexts } from '../text/bag_writer.js';
import type { FeatureOptions } from '../text/features.js';
import { Vocabulary } from '../text/vocabulary.js';
import { Bags } from './native.js';

/** What texts that are encoded are weighted with. A `Featurizer` is one. */
export interface BagWeighting {
  readonly options: Pick<FeatureOptions, 'normalize' | 'gain'>;
  readonly vocabulary: Vocabulary;
  /** `[vocabulary.size]`: the factor of each feature; null without weighting. */
  readonly weights: Float32Array | null;
}

const checkWeighting = fields({
  options: fields({ normalize: aNormalization, gain: aNumber }),
  vocabulary: instance(Vocabulary),
  weights: orNull(float32Array),
});

/**
 * Copies encoded texts to the native side, which computes the values of their features: counts (or 1) times weights,
 * divided as `normalize` says, times `gain`.
 * @param texts whose `labels`, `[texts]`, are class numbers; by default all 0
 */
export function createBags(texts: EncodedTexts & { labels?: Int32Array }, weighting: BagWeighting): Bags {
  checkEncoded(texts, 'texts');
  checkWeighting(weighting, 'weighting');
  const { ids, offsets, counts, labels = new Int32Array(Math.max(offsets.length - 1, 0)) } = texts;
  const { options, vocabulary, weights } = weighting;
  const { normalize, gain } = options;
  const bags = { ids, offsets, labels, vocabularySize: vocabulary.size };
  if (counts === null && weights === null && !normalize && gain === 1) return new Bags(bags);
  return new Bags({
    ...bags,
    ...(counts && { values: Float32Array.from(counts) }),
    weighting: { normalize, gain, ...(weights && { weights }) },
  });
}
