/** Uses an installed package on a machine that has Node and no other program, for check_package.mjs. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/**
 * With libtorch as `setup` fetches it, `train` takes the addon of the package and compiles nothing.
 * @param {{ folder: string, installed: string, libtorch: string, programs: string }} places `programs` is the whole PATH
 */
export async function checkNodeAlone(places) {
  const { folder, libtorch } = places;
  const home = join(folder, 'home with libtorch');
  mkdirSync(join(home, '.cache', 'imdb-torch', 'libtorch'), { recursive: true });
  symlinkSync(libtorch, join(home, '.cache', 'imdb-torch', 'libtorch', '2.13.0'));
  const command = commandOf(places, home);
  const begun = performance.now();
  command(['train', '--data', 'sample', '--out', 'trained']);
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  const { addon, findings } = JSON.parse(command(['doctor', '--json']));
  expect(addon?.origin?.from === 'package', 'the addon of the package to be used', addon);
  const compiler = findings.find(({ name }) => name === 'C++ compiler');
  expect(compiler?.value === null && !compiler.required, 'no compiler to be there, nor to be needed', compiler);
  console.log(`With Node and libtorch alone, train takes the addon of the package: ${seconds} s the first time.`);
}

/** Returns what runs the command of the package with nothing of this environment and returns what it prints. */
function commandOf({ folder, installed, programs }, home) {
  return (args) => {
    const { status, stdout, stderr } = spawnSync(
      join(programs, 'node'),
      [join(installed, 'dist', 'cli', 'main.js'), ...args],
      { cwd: folder, env: { PATH: programs, HOME: home }, encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`${args.join(' ')} ended with code ${status}:\n${stdout}${stderr}`);
    return stdout;
  };
}

function expect(isSo, what, received) {
  if (!isSo) throw new Error(`Expected ${what} but received ${JSON.stringify(received)}.`);
}
