import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { drawPage } from '../../src/report/html/page.js';
import { writeReport } from '../../src/report/html/write_report.js';
import { withTemporaryFolder } from '../helpers.js';
import { readNumber, readPage, unescape, unsourcedText } from './support/read_page.js';
import {
  calibrated,
  judgedByMacroF1,
  loraRun,
  metricsLines,
  refitted,
  trainRun,
  viewsOf,
  withLearningCurve,
  withSearch,
  withTuning,
  writeRunFiles,
  type Fields,
} from './support/runs.js';

/** What the reports of one file are allowed to weigh. */
const mostBytes = 400_000;

function valueAt(run: Fields, path: string): unknown {
  const fields: Fields = { ...run, metrics: metricsLines(run) };
  return path.split('.').reduce<unknown>((value, key) => (value as Fields | undefined)?.[key], fields);
}

/** What a report has to say from `a.b` or `a.b / c.d`. */
function expectedAt(run: Fields, from: string): unknown {
  const [first, second] = from.split(' / ').map((path) => valueAt(run, path));
  return second === undefined ? first : Number(first) / Number(second);
}

/** The report of the runs, as text. */
function draw(runs: readonly Fields[]): string {
  return drawPage(viewsOf(runs));
}

test('when a search tried many candidates then eight are shown, and the others behind a click', () => {
  const page = draw([withSearch(trainRun())]);
  const [shown = '', rest = ''] = page.slice(page.indexOf('What was tried')).split('<details>');
  expect(shown.match(/data-from="tried\.\d+\.value"/g)).toHaveLength(8);
  expect(rest.match(/data-from="tried\.\d+\.value"/g)).toHaveLength(2);
  expect(shown + rest).toContain('no other is better');
});

test.each([
  ['a full training', [trainRun()]],
  ['a fine-tuning', [loraRun()]],
  ['both', [trainRun(), loraRun({ classes: ['a', 'b', 'c'] })]],
  ['presets', [refitted(calibrated(trainRun())), calibrated(loraRun())]],
  ['a run that goes by macro-F1', [judgedByMacroF1(trainRun())]],
  ['a search', [withSearch(trainRun())]],
  ['a search of fine-tuning', [withTuning(loraRun())]],
  ['runs with learning curves', [withLearningCurve(trainRun(), 0.91), withLearningCurve(trainRun(), 0.9)]],
])('when the report of %s is read back then all it says is in run.json and metrics.jsonl', (_, runs) => {
  const page = draw(runs);
  const said = readPage(page);
  expect(said.length).toBeGreaterThan(90);
  for (const { run, from, value, text } of said) {
    const expected = expectedAt(runs[run] ?? {}, from);
    if (value === null) {
      expect({ from, text }).toEqual({ from, text: String(expected) });
    } else {
      expect({ from, value }).toEqual({ from, value: expected });
      const read = readNumber(text);
      expect(Math.abs(read.value - value)).toBeLessThanOrEqual(read.rounding * (1 + 1e-9));
    }
  }
  // Constants of the page itself.
  const constants = ['90 %', 'o1 to o7', 'F1', 'SHA-256', 'sha256'];
  const rest = constants.reduce((text, constant) => text.replaceAll(constant, ''), unsourcedText(page));
  expect(rest.match(/.{0,40}\d.{0,40}/g)).toBeNull();
});

test('when a report is drawn then it has everything that the files have', () => {
  const runs = [trainRun(), loraRun()];
  const said = new Set(readPage(draw(runs)).map(({ run, from }) => `${run} ${from}`));
  const missing = runs.flatMap((run, index) => {
    const wanted = [
      ...metricsLines(run).flatMap((line, number) =>
        Object.keys(line).includes('valid')
          ? ['train.loss', 'train.accuracy', 'valid.loss', 'valid.accuracy', 'seconds', 'epoch'].map(
              (name) => `metrics.${number}.${name}`,
            )
          : [`metrics.${number}.train.loss`],
      ),
      ...[0, 1].flatMap((row) => [0, 1].map((column) => `evaluation.confusion.${row}.${column}`)),
      ...[0, 1].flatMap((row) =>
        ['precision', 'recall', 'f1', 'support'].map((name) => `evaluation.classes.${row}.${name}`),
      ),
      ...Array.from({ length: 8 }, (_none, bin) => `evaluation.calibration.reliability.${bin + 7}.accuracy`),
      'evaluation.rocAuc',
      'evaluation.calibration.error',
      ...[0, 1].flatMap((row) => [0, 14].map((word) => `topWords.${row}.words.${word}.effect`)),
      ...(run.command === 'lora'
        ? loraPaths
        : ['test.accuracy', 'parameters.trainable', 'secondsPerEpoch', 'files.0.bytes']),
    ];
    return wanted.filter((path) => !said.has(`${index} ${path}`));
  });
  expect(missing).toEqual([]);
});

const loraPaths = [
  ...['pretrain', 'lora'].flatMap((name) =>
    ['test.accuracy', 'parameters.trainable', 'secondsPerEpoch'].map((path) => `${name}.${path}`),
  ),
  ...Array.from({ length: 12 }, (_, unit) => `weightChange.units.${unit}`),
  ...['rank', 'scale', 'norm', 'weightNorm', 'words.0.norm', 'words.14.weightNorm'].map(
    (path) => `weightChange.${path}`,
  ),
  ...['rank', 'scale', 'norm', 'weightNorm'].map((path) => `outputChange.${path}`),
  'checks.0.name',
  'checks.1.detail',
  'files.0.sha256',
];

/** The sources of what stands in the rows of a table, in their order. */
function sourcesIn(page: string, caption: string): string[][] {
  const [, table = ''] = new RegExp(`<caption>\\s*${caption}(.*?)</table>`, 's').exec(page) ?? [];
  const rows = Array.from(table.matchAll(/<tr>(.*?)<\/tr\s*>/gs), ([, row = '']) =>
    Array.from(row.matchAll(/data-from="([^"]*)"/g), ([, from = '']) => from),
  );
  return rows.filter((row) => row.length > 0);
}

test('when a confusion matrix is drawn then labels are its rows and predictions its columns', () => {
  const names = [0, 1].map((k) => `evaluation.classes.${k}.name`);
  const cells = [0, 1].map((row) =>
    [0, 1].flatMap((column) => {
      const count = `evaluation.confusion.${row}.${column}`;
      return [count, `${count} / evaluation.classes.${row}.support`];
    }),
  );
  expect(sourcesIn(draw([trainRun()]), 'Confusion matrix')).toEqual([
    names,
    ...cells.map((row, k) => [names[k], ...row]),
  ]);
});

/** What the page says first. */
function headlineOf(page: string): string {
  const [, headline = ''] = /<h1>(.*?)<\/h1>/s.exec(page) ?? [];
  return unescape(headline.replace(/<[^>]*>/g, '')).replace(/\s+/g, ' ');
}

test('when a model is calibrated then the headline has its figures as commands use it', () => {
  const page = draw([calibrated(trainRun())]);
  expect(headlineOf(page)).toMatch(/^88\.12 % of 25,000 test reviews are classified correctly after full/);
  expect(page).toContain('cross entropy of calibrated probabilities');
  const said = readPage(page);
  expect(said.some(({ from }) => from === 'calibration.test.before.calibrationError')).toBe(true);
  // Of a fine-tuned model as well, but not of the one that was pretrained.
  const sources = readPage(draw([calibrated(loraRun())])).map(({ from }) => from);
  expect(sources).toContain('calibration.test.after.accuracy');
  expect(sources).toContain('pretrain.test.accuracy');
  expect(sources).not.toContain('lora.test.accuracy');
});

test('when a model was trained anew on all reviews then the headline says on how many, and the curves of what', () => {
  const page = draw([refitted(trainRun())]);
  expect(headlineOf(page)).toMatch(/in 6 epochs on 25,000 reviews of reviews-2.csv, in 3\.73 s of training/);
  expect(page).toContain('The model was then trained anew on all training reviews');
  expect(draw([trainRun()])).not.toContain('trained anew');
});

test('when pretraining had another loss then the line of the losses does not go on from it', () => {
  const run = loraRun({ epochs: 3 });
  const mixed = { ...run, options: { loss: 'logits', pretraining: 'notebook' } };
  const lengths = (page: string): number[] =>
    Array.from(page.matchAll(/<path class="line colour-2"\s+d="([^"]*)"/g), ([, d = '']) => d.split('L').length);
  expect(lengths(draw([run]))).toEqual([4, 4]);
  expect(lengths(draw([mixed]))).toEqual([3, 4]);
  expect(draw([mixed])).toContain('Only losses of one kind can be compared');
  expect(draw([run])).not.toContain('Only losses of one kind');
});

test('when parts of run.json are missing then the rest is drawn, when they are odd the error names the field', async () => {
  const whole = refitted(calibrated(loraRun()));
  await withTemporaryFolder(async (folder) => {
    const refused = new Set<string>();
    for (const key of Object.keys(whole)) {
      if (key === 'schema') continue;
      for (const odd of [undefined, null, 'x', [null], { classes: [{}], units: ['a'], words: [null] }]) {
        const path = await writeRunFiles(folder, randomUUID(), { ...whole, [key]: odd });
        const page = await writeReport([path]).then(
          (report) => readFile(report.path, 'utf8'),
          (error: unknown) => {
            expect(error).toMatchObject({ code: 'ERR_RUN', message: expect.stringContaining(`"${key}`) });
            expect((error as Error).message).toContain(join(path, 'run.json'));
            refused.add(key);
            return '</html>';
          },
        );
        if (odd === undefined) expect(page.length).toBeGreaterThan(1000);
        expect(page).toContain('</html>');
        expect(page.replace(/<style>.*<\/style>/s, '')).not.toMatch(/undefined|NaN|\[object|Infinity/);
      }
    }
    expect([...refused].sort()).toEqual(
      Object.keys(whole)
        .filter((key) => key !== 'schema')
        .sort(),
    );
  });
});

test('when metrics.jsonl is missing or has broken lines then the curves have what can be read', async () => {
  await withTemporaryFolder(async (folder) => {
    const path = await writeRunFiles(folder, 'run', trainRun());
    const metrics = join(path, 'metrics.jsonl');
    await writeFile(metrics, `${await readFile(metrics, 'utf8')}{"phase": "full", "epo`);
    const broken = await readFile((await writeReport([path])).path, 'utf8');
    expect(
      readPage(broken)
        .filter(({ from }) => from.endsWith('.epoch'))
        .at(-1),
    ).toMatchObject({ value: 3 });
    await rm(metrics);
    const missing = await readFile((await writeReport([path])).path, 'utf8');
    expect(missing).not.toContain('Epoch by epoch');
    expect(missing).toContain('Confusion matrix');
  });
});

test('when names are HTML then they are shown as text', () => {
  const evil = '<script>alert("1")</script>&amp;';
  const run = loraRun({ classes: [evil, 'pos'] });
  const page = draw([{ ...run, device: evil, topWords: [{ class: evil, words: [{ word: evil, effect: 1 }] }] }]);
  expect(page).not.toContain('<script');
  expect(readPage(page).filter(({ text }) => text === evil).length).toBeGreaterThan(5);
});

test('when there are many runs, epochs, units and classes then the report stays below its limit', () => {
  const classes = Array.from({ length: 50 }, (_, k) => `a class with the number ${k}`);
  const large = loraRun({ classes, epochs: 5000, hidden: 5000 });
  expect(Buffer.byteLength(draw([large]))).toBeLessThan(mostBytes);
  const usual = loraRun({ epochs: 5000, hidden: 1000 });
  expect(Buffer.byteLength(draw(new Array<Fields>(8).fill(usual)))).toBeLessThan(mostBytes);
});

test('when there are a thousand classes then the report has the weakest and the pairs that are confused most', () => {
  const classes = Array.from({ length: 1000 }, (_, k) => `class ${k}`);
  const run = trainRun();
  const mostConfused = [{ label: 'class 7', predicted: 'class 9', count: 123 }];
  const scores = classes.map((name, k) => {
    const score = k === 500 ? null : ((k + 300) % 1000) / 1000;
    return { name, precision: score, recall: score, f1: score, support: 5 };
  });
  const evaluation = { ...(run.evaluation as Fields), classes: scores, confusion: null, mostConfused };
  const page = draw([{ ...run, classes, topWords: null, evaluation }]);
  const said = readPage(page);
  const named = said.filter(({ from }) => /^evaluation\.classes\.\d+\.name$/.test(from)).map(({ text }) => text);
  expect(named).toEqual(Array.from({ length: 20 }, (_, k) => `class ${700 + k}`));
  const pair = said.filter(({ from }) => from.startsWith('evaluation.mostConfused')).map(({ text }) => text);
  expect(pair).toEqual(['class 7', 'class 9', '123']);
  expect(Buffer.byteLength(page)).toBeLessThan(100_000);
});

test('when the runs are none, too many or incomplete then the report is refused', async () => {
  await withTemporaryFolder(async (folder) => {
    const path = await writeRunFiles(folder, 'run', trainRun());
    await expect(writeReport([])).rejects.toMatchObject({ code: 'ERR_USAGE' });
    await expect(writeReport(new Array<string>(9).fill(path))).rejects.toMatchObject({ code: 'ERR_USAGE' });
    await rm(join(path, 'run.json'));
    await expect(writeReport([path])).rejects.toMatchObject({ code: 'ERR_RUN' });
  });
});

test('when a run goes by macro-F1 then its headline and curves do, and thresholds are told of', () => {
  const page = draw([judgedByMacroF1(trainRun())]);
  const [headline = ''] = /<h1>[^]*?<\/h1>/.exec(page) ?? [];
  expect(headline.replace(/<[^>]*>/g, '').replace(/\s+/g, ' ')).toMatch(/66\.12 % macro-F1 and [\d.]+ % accuracy on/);
  expect(page).toContain('<figcaption>Macro-F1</figcaption>');
  expect(page).toContain('Classes are decided by thresholds fitted for macro-F1');
  expect(page).toMatch(/Look at this first[^]*Fewer than 10 training reviews/);
  const plain = draw([trainRun()]);
  expect(plain).not.toMatch(/Macro-F1|thresholds|Look at this/);
});
