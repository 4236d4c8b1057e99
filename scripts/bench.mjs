/** `npm run bench [-- portable|serve|tasks|texts]`: gets everything ready and measures; further arguments go to the script in bench/. */
import { cli, mustRun, prepare, run } from './project.mjs';

await prepare();
await mustRun(process.execPath, [cli, 'setup'], 'Getting the native addon ready…');
const args = process.argv.slice(2);
const script = ['portable', 'serve', 'tasks', 'texts'].includes(args[0] ?? '')
  ? `bench/${args.shift()}.mjs`
  : 'bench/run.mjs';
process.exitCode = await run(process.execPath, [script, ...args]);
