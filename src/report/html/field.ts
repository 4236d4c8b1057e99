type Known<T> = NonNullable<T>;

/** A field of a run's document: where it stands, and what stands there where the run has it. */
export class Field<T> {
  /**
   * @param run which of the runs of the report
   * @param path names and indices, separated by dots
   */
  constructor(
    readonly run: number,
    readonly path: string,
    readonly value: Known<T> | undefined,
  ) {}

  /** The field that stands in this one under a name or an index, or under several, one in the other. */
  at<A extends keyof Known<T>>(a: A): Field<Known<Known<T>[A]>>;
  at<A extends keyof Known<T>, B extends keyof Known<Known<T>[A]>>(a: A, b: B): Field<Known<Known<Known<T>[A]>[B]>>;
  at<A extends keyof Known<T>, B extends keyof Known<Known<T>[A]>, C extends keyof Known<Known<Known<T>[A]>[B]>>(
    a: A,
    b: B,
    c: C,
  ): Field<Known<Known<Known<Known<T>[A]>[B]>[C]>>;
  at(...names: readonly PropertyKey[]): Field<unknown> {
    let { path, value } = this as Field<unknown>;
    for (const name of names.map(String)) {
      path = path === '' ? name : `${path}.${name}`;
      value = isObject(value) && Object.hasOwn(value, name) ? (value[name] ?? undefined) : undefined;
    }
    return new Field(this.run, path, value);
  }

  /** The elements of a list. */
  items<E>(this: Field<readonly E[]>): Field<E>[] {
    return (this.value ?? []).map((value, index) => new Field(this.run, `${this.path}.${index}`, value ?? undefined));
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
