import { BagWriter, type EncodedTexts } from '../../../text/bag_writer.js';
import type { FeatureSequences } from './sequences.js';

/** What became of the features of a model in a file. */
export interface KeptFeatures {
  /** `[features of the file]`: the id that each has in the model. */
  readonly ids: Int32Array;
  readonly sequences: FeatureSequences;
  /** Whether id 0 stands for all unknown tokens. */
  readonly hasUnknown: boolean;
}

/** Returns the features that texts have by a file, of those that they have by the model. */
export function keptOf({ ids, offsets, counts }: EncodedTexts, kept: KeptFeatures): EncodedTexts {
  const places = placesOf(kept);
  const texts = offsets.length - 1;
  const writer = new BagWriter(kept.ids.length, texts, ids.length, counts !== null);
  for (let text = 0; text < texts; text += 1) {
    for (let k = offsets[text]; k < offsets[text + 1]; k += 1) {
      const place = places[ids[k]];
      if (place >= 0) for (let times = counts?.[k] ?? 1; times > 0; times -= 1) writer.add(place);
    }
    writer.endText();
  }
  return writer.finish();
}

/** The id in the file of each feature of the model; -1: none. A token that is left out is an unknown one. */
function placesOf({ ids, sequences: { offsets }, hasUnknown }: KeptFeatures): Int32Array {
  const places = new Int32Array(offsets.length - 1);
  for (let id = 0; id < places.length; id += 1) places[id] = hasUnknown && offsets[id + 1] - offsets[id] === 1 ? 0 : -1;
  ids.forEach((id, place) => (places[id] = place));
  return places;
}
