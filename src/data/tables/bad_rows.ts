import { aString, fields } from '../../arguments.js';
import { ImdbTorchError } from '../../errors.js';
import type { BadRow, BadRows } from '../read_account.js';

/** A larger share means that the file is not what it was taken for. */
const toleratedShare = 0.01;
const namedInError = 5;

/**
 * @param strict tolerate none
 * @throws ImdbTorchError ERR_DATASET when more than 1 % of the rows are bad
 */
export function assertFewBadRows({ count, total, first }: BadRows, location: string, strict: boolean): void {
  if (count <= (strict ? 0 : toleratedShare * total)) return;
  const tolerated = strict ? 'no bad rows, as the option strict asks,' : 'at most 1 % bad rows';
  const more = count > namedInError ? ', ...' : '';
  throw new ImdbTorchError(
    'ERR_DATASET',
    `Expected ${tolerated} but ${count} of the ${total} rows of ${location} are bad ` +
      `(${first.slice(0, namedInError).map(describeBadRow).join(', ')}${more}); correct or remove them.`,
  );
}

const checkRow = fields({ origin: aString, reason: aString });

/** Returns half a sentence such as: reviews.csv line 7 has no text. */
export function describeBadRow(row: BadRow): string {
  checkRow(row, 'row');
  const { origin, reason } = row;
  return `${origin} ${reason}`;
}
