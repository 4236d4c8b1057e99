/** `npm run example -- NAME [...]`: gets everything ready and runs examples/NAME.ts with the further arguments. */
import { cli, filesIn, mustRun, prepare, run } from './project.mjs';

const [name, ...args] = process.argv.slice(2);
const names = filesIn('examples', /\.ts$/).map((path) => path.replace(/^examples.|\.ts$/g, ''));
if (name === undefined || !names.includes(name)) {
  process.stderr.write(`Expected the name of an example: ${names.join(', ')}.\n`);
  process.exit(2);
}
await prepare();
await mustRun(process.execPath, [cli, 'setup'], 'Getting the native addon ready…');
await mustRun(process.execPath, ['scripts/compile_examples.mjs'], 'Compiling the examples…');
process.exitCode = await run(process.execPath, [`build/examples/${name}.js`, ...args]);
