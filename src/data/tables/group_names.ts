/** Numbers what reviews have in common, such as their author, from 0 and alike in all tables. */
export class GroupNames {
  readonly #numbers = new Map<string, number>();
  #count = 0;

  /** @param name blanks around it do not count; an empty one is a group of its own */
  numberOf(name: string): number {
    const key = name.trim();
    const known = key === '' ? undefined : this.#numbers.get(key);
    if (known !== undefined) return known;
    if (key !== '') this.#numbers.set(key, this.#count);
    return this.#count++;
  }
}
