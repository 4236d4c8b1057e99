/** What a public function expects of its arguments: TypeScript's types are gone when a program runs. */

/** Checks a value. @param name what the user knows it as @throws TypeError, RangeError with a code, as the addon does */
export type Check = (value: unknown, name: string) => void;

type Predicate = (value: unknown) => boolean;

/** An error as the addon throws it for an argument. */
function argumentError(expected: string, name: string, received: unknown): TypeError {
  const message = `Expected ${expected} for ${name} but received ${describeValue(received)}`;
  return Object.assign(new TypeError(message), { code: 'ERR_ARG_TYPE' });
}

/** Describes a value in a few words without running any of the user's code. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value);
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol' || typeof value === 'bigint') return `a ${typeof value}`;
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  if (ArrayBuffer.isView(value)) return 'another typed array';
  return Array.isArray(value) ? 'an array' : 'an object';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Accepts what `accepts` does. @param expected the same in words */
export function kind(expected: string, accepts: Predicate): Check {
  return (value, name) => {
    if (!accepts(value)) throw argumentError(expected, name, value);
  };
}

/** A RangeError as the addon throws it. @param received in words */
export function rangeError(expected: string, name: string, received: string): RangeError {
  const message = `Expected ${expected} for ${name} but received ${received}`;
  return Object.assign(new RangeError(message), { code: 'ERR_ARG_RANGE' });
}

/** A RangeError as the addon throws it for sizes that do not fit together. @param message a whole sentence */
export function shapeError(message: string): RangeError {
  return Object.assign(new RangeError(message), { code: 'ERR_SHAPE' });
}

/** Accepts whole numbers from `least` on. @throws RangeError with ERR_ARG_RANGE for another number */
export function wholeFrom(least: number): Check {
  return (value, name) => {
    aNumber(value, name);
    if (!(Number.isInteger(value) && (value as number) >= least))
      throw rangeError(`a whole number from ${least}`, name, describeValue(value));
  };
}

export const aString = kind('a string', (value) => typeof value === 'string');
export const aNumber = kind('a number', (value) => typeof value === 'number');
export const aBoolean = kind('true or false', (value) => typeof value === 'boolean');
/** What the values of a text are divided by. */
export const aNormalization = kind(
  'true, false or "length"',
  (value) => typeof value === 'boolean' || value === 'length',
);
export const aFunction = kind('a function', (value) => typeof value === 'function');
export const anObject = kind('an object', (value) => isObject(value) && !Array.isArray(value));
export const aSignal = kind('an AbortSignal', (value) => isObject(value) && typeof value.throwIfAborted === 'function');
/** By its members: a program may have more than one realm. */
export const aMap = kind('a Map', (value) => isObject(value) && typeof value.entries === 'function' && 'size' in value);
export const int32Array = typedArray('Int32Array');
export const float32Array = typedArray('Float32Array');
export const float64Array = typedArray('Float64Array');
export const floats = typedArray('Float32Array', 'Float64Array');
export const bytes = typedArray('Uint8Array');

function typedArray(...types: string[]): Check {
  const expected = types.map((type) => `${/^[AEIOU]/.test(type) ? 'an' : 'a'} ${type}`).join(' or ');
  return kind(
    expected,
    (value) => ArrayBuffer.isView(value) && types.includes(String(Reflect.get(value, Symbol.toStringTag))),
  );
}

/** Accepts objects of a class. */
export function instance(type: { readonly name: string; [Symbol.hasInstance](value: unknown): boolean }): Check {
  return kind(`a ${type.name}`, (value) => value instanceof type);
}

/** Accepts these strings. @throws RangeError with ERR_ARG_RANGE for another one */
export function oneOf(...choices: readonly string[]): Check {
  const expected = choices.map((choice) => JSON.stringify(choice)).join(' or ');
  return (value, name) => {
    if (typeof value !== 'string') throw argumentError(expected, name, value);
    if (choices.includes(value)) return;
    throw rangeError(expected, name, describeValue(value));
  };
}

export function optional(check: Check): Check {
  return (value, name) => {
    if (value !== undefined) check(value, name);
  };
}

export function orNull(check: Check): Check {
  return (value, name) => {
    if (value !== null) check(value, name);
  };
}

/** Accepts what either does; the second says what is wrong. */
export function either(isFirst: Predicate, second: Check): Check {
  return (value, name) => {
    if (!isFirst(value)) second(value, name);
  };
}

/** Accepts an array whose elements are as `check` expects; a hole is none. */
export function listOf(check: Check): Check {
  return (value, name) => {
    if (!Array.isArray(value)) throw argumentError('an array', name, value);
    for (let index = 0; index < value.length; index += 1) check(value[index], `${name}[${index}]`);
  };
}

/** Accepts an object with these fields, whose others do not count, as in the addon. */
export function fields(checks: Readonly<Record<string, Check>>): Check {
  return (value, name) => {
    anObject(value, name);
    for (const [key, check] of Object.entries(checks)) {
      check((value as Record<string, unknown>)[key], name === 'options' ? key : `${name}.${key}`);
    }
  };
}

/** Accepts an object with these fields and no others: a name that is misspelt would do nothing. */
export function onlyFields(checks: Readonly<Record<string, Check>>): Check {
  const check = fields(checks);
  return (value, name) => {
    check(value, name);
    const names = Object.keys(checks);
    const stranger = Object.keys(value as object).find((key) => !names.includes(key));
    if (stranger !== undefined) throw argumentError(`one of ${names.join(', ')}`, `a field of ${name}`, stranger);
  };
}

/** Makes each of the checks of fields optional. */
export function partial(checks: Readonly<Record<string, Check>>): Record<string, Check> {
  return Object.fromEntries(Object.entries(checks).map(([key, check]) => [key, optional(check)]));
}

/** Checks texts, of which there may be millions: nothing is made for one that is as expected. */
export function checkTexts(texts: unknown): asserts texts is readonly (string | Uint8Array)[] {
  if (!Array.isArray(texts)) throw argumentError('an array of texts', 'texts', texts);
  for (let index = 0; index < texts.length; index += 1) {
    const text: unknown = texts[index];
    if (typeof text !== 'string') checkText(text, `texts[${index}]`);
  }
}

/** Accepts a string, or its UTF-8. */
export const checkText = kind('a string or a Uint8Array', (value) => typeof value === 'string' || isBytes(value));

function isBytes(value: unknown): boolean {
  return value instanceof Uint8Array;
}
