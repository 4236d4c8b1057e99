import { expect, test } from '@jest/globals';
import { TextClassifier } from '../../src/model/text_classifier.js';
import { writeSmallRun } from '../model/helpers.js';
import { withTemporaryFolder } from '../helpers.js';
import { runCli } from './helpers.js';

/** The line that an object begins on, and its text; null where that is empty. */
type Place = readonly [line: number, text: string | null];

const repeated = Array.from({ length: 4000 }, (_, k) => (k % 7 === 3 ? '' : ['good', 'bad', 'film not'][k % 3]));

test.each<[string, string, Place[]]>([
  [
    'an array on one line',
    '[{"text":"good"},{"text":""},{"text":"bad"}]',
    [
      [1, 'good'],
      [1, null],
      [1, 'bad'],
    ],
  ],
  [
    'objects whose last line is that of as many lines',
    '[{"text":"good"},{"text":""},\n\n{"text":"bad"}]',
    [
      [1, 'good'],
      [1, null],
      [3, 'bad'],
    ],
  ],
  [
    'an array with several objects on a line',
    '[\n  {"text": "good"}, {"text": "bad"},\n  {"text": " "}, {"text": "film"}, {"text": "not"}\n]\n',
    [
      [2, 'good'],
      [2, 'bad'],
      [3, null],
      [3, 'film'],
      [3, 'not'],
    ],
  ],
  [
    'objects that begin where others end',
    '[{\n  "text": "film"\n}, {\n  "text": "good"\n}, {"text": "bad"}, {\n  "text": ""\n}]\n',
    [
      [1, 'film'],
      [3, 'good'],
      [5, 'bad'],
      [5, null],
    ],
  ],
  [
    'an array of several batches on one line',
    JSON.stringify(repeated.map((text) => ({ text }))),
    repeated.map((text) => [1, text === '' || text === undefined ? null : text]),
  ],
])('when JSON has %s then each text has its own answer', async (_, input, places) => {
  await withTemporaryFolder(async (cwd) => {
    const { path } = await writeSmallRun(cwd);
    using classifier = await TextClassifier.open(path);
    const predictions = classifier.predict(places.flatMap(([, text]) => text ?? [])).values();
    const answers = places.map(([line, text]) => {
      const prediction = text === null ? undefined : predictions.next().value;
      return prediction === undefined
        ? { line, label: null, probability: null, problem: 'empty' }
        : { line, ...prediction };
    });
    const json = await runCli(['predict', 'run', '-', '--json'], { cwd, input });
    expect(json.code).toBe(0);
    expect(json.stdout).toBe(answers.map((answer) => `${JSON.stringify(answer)}\n`).join(''));
    const plain = await runCli(['predict', 'run', '-'], { cwd, input });
    const fields = answers.map(({ label, probability }) =>
      label === null ? '\n' : `${label}\t${probability.toFixed(6)}\n`,
    );
    expect(plain).toEqual({ code: 0, stdout: fields.join(''), stderr: json.stderr });
    const first = places.find(([, text]) => text === null)?.[0];
    expect(plain.stderr).toMatch(new RegExp(`^Answered .*: empty \\(first: line ${first}\\)\\.\n$`));
  });
});
