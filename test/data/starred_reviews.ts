import { writeSample } from '../../src/data/sample/sample.js';
import { archive, type Entry } from './helpers.js';

/** Of the sample's reviews, one of so many is taken. */
const every = 4;
/** Half of the reviews of each class. */
const stars = { mild: [3, 8], strong: [1, 10] } as const;
const endings = { mild: 'Somewhat fair, I suppose.', strong: 'Absolutely, unforgettably so!' } as const;
/** So many of ten reviews end as their strength says. */
const honest = 9;

/** Writes an archive as IMDb's with 1000 reviews to train on and 250 to test on, whose file names have stars. */
export function writeStarredArchive(folder: string): string {
  const entries = [...writeSample()]
    .filter((_, index) => index % every === 0)
    .map(({ file: { split, label }, text }, index): Entry => {
      const [is, other] = index % 2 === 0 ? (['mild', 'strong'] as const) : (['strong', 'mild'] as const);
      const ending = endings[(index >> 1) % 10 < honest ? is : other];
      const path = `aclImdb/${split}/${label === 1 ? 'pos' : 'neg'}/${index}_${stars[is][label] ?? ''}.txt`;
      return { path, content: `${text} ${ending}` };
    });
  return archive(folder, 'starred.tar', entries);
}
