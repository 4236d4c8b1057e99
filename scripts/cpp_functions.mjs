/** Matches comments, literals and preprocessor lines, which may hold braces that open and close nothing. */
const notCode =
  /\/\/.*|\/\*[^]*?\*\/|R"\(([^]*?)\)"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'|^[ \t]*#(?:.*\\\n)*.*/gm;

const accessLabel = /^\s*(public|protected|private):/;
const template = /^\s*template\s*<[^{;]*?>\s*(?=class\b|struct\b|union\b|[A-Za-z_:])/;
const scope = /^\s*(inline\s+|typedef\s+|static\s+)*(namespace|class|struct|union|enum|extern)\b/;
/** Matches a constructor's list of members that ends with a name that a brace initializes. */
const memberInitializer = /\)\s*(noexcept\s*)?:(?!:)[^]*[\w>]\s*$/;

/**
 * Returns the functions that C++ code defines outside of other functions, with the numbers of their first lines and of
 * their lines.
 */
export function functionsOfCpp(text) {
  const code = text.replace(notCode, (skipped) => skipped.replace(/[^\n]/g, ' '));
  const found = [];
  const open = [];
  let start = 0;
  for (const { 0: mark, index } of code.matchAll(/[{};]/g)) {
    const isOutside = open.every(({ kind }) => kind === 'scope');
    if (mark === '{') {
      const head = code.slice(start, index);
      const kind = isOutside ? kindOf(head) : 'block';
      open.push({ kind, start });
      if (kind === 'scope') start = index + 1;
    } else if (mark === '}') {
      const closed = open.pop();
      if (closed?.kind === 'function') found.push(describe(code, closed.start, index));
      if (closed?.kind === 'function' || closed?.kind === 'scope') start = index + 1;
    } else if (isOutside) start = index + 1;
  }
  return found;
}

function kindOf(head) {
  const declared = head.replace(accessLabel, '').replace(template, '');
  if (scope.test(declared)) return 'scope';
  const parameters = declared.split('(').length - declared.split(')').length;
  const isComplete = declared.includes('(') && parameters === 0;
  return isComplete && !memberInitializer.test(declared) ? 'function' : 'initializer';
}

function describe(code, start, end) {
  const head = code.slice(start).match(/\S/)?.index ?? 0;
  const line = code.slice(0, start + head).split('\n').length;
  const lines = code.slice(start + head, end).split('\n').length;
  const name = code.slice(start + head, end).match(/[\w:~]+(?=\()/)?.[0] ?? 'a function';
  return { line, lines, name };
}
