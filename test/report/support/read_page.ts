/** What a report says, read back out of its HTML. */
export interface Said {
  /** Where it says it has this from: which run, and the path, the quotient of two, or what a list comes to. */
  run: number;
  from: string;
  /** Of numbers: the exact one. */
  value: number | null;
  /** What people read. */
  text: string;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

export function unescape(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? '');
}

/** Every number and every text that names its source. */
export function readPage(page: string): Said[] {
  const pattern =
    /<(data|span|code)(?: value="([^"]*)")?\s+data-run="(\d+)"\s+data-from="([^"]*)"\s*>([^<]*)<\/\1\s*>/g;
  return Array.from(page.matchAll(pattern), ([, , value, run, from = '', text = '']) => ({
    run: Number(run),
    from: unescape(from),
    value: value === undefined ? null : Number(value),
    text: unescape(text),
  }));
}

/** What is left of the page's text without pictures, names and all that names its source. */
export function unsourcedText(page: string): string {
  const without = [
    /<head>.*<\/head>/gs,
    /<svg aria-hidden="true".*?<\/svg\s*>/gs,
    /<svg(?! width="100%" height="\d+" viewBox).*?<\/svg>\s*(?=<\/figure|<p class="axis")/gs,
    /<(data|span|code)[^>]*data-from="[^"]*"[^>]*>[^<]*<\/\1\s*>/g,
    /<(q|span|code) data-name>[^<]*<\/\1\s*>/g,
    /<[^>]*>/g,
  ];
  return without.reduce((text, pattern) => text.replace(pattern, ' '), page);
}

const units: Readonly<Record<string, number>> = { '': 1, '%': 0.01, s: 1, kB: 1e3, MB: 1e6 };

/** The number that a text such as `86.80 %` stands for, and how far from it the exact one may be by rounding. */
export function readNumber(text: string): { value: number; rounding: number } {
  const match = /^([+−-]?)([\d,]+)(\.\d+)?(e[+-]\d+)? ?(%|s|kB|MB)?$/.exec(text);
  if (match === null) throw new Error(`no number: ${text}`);
  const [, sign = '', whole = '', fraction = '', exponent = '', unit = ''] = match;
  const scale = (units[unit] ?? NaN) * Number(`1${exponent}`);
  const value = Number(whole.replaceAll(',', '') + fraction) * scale;
  const rounding = 0.5 * 10 ** -Math.max(fraction.length - 1, 0) * scale;
  return { value: sign === '−' || sign === '-' ? -value : value, rounding };
}
