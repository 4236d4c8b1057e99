/** `npm test`: gets everything ready and runs the test suite; further arguments go to jest. */
import { cli, mustRun, prepare, run } from './project.mjs';

await prepare();
await mustRun(process.execPath, [cli, 'setup'], 'Getting the native addon ready…');
const jest = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
];
process.exitCode = await run(process.execPath, [...jest, ...process.argv.slice(2)]);
