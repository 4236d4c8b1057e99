/** Compiles src to dist, and removes from dist what src no longer has. */
import { cpSync } from 'node:fs';
import { bundleExports } from './bundle_exports.mjs';
import { writeCommonJsEntries } from './commonjs_entries.mjs';
import { filesIn, hashOfTypeScript, pageFiles, removeOrphans, run, stampCompiled } from './project.mjs';

const hash = hashOfTypeScript();
const tsc = ['node_modules/typescript/bin/tsc', '-p'];
let code = await run(process.execPath, [...tsc, 'tsconfig.build.json']);
// The page runs in a browser, which has other globals.
if (code === 0) code = await run(process.execPath, [...tsc, 'src/web', '--noEmit', 'false']);
if (code === 0) {
  for (const path of filesIn('src/web', pageFiles)) cpSync(path, path.replace(/^src/, 'dist'));
  removeOrphans();
  await bundleExports();
  writeCommonJsEntries();
  stampCompiled(hash);
}
process.exitCode = code;
