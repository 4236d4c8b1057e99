import stringWidth from 'string-width';
import type { Place } from '../../data/origins.js';
import type { Audit, AuditedReview, RepeatedText } from '../../experiments/audit.js';
import { formatCount, formatShare, formatText } from '../format.js';
import type { LineStyle } from './line_style.js';
import { formatTable } from './table.js';

const mostPairs = 10;
/** The widest that cells may be, in columns of the terminal. */
const widest = { place: 20, label: 10 };
const widestName = 28;
const leastText = 16;

/**
 * Says which labels are probably wrong and which texts come again.
 * @param top the most reviews, and texts, that are named
 * @param width columns that a line may take
 */
export function describeAudit(audit: Audit, top: number, width: number, style: LineStyle): string[] {
  const { reviews, wrong, doubtful, pairs } = audit;
  if (doubtful.length === 0) {
    return [
      `Of ${formatCount(reviews)} reviews none has a label that is probably wrong.`,
      ...describeRepeated(audit, top, width, style),
    ];
  }
  const share = formatShare(wrong / reviews);
  const shown = doubtful.slice(0, top);
  const has = wrong === 1 ? 'has' : 'have';
  return [
    `Of ${formatCount(reviews)} reviews about ${formatCount(wrong)} (${share}) ${has} a label that is probably wrong.`,
    ...(pairs.length === 0 ? [] : [formatPairs(pairs, style)]),
    ...(shown.length === 0
      ? []
      : [
          `The most doubtful of ${formatCount(doubtful.length)} for which another class is more probable:`,
          formatDoubtful(shown, width, style),
        ]),
    ...describeRepeated(audit, top, width, style),
  ];
}

function formatPairs(pairs: Audit['pairs'], style: LineStyle): string {
  const rows = pairs
    .slice(0, mostPairs)
    .map(({ label, suggested, count }) => [
      fit(label, widestName, style),
      fit(suggested, widestName, style),
      formatCount(count),
    ]);
  return formatTable(['label', 'probably', 'reviews'], rows, style, [0, 1]);
}

function formatDoubtful(shown: readonly AuditedReview[], width: number, style: LineStyle): string {
  const rows = shown.map(({ place, label, suggested, probabilitySuggested, text }) => [
    fitPlace(place, widest.place, style),
    fit(label, widest.label, style),
    fit(suggested, widest.label, style),
    formatShare(probabilitySuggested),
    oneLine(text),
  ]);
  const titles = ['review', 'label', 'probably', 'sure', 'text'];
  // A border and two blanks for each column, and one more border.
  const borders = 3 * titles.length + 1;
  const taken = titles
    .slice(0, -1)
    .map((title, column) => Math.max(title.length, ...rows.map((row) => stringWidth(row[column] ?? ''))));
  const room = Math.max(leastText, width - borders - taken.reduce((sum, each) => sum + each, 0));
  const fitted = rows.map((row) => [...row.slice(0, -1), fit(row.at(-1) ?? '', room, style)]);
  return formatTable(titles, fitted, style, [0, 1, 2, 4]);
}

function describeRepeated({ repeated }: Audit, top: number, width: number, style: LineStyle): string[] {
  if (repeated.length === 0) return [];
  const count = repeated.reduce((sum, { reviews }) => sum + reviews.length, 0);
  const contradicting = repeated.filter(({ contradicts }) => contradicts).length;
  const comes = repeated.length === 1 ? 'text comes' : 'texts come';
  const them = contradicting === 1 ? 'of them has different labels' : 'of them have different labels';
  return [
    `${formatCount(repeated.length)} ${comes} more than once, in ${formatCount(count)} reviews; ${formatCount(contradicting)} ${them}${top === 0 ? '.' : ':'}`,
    ...repeated.slice(0, top).flatMap((each) => describeText(each, width, style)),
  ];
}

/** A line of the text, and one of as many of its reviews as it has room for. */
function describeText({ reviews, text }: RepeatedText, width: number, style: LineStyle): string[] {
  let line = '';
  let shown = 0;
  for (const { place, label } of reviews) {
    const own = `${fitPlace(place, widest.place, style)} (${fit(label, widest.label, style)})`;
    const longer = shown === 0 ? `    ${own}` : `${line}, ${own}`;
    const left = reviews.length - shown - 1;
    if (shown > 0 && stringWidth(longer + andMore(left)) > width) break;
    line = longer;
    shown += 1;
  }
  return [`  ${fit(oneLine(text), width - 2, style)}`, line + andMore(reviews.length - shown)];
}

function andMore(count: number): string {
  return count === 0 ? '' : ` and ${formatCount(count)} more`;
}

function fitPlace({ file, line }: Place, width: number, { unicode }: LineStyle): string {
  const [name, number] = [formatText(file), line === null ? '' : `:${line}`];
  const dots = unicode ? '…' : '...';
  if (stringWidth(name + number) <= width) return name + number;
  const room = width - number.length - dots.length;
  const characters = Array.from(name);
  while (stringWidth(characters.join('')) > room) characters.shift();
  return dots + characters.join('') + number;
}

function oneLine(text: string): string {
  return text.replace(/\s+/gu, ' ').trim();
}

/** Shortens a text to so many columns. */
function fit(text: string, width: number, { unicode }: LineStyle): string {
  const shown = formatText(text);
  if (stringWidth(shown) <= width) return shown;
  const dots = unicode ? '…' : '...';
  // Each character takes a column at least, but for marks that are set above others.
  const characters = Array.from(shown.slice(0, 4 * width));
  while (stringWidth(characters.join('')) > width - dots.length) characters.pop();
  return characters.join('') + dots;
}
