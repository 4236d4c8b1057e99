/** `npm test`: gets everything ready and runs the test suite; further arguments go to jest. */
import { cli, jest, mustRun, prepare, run } from './project.mjs';

await prepare();
await mustRun(process.execPath, [cli, 'setup'], 'Getting the native addon ready…');
process.exitCode = await run(process.execPath, [...jest, ...process.argv.slice(2)]);
