/** `npm run bench`: gets everything ready and measures; further arguments go to bench/run.mjs. */
import { cli, mustRun, prepare, run } from './project.mjs';

await prepare();
await mustRun(process.execPath, [cli, 'setup'], 'Getting the native addon ready…');
process.exitCode = await run(process.execPath, ['bench/run.mjs', ...process.argv.slice(2)]);
