import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { completionScript, shells, type Shell } from '../../src/cli/completion.js';
import { createProgram } from '../../src/cli/program.js';
import { runCli } from './helpers.js';

const scripts = createProgram().then((program) => ({
  bash: completionScript(program, 'bash'),
  zsh: completionScript(program, 'zsh'),
  fish: completionScript(program, 'fish'),
}));

/** Returns what a shell offers behind these words, of which the last is being typed. */
type Offer = (script: string, words: readonly string[]) => string[];

const quote = (word: string): string => `'${word}'`;

function answer(shell: Shell, code: string): string[] {
  const { stdout, stderr } = spawnSync(shell, shell === 'bash' ? ['--norc', '-c', code] : ['-f', '-c', code], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout.split(/\s+/).filter((word) => word !== '');
}

const offers: Readonly<Record<Shell, Offer>> = {
  bash: (script, words) => {
    const line = words.map(quote).join(' ');
    const set = `COMP_WORDS=(imdb-torch ${line}); COMP_CWORD=${words.length}; _imdb_torch`;
    return answer('bash', `${script}\n${set}; printf '%s\\n' "\${COMPREPLY[@]}"`);
  },
  zsh: (script, words) => {
    const stubs = `compdef() { : }; _files() { : }; compadd() { shift; print -rl -- \${(M)@:#\${current}*} }`;
    return answer(
      'zsh',
      `${stubs}\n${script}\nwords=(imdb-torch ${words.map(quote).join(' ')}); CURRENT=${words.length + 1}; _imdb_torch`,
    );
  },
  fish: (script, words) => {
    const { stdout } = spawnSync(
      'fish',
      ['--no-config', '-c', `${script}\ncomplete -C 'imdb-torch ${words.join(' ')}'`],
      { encoding: 'utf8' },
    );
    return stdout
      .split('\n')
      .flatMap((line) => line.split('\t').slice(0, 1))
      .filter((word) => word !== '');
  },
};

for (const shell of shells) {
  const isThere = spawnSync(shell, ['-c', 'true']).status === 0;
  if (!isThere) console.warn(`${shell} is not there: its completion is not tested.`);
  const testHere = isThere ? test : test.skip;

  testHere(`when words are typed in ${shell} then it offers commands, options and choices`, async () => {
    const { [shell]: script } = await scripts;
    const offer = (...words: string[]): string[] => offers[shell](script, words);
    expect(offer('tr')).toEqual(['train']);
    expect(offer('')).toEqual(expect.arrayContaining(['train', 'predict', 'completion', 'runs']));
    expect(offer('train', '--no-c')).toEqual(['--no-color']);
    expect(offer('train', '--loss', '').sort()).toEqual(['logits', 'softmax']);
    expect(offer('train', '--quiet', '--engine', 'f')).toEqual(['fused']);
    expect(offer('train', '--device', 'c').sort()).toEqual(['cpu', 'cuda']);
    expect(offer('runs', 'c')).toEqual(['compare']);
    expect(offer('runs', 'compare', '--j')).toEqual(['--json']);
    expect(offer('evaluate', '--split', 't').sort()).toEqual(['test', 'train']);
    expect(offer('completion', 'z')).toEqual(['zsh']);
    expect(offer('predict', '--l')).toEqual([]);
    if (shell === 'fish') return;
    // Files are the shell's own.
    expect(offer('train', '--out', '')).toEqual([]);
    expect(offer('predict', '')).toEqual([]);
  });
}

test('when the command prints a script then it is that of its options, and another shell is refused', async () => {
  const { bash } = await scripts;
  expect(await runCli(['completion', 'bash'])).toEqual({ code: 0, stdout: bash, stderr: '' });
  expect(await runCli(['completion', 'tcsh'])).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/bash, zsh, fish/),
  });
});

test('when colours are not wanted then there are none, whatever the environment says', async () => {
  const env = { FORCE_COLOR: '1' };
  const coloured = ['bench', 'operators', '--threads', '1'];
  expect((await runCli(coloured, { env })).stdout).toContain('\u001b[1m');
  for (const args of [
    [...coloured, '--no-color'],
    ['--no-color', ...coloured],
  ]) {
    const { code, stdout } = await runCli(args, { env });
    expect([code, stdout.includes('\u001b')]).toEqual([0, false]);
  }
});
