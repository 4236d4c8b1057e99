/** Returns a document as `JSON.stringify` indents it, but with a list of numbers in one line: a matrix is large. */
export function formatJson(value: unknown, indent = ''): string {
  if (typeof value !== 'object' || value === null || isNumbers(value)) return JSON.stringify(value ?? null);
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const lines = isList
    ? value.map((element) => formatJson(element, inner))
    : Object.entries(value)
        .filter(([, field]) => field !== undefined)
        .map(([name, field]) => `${JSON.stringify(name)}: ${formatJson(field, inner)}`);
  const [open, close] = isList ? '[]' : '{}';
  if (lines.length === 0) return `${open}${close}`;
  return `${open}\n${lines.map((line) => inner + line).join(',\n')}\n${indent}${close}`;
}

function isNumbers(value: object): boolean {
  return Array.isArray(value) && value.every((element) => typeof element === 'number' || element === null);
}
