/**
 * Writes, beside each entry of the package, one for `require`: a file that has Node load the ES module, and types of a
 * CommonJS module, without which TypeScript's `module: node16` refuses the entry. Both kinds of import share one instance.
 */
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';
import { root } from './project.mjs';

export const entries = ['dist/index', 'dist/storage/safetensors', 'dist/portable/index', 'dist/portable_node'];

export function writeCommonJsEntries() {
  const files = entries.map((entry) => join(root, `${entry}.d.ts`));
  const { NodeNext } = ts.ModuleKind;
  const options = { module: NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, noLib: true, types: [] };
  const program = ts.createProgram(files, options);
  entries.forEach((entry, index) => {
    const module = `./${basename(entry)}.js`;
    writeFileSync(join(root, `${entry}.cjs`), loader(module));
    writeFileSync(join(root, `${entry}.d.cts`), types(module, valuesOf(program, files[index])));
  });
}

function loader(module) {
  return [
    "'use strict';",
    "// The `require` that Jest puts in place of Node's takes no ES modules before Node 24.9; the process outside has Node's.",
    "const outside = () => require('node:vm').runInThisContext('process').getBuiltinModule('node:module');",
    'module.exports =',
    '  process.env.JEST_WORKER_ID === undefined',
    `    ? require('${module}')`,
    `    : outside().createRequire(__filename)('${module}');`,
    '',
  ].join('\n');
}

/** Returns the names that an entry exports as values, and whether each is that of a type as well. */
function valuesOf(program, file) {
  const checker = program.getTypeChecker();
  const exports = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)));
  return exports.flatMap((symbol) => {
    const { flags } = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    return flags & ts.SymbolFlags.Value ? [{ name: symbol.name, isType: (flags & ts.SymbolFlags.Type) !== 0 }] : [];
  });
}

function types(module, values) {
  const from = `'${module}' with { 'resolution-mode': 'import' }`;
  const own = values.map(
    ({ name, isType }) =>
      `export declare const ${name}: typeof api.${name};\n${isType ? `export type ${name} = api.${name};\n` : ''}`,
  );
  return `import type * as api from ${from};\nexport type * from ${from};\n${own.join('')}`;
}
