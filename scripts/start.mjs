/** `npm start`: gets everything ready and runs the experiment; further arguments go to it. */
import { cli, prepare, run } from './project.mjs';

await prepare();
process.exitCode = await run(process.execPath, [cli, 'experiment', 'notebook', ...process.argv.slice(2)]);
