import { expect, test } from '@jest/globals';
import { runCli } from '../helpers.js';

/** The commands that a help text lists. */
function commandsIn(help: string): string[] {
  const [, list = ''] = help.split('\nCommands:\n');
  return [...list.matchAll(/^ {2}([a-z-]+) /gm)].flatMap(([, name]) => (name === 'help' ? [] : [name ?? '']));
}

async function helpOf(words: readonly string[], flag = '--help'): Promise<string> {
  const { code, stdout, stderr } = await runCli([...words, flag]);
  expect({ words, code, stderr }).toEqual({ words, code: 0, stderr: '' });
  return stdout;
}

async function allHelp(words: readonly string[] = []): Promise<[words: readonly string[], help: string][]> {
  const help = await helpOf(words);
  const inner = await Promise.all(commandsIn(help).map((name) => allHelp([...words, name])));
  return [[words, help], ...inner.flat()];
}

test('when help is asked of any command then it is within 80 columns', async () => {
  const texts = await allHelp();
  const names = texts.map(([words]) => words.join(' '));
  expect(names).toEqual(expect.arrayContaining(['', 'train', 'experiment notebook', 'runs compare', 'doctor']));
  const whole = await Promise.all(
    ['train', 'lora', 'data'].map(async (name) => [[name], await helpOf([name], '--help-all')] as const),
  );
  for (const [words, help] of [...texts, ...whole]) {
    const wide = help.split('\n').filter((line) => line.length > 80);
    expect({ words, wide }).toEqual({ words, wide: [] });
  }
});

test('when help is asked for then options are in groups, and those rarely needed in --help-all alone', async () => {
  const [help, whole] = [await helpOf(['train']), await helpOf(['train'], '--help-all')];
  const groups = ['Data', 'Features', 'Model', 'Training', 'Selection', 'Computing', 'Output'];
  expect(help.match(/^[A-Z]\w+(?=:$)/gm)).toEqual(['Options', ...groups]);
  for (const flag of ['--gain', '--betas', '--warmup', '--no-refit', '--no-normalize']) {
    expect(help).not.toContain(flag);
    expect(whole).toContain(flag);
  }
  expect(help).toMatch(/--lr <number> +learning rate \(default: 0\.1\)/);
});
