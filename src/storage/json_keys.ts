/** A string, or a character that opens, closes or separates. */
const tokens = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g;

/**
 * The first key that an object in `json` holds twice, or null. `JSON.parse` silently keeps the last of them.
 * @param json text that `JSON.parse` accepts
 */
export function findDuplicateKey(json: string): string | null {
  const open: Set<string>[] = [];
  let text = '';
  for (const [token] of json.matchAll(tokens)) {
    if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') {
      const key = JSON.parse(text) as string;
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    } else text = token;
  }
  return null;
}
