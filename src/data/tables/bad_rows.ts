import { aString, fields } from '../../arguments.js';
import { ImdbTorchError } from '../../errors.js';
import type { SourceNotes } from '../collected_reviews.js';
import type { BadRow, LeftOut } from '../read_account.js';

/** A larger share means that the file is not what it was taken for. */
const toleratedShare = 0.01;
const namedReasons = 5;

/**
 * @param strict tolerate none
 * @throws ImdbTorchError ERR_DATASET when more than 1 % of the rows, counted by their lines, are bad
 */
export function assertFewBadRows(
  { badRows: { count, total }, read }: Pick<SourceNotes, 'badRows' | 'read'>,
  location: string,
  strict: boolean,
): void {
  if (count <= (strict ? 0 : toleratedShare * total)) return;
  const tolerated = strict ? 'no bad rows, as the option strict asks,' : 'at most 1 % bad rows';
  const narrow = read.leftOut.some(({ why }) => why === 'is not UTF-8');
  const unknown = read.leftOut.some(({ why }) => why.startsWith(unknownLabel));
  const more = read.leftOut.filter(({ why }) => hasMoreFields(why)).reduce((sum, row) => sum + row.count, 0);
  throw new ImdbTorchError(
    'ERR_DATASET',
    `Expected ${tolerated} but ${count} of the ${total} rows of ${location} are bad: ` +
      `${describeLeftOut(read.leftOut)}; correct or remove them${unknown ? ', or name all classes with the option labels' : ''}` +
      (more * 2 > count ? ', or put texts that hold what separates the columns between quotation marks' : '') +
      `${narrow ? ', or name the encoding with the option encoding, such as auto or windows-1252' : ''}.`,
  );
}

function hasMoreFields(why: string): boolean {
  const [, fields, wanted] = /^has (\d+) fields where .* has (\d+)$/.exec(why) ?? [];
  return Number(fields) > Number(wanted);
}

const checkRow = fields({ origin: aString, reason: aString });
/** What is wrong with a row whose label is none of the classes. */
export const unknownLabel = 'has an unknown label';

/** Returns half a sentence such as: no text (5, first: reviews.csv line 302), a quote in the wrong place (...). */
export function describeLeftOut(leftOut: readonly LeftOut[]): string {
  const reasons = leftOut.slice(0, namedReasons).map(({ why, count, first }) => {
    const what = why.replace(/^(has|is) /, '');
    return `${what} (${leftOut.length === 1 ? '' : `${count.toLocaleString('en')}, `}first: ${first})`;
  });
  const others = leftOut.slice(namedReasons).reduce((sum, { count }) => sum + count, 0);
  return [...reasons, ...(others > 0 ? [`${others.toLocaleString('en')} for other reasons`] : [])].join(', ');
}

/** Returns half a sentence such as: reviews.csv line 7 has no text. */
export function describeBadRow(row: BadRow): string {
  checkRow(row, 'row');
  const { origin, reason } = row;
  return `${origin} ${reason}`;
}
