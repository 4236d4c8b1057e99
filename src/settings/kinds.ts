/**
 * A kind of value knows how the command line writes a value, and which values from there or from a file are accepted.
 */
export interface Kind<T> {
  /** The name of the value in help; a flag has no value. */
  readonly value?: string;
  /** Marks a value that may be left out, as of a flag. */
  readonly isOptional?: boolean;
  /** The choices that help lists behind the sentence. */
  readonly choices?: readonly string[];
  /** Marks a value that may be given several times; the texts are read one by one. */
  readonly repeats?: boolean;
  /** The accepted values in words, for messages. */
  readonly expected: string;
  /** Reads a text of the command line as JSON would have it. */
  parse(text: string): unknown;
  /** Returns the value, or undefined when it is not as expected. */
  accept(value: unknown): T | undefined;
  /** Returns what to do about a value that is not as expected, where that is more than to give another one. */
  advise?(value: unknown): string | undefined;
}

/** The range of a number. `above` and `below` exclude the bound itself. */
interface Range {
  least?: number;
  above?: number;
  most?: number;
  below?: number;
}

export function number(range: Range): Kind<number> {
  return {
    value: 'number',
    expected: `a number ${describeRange(range)}`,
    parse: (text) => (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text),
    accept: (value) => (isNumber(value) && isWithin(range, value) ? value : undefined),
  };
}

export function integer(least: number, most = 1_000_000_000): Kind<number> {
  return {
    value: 'number',
    expected: `a whole number ${describeRange({ least, most })}`,
    parse: (text) => (/^[+-]?\d+$/.test(text) ? Number(text) : text),
    accept: (value) =>
      Number.isSafeInteger(value) && isWithin({ least, most }, value as number) ? (value as number) : undefined,
  };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isWithin({ least = -Infinity, above = -Infinity, most = Infinity, below = Infinity }: Range, value: number) {
  return value >= least && value > above && value <= most && value < below;
}

function describeRange({ least, above, most, below }: Range): string {
  if (above !== undefined) return `above ${above}`;
  return below === undefined ? `from ${String(least)} to ${String(most)}` : `from ${String(least)} to below ${below}`;
}

/** @param isMeant says which texts are meant, where they cannot all be listed */
export function choice<const T extends string>(
  choices: readonly T[],
  value = 'name',
  isMeant: (given: string) => boolean = (given) => choices.includes(given as T),
): Kind<T> {
  return {
    value,
    choices,
    expected: `one of ${choices.join(', ')}`,
    parse: (text) => text,
    accept: (given) => (typeof given === 'string' && isMeant(given) ? (given as T) : undefined),
  };
}

export function text(value: string): Kind<string> {
  return {
    value,
    expected: 'a value',
    parse: (given) => given,
    accept: (given) => (typeof given === 'string' && given.trim() !== '' ? given : undefined),
  };
}

function positive(value: unknown): number | undefined {
  return isNumber(value) && value > 0 ? value : undefined;
}

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** A number of seconds, which the command line writes as 30s, 10m or 1.5h. */
export const duration: Kind<number> = {
  value: 'time',
  expected: 'a time such as 30s, 10m or 1h, or in files and programs a number of seconds,',
  parse: (given) => {
    const [, count = '', unit = ''] = /^(\d+\.?\d*|\.\d+)([smh])$/.exec(given) ?? [];
    return unit === '' ? given : Number(count) * (secondsOf[unit] ?? NaN);
  },
  accept: positive,
};

const bytesOf: Readonly<Record<string, number>> = { b: 1, kb: 1e3, mb: 1e6, gb: 1e9 };

/** A number of bytes, which the command line writes as 300kB or 1.5MB. */
export const byteCount: Kind<number> = {
  value: 'size',
  expected: 'a size such as 300kB or 1.5MB, or in files and programs a number of bytes,',
  parse: (given) => {
    const [, count = '', unit = ''] = /^(\d+\.?\d*|\.\d+) ?([kmg]?b)$/i.exec(given) ?? [];
    return unit === '' ? given : Number(count) * (bytesOf[unit.toLowerCase()] ?? NaN);
  },
  accept: positive,
};

/** Describes a list, which the command line writes with commas. @param read undefined when the elements are not as expected */
export function list<T>(
  value: string,
  expected: string,
  element: (text: string) => unknown,
  read: (elements: readonly unknown[]) => T | undefined,
): Kind<T> {
  return {
    value,
    expected,
    parse: (given) => given.split(',').map((part) => element(part.trim())),
    accept: (elements) => (Array.isArray(elements) ? read(elements) : undefined),
  };
}

export const flag: Kind<boolean> = {
  expected: 'true or false',
  parse: (given) => given,
  accept: (value) => (typeof value === 'boolean' ? value : undefined),
};

/** A flag that may have a value instead. */
export function flagOr<const T extends string>(word: T): Kind<boolean | T> {
  return {
    value: word,
    isOptional: true,
    expected: `true, false or ${word}`,
    parse: (given) => given,
    accept: (value) => (value === word ? word : flag.accept(value)),
  };
}

/** Accepts null as well, for which the command line has `word`, or nothing. */
export function orNull<T>(kind: Kind<T>, word?: string): Kind<T | null> {
  return {
    ...kind,
    ...(word !== undefined && { value: `${kind.value ?? ''}|${word}` }),
    parse: (given) => (given === word ? null : kind.parse(given)),
    accept: (value) => (value === null ? null : kind.accept(value)),
  };
}

/** Marks a value that is undefined where nothing gives one. */
export function optional<T>(kind: Kind<T>): Kind<T | undefined> {
  return kind;
}
