/** Matches the tokens of JSON: the start of a string, a number, or a character that opens, closes or separates. */
const tokens = /["{}[\]:]|-?\d[\d.eE+-]*/g;

/**
 * Finds what `JSON.parse` accepts and the format forbids: a key that an object holds twice (of which only the last would
 * be kept), and a number that is not written as a whole one. Returns null when there is no such fault.
 * @param json text that `JSON.parse` accepts
 */
export function findJsonFault(json: string): string | null {
  const open: Set<string>[] = [];
  let text = '';
  tokens.lastIndex = 0;
  for (let match = tokens.exec(json); match !== null; match = tokens.exec(json)) {
    const [token] = match;
    if (token === '"') {
      // Not by the expression: it would need a stack as deep as the string is long.
      tokens.lastIndex = endOfString(json, match.index);
      text = json.slice(match.index, tokens.lastIndex);
    } else if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') {
      const key = JSON.parse(text) as string;
      const keys = open.at(-1);
      if (keys?.has(key)) return `its header has the key ${JSON.stringify(key)} twice`;
      keys?.add(key);
    } else if (/[.eE]|^-0$/.test(token)) {
      return `its header has the number ${token} where only whole numbers may be`;
    }
  }
  return null;
}

/** Returns the index behind the string that starts at `start`. */
function endOfString(json: string, start: number): number {
  let quote = json.indexOf('"', start + 1);
  while (isEscaped(json, quote)) quote = json.indexOf('"', quote + 1);
  return quote + 1;
}

function isEscaped(json: string, index: number): boolean {
  let backslashes = 0;
  while (json[index - 1 - backslashes] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}
