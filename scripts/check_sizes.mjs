/** Part of `npm run check`: files are at most 300 lines long, and functions at most 40. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { functionsOfCpp } from './cpp_functions.mjs';
import { root, trackedFiles } from './project.mjs';

const mostFileLines = 300;
const mostFunctionLines = 40;

/** These files are long for a reason: one is the whole contract of the addon, and the other is generated. */
const longFiles = ['binding.d.ts', 'src/text/tokens/unicode_tables.ts'];

let isFine = true;
for (const path of trackedFiles(/\.(ts|js|mjs|cjs|cpp|h|inl|py|css|html)$/)) {
  const text = readFileSync(join(root, path), 'utf8');
  const lines = text.split('\n').length - 1;
  if (lines > mostFileLines && !longFiles.includes(path)) report(`${path}: ${lines} lines`);
  for (const { line, lines: length, name } of functionsOf(path, text)) {
    if (length > mostFunctionLines) report(`${path}:${line}: ${name} has ${length} lines`);
  }
}
process.exitCode = isFine ? 0 : 1;

function report(problem) {
  isFine = false;
  console.error(`${problem}; the most is ${mostFileLines} per file and ${mostFunctionLines} per function.`);
}

function functionsOf(path, text) {
  if (/\.(cpp|h|inl)$/.test(path)) return functionsOfCpp(text);
  if (/\.(ts|js|mjs|cjs)$/.test(path)) return functionsOfTypeScript(path, text);
  return [];
}

function functionsOfTypeScript(path, text) {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const lineOf = (position) => source.getLineAndCharacterOfPosition(position).line + 1;
  const found = [];
  const visit = (node) => {
    if (ts.isFunctionLike(node) && !isGroupOfTests(node)) {
      const line = lineOf(node.getStart());
      const name = nameOf(node) ?? nameOf(node.parent) ?? 'a function';
      found.push({ line, lines: lineOf(node.end) - line + 1, name });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** @param {any} node */
function nameOf({ name }) {
  return name?.getText();
}

/** The function that is given to `describe` holds tests, as a file does. */
function isGroupOfTests({ parent }) {
  return ts.isCallExpression(parent) && /\bdescribe/.test(parent.expression.getText());
}
