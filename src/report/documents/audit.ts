import type { Audit } from '../../experiments/audit.js';

/** How a table of doubtful reviews begins. */
export const auditTableStart = 'file,line,label,suggested,probability_given,probability_suggested,text';
const digits = 6;

/** Returns the part of the document of `audit --json` that says what was found. @param top the most reviews, and texts, that are named */
export function auditDocument({ reviews, wrong, doubtful, pairs, repeated }: Audit, top: number) {
  const contradicting = repeated.filter(({ contradicts }) => contradicts);
  return {
    reviews,
    wrong: { count: wrong, share: wrong / reviews, pairs },
    doubtful: {
      count: doubtful.length,
      rows: doubtful.slice(0, top).map(({ place, label, suggested, probabilityGiven, probabilitySuggested, text }) => ({
        ...place,
        label,
        suggested,
        probability_given: probabilityGiven,
        probability_suggested: probabilitySuggested,
        text,
      })),
    },
    repeated: {
      texts: repeated.length,
      reviews: repeated.reduce((sum, each) => sum + each.reviews.length, 0),
      contradicting: contradicting.length,
      first: repeated.slice(0, top).map(({ text, contradicts, reviews: own }) => ({
        contradicts,
        rows: own.map(({ place, label }) => ({ ...place, label })),
        text,
      })),
    },
  };
}

/** Yields the lines of a CSV file (RFC 4180) of all doubtful reviews, the most doubtful first. */
export function* auditTable({ doubtful }: Audit): Generator<string> {
  yield `${auditTableStart}\r\n`;
  for (const { place, label, suggested, probabilityGiven, probabilitySuggested, text } of doubtful) {
    const { file, line } = place;
    const probabilities = [probabilityGiven, probabilitySuggested].map((value) => value.toFixed(digits));
    yield `${[file, String(line ?? ''), label, suggested, ...probabilities, text].map(quote).join(',')}\r\n`;
  }
}

function quote(cell: string): string {
  return /[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
