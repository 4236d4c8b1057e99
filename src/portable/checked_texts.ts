import { rangeError, shapeError } from '../arguments.js';
import { checkEncoded, type EncodedTexts } from '../text/bag_writer.js';

/** Encoded texts as a program gives them. */
type GivenTexts = Omit<EncodedTexts, 'counts'> & Partial<Pick<EncodedTexts, 'counts'>>;

/**
 * Checks encoded texts as the native engine does: an id that no feature has would give numbers that are none, and
 * offsets that do not fit would leave texts out.
 * @param features number of features
 * @returns the same, with null for counts that are left out
 * @throws TypeError ERR_ARG_TYPE; RangeError ERR_SHAPE for offsets or counts that do not fit, ERR_ARG_RANGE for an id
 *   that no feature has, and for unsorted or repeated ones in a text
 */
export function checkedTexts(encoded: GivenTexts, features: number): EncodedTexts {
  checkEncoded(encoded, 'encoded');
  const { ids, offsets, counts = null } = encoded;
  const [first, last] = [offsets[0], offsets[offsets.length - 1]];
  if (offsets.length === 0) throw shapeError('Expected one offset more than texts but received none');
  if (first !== 0 || last !== ids.length)
    throw shapeError(`Expected offsets from 0 to the number of ids (${ids.length}) but received ${first} to ${last}`);
  if (counts !== null && counts.length !== ids.length)
    throw shapeError(`Expected one count for each of ${ids.length} ids but received ${counts.length}`);
  for (let text = 1; text < offsets.length; text += 1) {
    if (offsets[text] < offsets[text - 1])
      throw shapeError(`Expected ascending offsets but offset ${text} is smaller than the one before`);
  }
  for (let text = 1; text < offsets.length; text += 1) checkIds(encoded, text - 1, features);
  return { ids, offsets, counts };
}

function checkIds({ ids, offsets }: GivenTexts, text: number, features: number): void {
  const end = offsets[text + 1];
  let before = -1;
  for (let k = offsets[text]; k < end; k += 1) {
    const id = ids[k];
    if (id <= before || id >= features) {
      const after = k === offsets[text] ? '' : ` after ${before}`;
      throw rangeError(`ascending ids in 0 .. ${features - 1}`, `text ${text}`, `${id}${after}`);
    }
    before = id;
  }
}
