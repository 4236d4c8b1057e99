/** Uses an installed package on a machine that has Node and no other program, for check_package.mjs. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const text = 'A small, perfect film.';
/** Of probabilities of float32 weights, computed by different engines: what the portable engine promises. */
const tolerance = 1e-6;

/**
 * With libtorch as `setup` fetches it, `train` takes the addon of the package and compiles nothing. Without libtorch, what
 * was trained is used all the same.
 * @param {{ folder: string, installed: string, libtorch: string, version: string, programs: string }} places `version` is
 * that of libtorch, `programs` the whole PATH
 */
export async function checkNodeAlone(places) {
  const trained = checkWithLibtorch(places);
  cpSync(join(places.folder, 'trained'), join(places.folder, 'copied'), { recursive: true });
  await checkWithoutLibtorch(places, trained);
}

function checkWithLibtorch(places) {
  checkLibrary(places);
  const command = commandOf(places, homeWithLibtorch(places, 'home'));
  const begun = performance.now();
  const { test } = JSON.parse(command(['train', '--data', 'sample', '--out', 'trained', '--json']));
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  const { addon, findings } = JSON.parse(command(['doctor', '--json']));
  expect(addon?.origin?.from === 'package', 'the addon of the package to be used', addon);
  const compiler = findings.find(({ name }) => name === 'C++ compiler');
  expect(compiler?.value === null && !compiler.requiredToTrain, 'no compiler to be there, nor to be needed', compiler);
  const { probabilities } = JSON.parse(command(['predict', 'trained', text, '--engine', 'fused', '--json']));
  console.log(`With Node and libtorch alone, train takes the addon of the package: ${seconds} s the first time.`);
  return { accuracy: test.accuracy, probabilities };
}

/** Makes a home folder in whose cache libtorch is, as `setup` fetches it. */
function homeWithLibtorch({ folder, libtorch, version }, name) {
  const home = join(folder, `${name} with libtorch`);
  const cache = join(home, '.cache', 'imdb-torch', 'libtorch');
  mkdirSync(cache, { recursive: true });
  symlinkSync(libtorch, join(cache, version));
  return home;
}

/** An import of the library takes the addon of the package, before any command has. */
function checkLibrary(places) {
  const env = { PATH: places.programs, HOME: homeWithLibtorch(places, "the library's home") };
  const program = "import('imdb-torch').then(({ Tensor }) => console.log(Tensor.ones([2, 2]).sum().item()))";
  const node = join(places.programs, 'node');
  const { stdout, stderr } = spawnSync(node, ['-e', program], { cwd: places.folder, env, encoding: 'utf8' });
  expect(stdout === '4\n', 'the library to add four ones', stdout + stderr);
}

async function checkWithoutLibtorch(places, { accuracy, probabilities }) {
  const home = join(places.folder, 'empty home');
  mkdirSync(home);
  const command = commandOf(places, home);
  const begun = performance.now();
  const predicted = JSON.parse(command(['predict', 'copied', text, '--json']));
  const seconds = ((performance.now() - begun) / 1000).toFixed(2);
  expectSame(predicted.probabilities, probabilities, 'predict');
  const explained = JSON.parse(command(['explain', 'copied', text, '--json']));
  expectSame(explained.prediction.probabilities, probabilities, 'explain');
  expect(explained.words.length === 4, 'explain to name four words', explained.words);
  const evaluated = JSON.parse(command(['evaluate', 'copied', '--json']));
  expect(evaluated.accuracy === accuracy, `evaluate to find an accuracy of ${accuracy}`, evaluated.accuracy);
  command(['export', 'copied', '--to', 'web', '--out', 'web']);
  const { load } = await import(pathToFileURL(join(places.folder, 'web', 'classifier.js')).href);
  const exported = await load(readFileSync(join(places.folder, 'web', 'model.bin')));
  expectSame(exported.predict(text).probabilities, probabilities, 'the exported model');
  expectSame((await answerOf(places, home)).probabilities, probabilities, 'serve');
  const { ok, canTrain } = JSON.parse(command(['doctor', '--json']));
  expect(ok && !canTrain, 'doctor to miss what training needs and nothing else', { ok, canTrain });
  const brought = ['addon', 'libtorch', 'build'].filter((name) => existsSync(join(home, '.cache', 'imdb-torch', name)));
  expect(brought.length === 0, 'neither libtorch nor an addon to be brought', brought);
  console.log(
    `With Node alone, a run that was copied there predicts (${seconds} s), explains, evaluates, exports, serves.`,
  );
}

/** Returns what runs the command of the package with nothing of this environment and returns what it prints. */
function commandOf(places, home) {
  return (args) => {
    const { node, all, options } = invocationOf(places, home, args);
    const { status, stdout, stderr } = spawnSync(node, all, { ...options, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${args.join(' ')} ended with code ${status}:\n${stdout}${stderr}`);
    return stdout;
  };
}

function invocationOf({ folder, installed, programs }, home, args) {
  const program = join(installed, 'dist', 'cli', 'main.js');
  const options = { cwd: folder, env: { PATH: programs, HOME: home } };
  return { node: join(programs, 'node'), all: [program, ...args], options };
}

/** Returns what a service answers to the text. */
async function answerOf(places, home) {
  const { node, all, options } = invocationOf(places, home, ['serve', 'copied', '--port', '0']);
  const child = spawn(node, all, options);
  try {
    const address = await new Promise((resolve, reject) => {
      let said = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (more) => {
          said += more;
          const [found] = /http:\/\/\S+/.exec(said) ?? [];
          if (found !== undefined) resolve(found);
        });
      }
      child.once('exit', (code) => reject(new Error(`serve ended with code ${code}:\n${said}`)));
    });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(new URL('predict', address), {
      method: 'POST',
      headers,
      body: JSON.stringify({ text }),
    });
    const answer = /** @type {{ probabilities: Record<string, number> }} */ (await response.json());
    expect(response.ok, 'serve to answer', answer);
    return answer;
  } finally {
    child.kill();
  }
}

function expectSame(received, probabilities, who) {
  const isSame = Object.entries(probabilities).every(([label, p]) => Math.abs(received[label] - p) < tolerance);
  expect(isSame, `${who} to have ${JSON.stringify(probabilities)} without the addon`, received);
}

function expect(isSo, what, received) {
  if (!isSo) throw new Error(`Expected ${what} but received ${JSON.stringify(received)}.`);
}
