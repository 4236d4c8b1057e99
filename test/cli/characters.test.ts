import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from '@jest/globals';
import { TextClassifier } from '../../src/model/text_classifier.js';
import type { TrainDocument } from '../../src/storage/run_document.js';
import { withTemporaryFolder } from '../helpers.js';
import { main, runCli } from './helpers.js';

const stems = [
  ['wonder', 'good'],
  ['delight', 'good'],
  ['horrib', 'bad'],
  ['dread', 'bad'],
] as const;
const endings = ['', 'ful', 'fully', 'le', 'ly', 'ing', 'ed', 's'];

/** Texts whose words come again with other endings only. */
const table = [
  'text,label',
  ...endings.flatMap((ending, k) => stems.map(([stem, label]) => `it was ${stem}${ending} n${k},${label}`)),
].join('\n');

const options = [
  '--preset',
  'notebook',
  '--characters',
  '3-5',
  '--character-weight',
  '0.5',
  '--tokenizer',
  'unicode',
  '--vocab',
  'all',
];
const training = ['--hidden', '4', '--optimizer', 'adam', '--lr', '0.05', '--loss', 'logits', '--epochs', '30'];
const text = 'so wonderfulness, and nothing dreadsome';

const trainCommand = ['train', '--data', 'table.csv', ...options, ...training, '--out', 'run'];

/** Returns what the service says of the text. */
async function answerOfService(cwd: string): Promise<unknown> {
  const served = spawn(process.execPath, [main, 'serve', 'run', '--port', '0'], { cwd });
  try {
    const [line] = (await once(createInterface(served.stdout), 'line')) as [string];
    const address = /http:\S+/.exec(line)?.[0] ?? '';
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${address}predict`, { method: 'POST', headers, body: JSON.stringify({ text }) });
    return await answer.json();
  } finally {
    served.kill('SIGKILL');
  }
}

test('when characters are features then every command knows a model by them', async () => {
  await withTemporaryFolder(async (cwd) => {
    await writeFile(join(cwd, 'table.csv'), table);
    const run = async (...args: string[]): Promise<unknown> => {
      const { code, stdout, stderr } = await runCli([...args, '--json', '--quiet'], { cwd });
      expect({ args, code, stderr: code === 0 ? '' : stderr }).toEqual({ args, code: 0, stderr: '' });
      return JSON.parse(stdout);
    };
    const trained = (await run(...trainCommand)) as TrainDocument;
    const description = JSON.parse(await readFile(join(cwd, 'run', 'model.json'), 'utf8')) as object;
    expect(description).toMatchObject({ features: { characters: [3, 5], characterWeight: 0.5, weighting: 'none' } });
    const lines = (await readFile(join(cwd, 'run', 'vocabulary.txt'), 'utf8')).trimEnd().split('\n');
    expect(lines).toEqual(expect.arrayContaining(['it', '~^it', '~wond', '~^was$']));
    expect(JSON.stringify(trained)).not.toContain('"word":"~');

    using classifier = await TextClassifier.open(join(cwd, 'run'));
    const weights = Array.from(classifier.featurizer.weights ?? []);
    expect(weights).toEqual(lines.map((line) => (line.startsWith('~') ? 0.5 : 1)));
    const [expected] = classifier.predict([text]);
    expect(expected?.probability).not.toBeCloseTo(classifier.predict(['so'])[0]?.probability ?? NaN, 6);
    const near = Object.entries(expected?.probabilities ?? {}).map(
      ([name, value]) => [name, expect.closeTo(value, 6)] as const,
    );
    const probabilities: unknown = Object.fromEntries(near);

    await writeFile(join(cwd, 'texts.txt'), `${text}\n`);
    expect(JSON.stringify(await run('predict', 'run', '--file', 'texts.txt'))).toContain(
      `"label":"${expected?.label}"`,
    );
    expect(await run('explain', 'run', text)).toMatchObject({ prediction: { probabilities } });
    expect(await run('evaluate', 'run')).toMatchObject({ accuracy: trained.test.accuracy });
    expect(await run('evaluate', 'run', '--data', 'table.csv')).toBeDefined();

    expect(await answerOfService(cwd)).toMatchObject({ label: expected?.label, probabilities });

    await run('lora', '--base', 'run', '--lora-epochs', '3', '--merge', '--out', 'tuned');
    expect(await readFile(join(cwd, 'tuned', 'vocabulary.txt'), 'utf8')).toBe(`${lines.join('\n')}\n`);
    expect(await run('predict', 'tuned', '--file', 'texts.txt')).toBeDefined();
  });
});

test('when characters are not as expected then one sentence says what is', async () => {
  const wrong = await runCli(['train', '--data', 'sample', '--characters', '5-3']);
  expect(wrong).toMatchObject({ code: 2 });
  expect(wrong.stderr).toContain('Expected two whole numbers from 1 to 16 with a hyphen between them');
  const alone = await runCli(['train', '--data', 'sample', '--character-weight', '0.5']);
  expect(alone).toMatchObject({ code: 2 });
  expect(alone.stderr).toContain('Expected --characters with --character-weight');
});
