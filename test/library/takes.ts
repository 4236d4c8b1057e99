/** What a value is, for arguments that take no other. */
export type Sort = 'missing' | 'null' | 'number' | 'string' | 'boolean' | 'array' | 'object' | 'function' | 'bytes';

/** An argument or a field of one: a value that works, and the sorts of values that do. */
export interface Taken {
  name: string;
  good: unknown;
  sorts: readonly Sort[];
  fields?: readonly Taken[];
}

export const take =
  (...sorts: Sort[]) =>
  (name: string, good: unknown): Taken => ({ name, good, sorts });
export const maybe = ({ name, good, sorts }: Taken): Taken => ({ name, good, sorts: [...sorts, 'missing'] });
export const string = take('string');
export const number = take('number');
export const boolean = take('boolean');
export const map = take();
export const object = take('object');
export const list = take('array');
export const one = take();
export const orNull = ({ name, good, sorts }: Taken): Taken => ({ name, good, sorts: [...sorts, 'null'] });
export const signal = maybe(take()('signal', new AbortController().signal));
/** An object of fields; those of `options` are called by their own names. */
export const fields = (name: string, ...inner: Taken[]): Taken => ({
  name,
  good: Object.fromEntries(inner.map((field) => [field.name, field.good])),
  sorts: inner.every(({ sorts }) => sorts.includes('missing')) ? ['object'] : [],
  fields: inner,
});
