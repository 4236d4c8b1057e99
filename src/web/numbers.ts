const minus = '\u2212';

/** Formats 0.9312 as 93.1 %, and nothing as 100 % or 0 % that is not certain. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 99.95 && percent < 100) return '> 99.9 %';
  if (percent < 0.05 && percent > 0) return '< 0.1 %';
  return `${percent.toFixed(1)} %`;
}

/** Formats 1.234 as +1.23. */
export function formatSigned(value: number, digits = 2): string {
  const text = Math.abs(value).toFixed(digits);
  const isZero = Number(text) === 0;
  return `${isZero ? '±' : value < 0 ? minus : '+'}${text}`;
}

export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}
