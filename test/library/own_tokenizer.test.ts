/** A tokenizer of the program's own, from the data to the run and back. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  classifierOf,
  evaluate,
  explain,
  loadDataset,
  lora,
  saveRun,
  TextClassifier,
  train,
  type OwnTokenizer,
} from '../../src/index.js';
import { runCli } from '../cli/helpers.js';
import { withTemporaryFolder } from '../helpers.js';

const segmenter = new Intl.Segmenter('ja', { granularity: 'word' });

/** Gives words in lower case, without those that are marks; a language has its own words. */
function segments(text: string): string[] {
  return [...segmenter.segment(text)]
    .filter(({ isWordLike }) => isWordLike)
    .map(({ segment }) => segment.toLowerCase());
}

const [goods, bads] = [
  ['Good', 'Lovely', 'Fine', 'Great', 'Sweet'],
  ['Bad', 'Awful', 'Dull', 'Poor', 'Weak'],
];
const rows = ['film', 'story', 'scene', 'cast', 'music', 'end'].flatMap((thing) =>
  [0, 1, 2, 3, 4].flatMap((k) => [
    { text: `${goods[k] ?? ''} ${thing}, 良い映画!`, label: 'pos' },
    { text: `${bads[k] ?? ''} ${thing}, ひどい映画!`, label: 'neg' },
  ]),
);

/** Has the run opened without its tokenizer, and with another one. */
async function expectRefused(cwd: string): Promise<void> {
  const path = join(cwd, 'run');
  const other: OwnTokenizer = (text) => text.split(' ');
  await expect(TextClassifier.open(path)).rejects.toMatchObject({
    code: 'ERR_TOKENIZER',
    message: expect.stringMatching(/^Expected the tokenizer segments, which .* but there is none/) as unknown,
  });
  await expect(TextClassifier.open(path, { tokenizer: other })).rejects.toMatchObject({
    code: 'ERR_TOKENIZER',
    message: expect.stringMatching(/^Expected the tokenizer segments, .* but received other/) as unknown,
  });
  expect(await runCli(['predict', 'run', 'good'], { cwd })).toMatchObject({
    code: 4,
    stderr: expect.stringMatching(/^error: Expected the tokenizer segments, .* no command has/) as unknown,
  });
}

test('when a program has a tokenizer of its own then features are its tokens, and the run asks for it', async () => {
  await withTemporaryFolder(async (cwd) => {
    const dataset = await loadDataset({ rows, preset: 'fixed', vocab: null, tokenizer: segments });
    const [path, base] = [join(cwd, 'run'), join(cwd, 'base')];
    const expected = new Set(rows.flatMap(({ text }) => segments(text)));
    expect(new Set(dataset.vocabulary.words)).toEqual(expected);

    const result = await train(dataset, { preset: 'auto', ngrams: 2, minCount: 1 });
    await saveRun(path, result);
    expect(JSON.parse(await readFile(join(path, 'model.json'), 'utf8'))).toMatchObject({
      features: { tokenizer: 'own:segments', ngrams: 2 },
    });
    const lines = (await readFile(join(path, 'vocabulary.txt'), 'utf8')).split('\n');
    expect(lines).toEqual(expect.arrayContaining(['lovely film', segments('良い映画').join(' ')]));

    using classifier = await TextClassifier.open(path, { tokenizer: segments });
    using unsaved = classifierOf(result);
    const texts = ['GOOD, lovely cast', 'dull, awful end'];
    expect(classifier.predict(texts).map(({ label }) => label)).toEqual(['pos', 'neg']);
    expect(unsaved.predict(texts)).toEqual(classifier.predict(texts));
    expect(await evaluate(classifier, dataset)).toMatchObject({ accuracy: result.test.accuracy, split: 'test' });
    expect(explain(classifier, 'GOOD, lovely cast')).toMatchObject({
      words: [
        { word: 'good', spans: [[0, 4]] },
        { word: 'lovely', spans: [[6, 12]] },
        { word: 'cast', spans: [[13, 17]] },
      ],
    });

    await expectRefused(cwd);
    await saveRun(base, await train(dataset, { preset: 'fixed', epochs: 10, hidden: 4 }), { report: false });
    expect(await lora(base, dataset, { preset: 'stable' })).toMatchObject({ base: { run: base } });
    const others = await loadDataset({ rows });
    await expect(lora(base, others, { preset: 'stable' })).rejects.toMatchObject({ code: 'ERR_TOKENIZER' });
  });
});

test.each<[string, OwnTokenizer, RegExp]>([
  [
    'a promise',
    (() => Promise.resolve([])) as never,
    /^Expected an array of tokens from the tokenizer .* but received a promise/,
  ],
  ['a blank', () => ['a b'], /tokens that are texts without white space from .* but received "a b"/],
  ['nothing', () => ['a', ''], /tokens that are texts without white space from .* but received ""/],
  ['the mark of n-grams of characters', () => ['~ab'], /tokens that do not begin with "~" from .* but received "~ab"/],
])('when a tokenizer gives %s then it is refused by its name', async (_, own, message) => {
  const tokenizer = Object.defineProperty((text: string) => own(text), 'name', { value: 'broken' });
  await expect(loadDataset({ rows, tokenizer })).rejects.toMatchObject({
    code: 'ERR_TOKENIZER',
    message: expect.stringMatching(message) as unknown,
  });
});

test('when a tokenizer has no name, or a name stands without it, then that is refused', async () => {
  const nameless = (() => (text: string) => [text])();
  await expect(loadDataset({ rows, tokenizer: nameless })).rejects.toMatchObject({ code: 'ERR_USAGE' });
  await expect(loadDataset({ rows, tokenizer: 'own:segments' as never })).rejects.toMatchObject({
    code: 'ERR_TOKENIZER',
  });
});
