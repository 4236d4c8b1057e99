/** Compiles src to dist, so that dist holds what src says and no more. */
import { hashOfTypeScript, removeOrphans, run, stampCompiled } from './project.mjs';

const hash = hashOfTypeScript();
const code = await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json']);
if (code === 0) {
  removeOrphans();
  stampCompiled(hash);
}
process.exitCode = code;
