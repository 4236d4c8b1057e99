const blank = /[\s\u200b-\u200f\u2060\ufeff]/;

/** Takes blanks away around a label, also those without width, which spreadsheets and web pages leave. */
export function trimLabel(spelling: string): string {
  // From both ends: a pattern that ends with `$` begins anew at every blank.
  let [start, end] = [0, spelling.length];
  while (start < end && blank.test(spelling.charAt(start))) start += 1;
  while (start < end && blank.test(spelling.charAt(end - 1))) end -= 1;
  return spelling.slice(start, end);
}

/**
 * Returns the one name of a label that may be spelt in several ways, whatever rows come first: without blanks around, in
 * NFC, `1.0` as `1`, and `True` as `true`. What may well be another label, such as `01` or `1.50`, is left as it is.
 */
export function labelName(spelling: string): string {
  const name = trimLabel(spelling).normalize('NFC');
  const whole = /^([+-]?)(0|[1-9]\d{0,14})(?:\.0+(?:e\+?0+)?)?$/i.exec(name);
  if (whole !== null) return String(Number(`${whole[1] ?? ''}${whole[2] ?? ''}`));
  return /^(true|false)$/i.test(name) ? name.toLowerCase() : name;
}

/** Numbers go by their value and before texts, which go by their characters. */
export function compareLabels(one: string, other: string): number {
  const [a, b] = [one, other].map((name) =>
    /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(name) ? Number(name) : Infinity,
  );
  if (a !== b && a !== undefined && b !== undefined) return a < b ? -1 : 1;
  return one < other ? -1 : Number(one > other);
}

/** Whether a label is how programs write a value that is missing. */
function isMissingMark(name: string): boolean {
  return /^(nan|null|none|na|n\/a|#n\/a|<na>)$/i.test(name);
}

/** Returns sentences about labels that are hardly meant as they are. @param spellings of each label */
export function spellingNotes(spellings: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const names = [...spellings.keys()];
  const joined = [...spellings].filter(([, each]) => each.size > 1);
  const marks = names.filter(isMissingMark);
  const alike = new Map<string, string[]>();
  for (const name of names) alike.set(name.toLowerCase(), [...(alike.get(name.toLowerCase()) ?? []), name]);
  const inCase = [...alike.values()].filter((each) => each.length > 1);
  return [
    ...joined.map(
      ([name, each]) => `The labels ${quoteSome([...each].sort())} are one class, ${JSON.stringify(name)}.`,
    ),
    ...inCase.map((each) => `The classes ${quoteSome(each)} differ in case only; if they are one, spell them alike.`),
    ...marks.map(
      (name) => `The class ${JSON.stringify(name)} has the name of a missing value; if it is none, remove its rows.`,
    ),
  ].slice(0, mostNotes);
}

const mostNotes = 5;
const quotedNames = 5;

/** Returns as many names as a line has room for, in quotes. */
export function quoteSome(names: readonly string[]): string {
  const quoted = names.slice(0, quotedNames).map((name) => JSON.stringify(name.slice(0, 60)));
  const more = names.length - quoted.length;
  return quoted.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
