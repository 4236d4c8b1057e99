import * as v from 'valibot';

type Issue = v.BaseIssue<unknown>;

/**
 * Parses a JSON object and checks it. It is given as it stands in the text, with the fields that the schema does not
 * know.
 * @param schema one that transforms nothing
 */
export function parseJson<S extends v.GenericSchema>(
  schema: S,
  text: string,
): { document: v.InferOutput<S>; issues: null } | { document: null; issues: readonly Issue[] } {
  const document = parseObject(text);
  const { success, issues } = v.safeParse(schema, document);
  return success ? { document: document as v.InferOutput<S>, issues: null } : { document: null, issues };
}

function parseObject(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** Says which field should be what, and what came instead. */
export function describeIssue(issue: Issue): string {
  const { expected, received } = issue;
  const field = v.getDotPath(issue);
  if (field === null) return `expected ${expected ?? 'another document'} but it is ${received}`;
  if (received === 'undefined') return `expected a field "${field}" but there is none`;
  return `expected ${expected ?? 'another value'} as "${field}" but it is ${received}`;
}
