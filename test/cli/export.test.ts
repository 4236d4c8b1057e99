import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { withTemporaryFolder } from '../helpers.js';
import { runCli, type CliResult } from './helpers.js';

const texts = ['A wonderful, brilliant film.', 'What a terrible waste.', 'not bad at all'];

interface Document {
  to: string;
  out: string;
  precision: string;
  features: number;
  kept: number;
  files: { name: string; bytes: number; gzipped: number }[];
  cost: {
    split: string;
    seen: boolean;
    reviews: number;
    before: { accuracy: number };
    after: { accuracy: number };
  } | null;
}

/** Runs `use` in a folder with a run that was trained on the sample. */
async function withRun(use: (cwd: string, cli: (...args: string[]) => Promise<CliResult>) => Promise<void>) {
  await withTemporaryFolder(async (cwd) => {
    const cli = (...args: string[]): Promise<CliResult> => runCli(args, { cwd });
    const trained = await cli('train', '--data', 'sample', '--preset', 'fast', '--out', 'run', '--quiet');
    expect(trained).toMatchObject({ code: 0 });
    await use(cwd, cli);
  });
}

/** The names of the files of each target. */
const namesOf = {
  web: ['README.md', 'classifier.d.ts', 'classifier.js', 'index.html', 'model.bin'],
  onnx: ['README.md', 'classifier.d.ts', 'classifier.js', 'model.bin', 'model.onnx'],
  folder: ['features.bin', 'model.json', 'model.safetensors', 'run.json', 'vocabulary.txt'],
  html: ['export.html'],
};

test('when a run is exported to each target then its files are there, and no others', async () => {
  await withRun(async (cwd, cli) => {
    for (const [to, names] of Object.entries(namesOf)) {
      const { code, stdout, stderr } = await cli('export', 'run', '--to', to, '--json');
      // What is lost is said before, and the document says it again.
      const told = expect.stringMatching(/^All [\d,]+ features, weights as float32\. Nothing is lost\.\n$/) as unknown;
      expect({ code, stderr }).toEqual({ code: 0, stderr: told });
      const document = JSON.parse(stdout) as Document;
      const out = to === 'html' ? join('run', 'export.html') : join('run', `export-${to}`);
      const about = { schema: 1, command: 'export', run: 'run', to, out, precision: 'float32', cost: null };
      expect(document).toMatchObject({ ...about, kept: document.features });
      expect(document.files.map(({ name }) => name)).toEqual(names);
      if (to !== 'html') expect((await readdir(join(cwd, out))).sort()).toEqual(names);
      for (const { name, bytes, gzipped } of document.files) {
        const path = to === 'html' ? out : join(out, name);
        expect((await readFile(join(cwd, path))).length).toBe(bytes);
        expect(gzipped).toBeLessThan(bytes);
      }
    }
  });
});

test('when an export is read then it names no folder of the machine, and a slim run answers as the whole one', async () => {
  await withRun(async (cwd, cli) => {
    for (const to of Object.keys(namesOf)) expect(await cli('export', 'run', '--to', to)).toMatchObject({ code: 0 });
    const read = (file: string): Promise<string> => readFile(join(cwd, 'run', file), 'utf8');
    const readme = (await read('export-web/README.md')).trimEnd().split('\n');
    expect(readme.filter((line) => line !== '' && !line.startsWith('```')).length).toBeLessThanOrEqual(10);
    const page = await read('export.html');
    // What looks like the end of a script, or like the start of one in a comment, would be one.
    expect(page.match(/<\/script/g)?.length).toBe(page.match(/<script/g)?.length);
    expect(page).not.toMatch(/<!--(?! made by)/);
    for (const text of [page, await read('export-folder/run.json')]) expect(text).not.toContain(cwd);
    for (const args of [
      ['predict', ...texts],
      ['explain', texts[0] ?? ''],
    ]) {
      const [command = '', ...others] = args;
      const answers = await Promise.all(['run', 'run/export-folder'].map((run) => cli(command, run, ...others)));
      expect(answers[1]).toEqual(answers[0]);
    }
  });
});

test('when numbers are lost then what that costs is said before, and a size is kept or refused', async () => {
  await withRun(async (cwd, cli) => {
    const told = await cli('export', 'run', '--precision', 'int8', '--max-size', '8kB', '--out', 'small');
    expect(told).toMatchObject({ code: 0 });
    expect(told.stdout).toMatch(
      /[\d,]+ of [\d,]+ features, weights as int8\.\nAccuracy on [\d,]+ validation reviews, which the model was trained on \(--data takes others\): [\d.]+ % before, [\d.]+ % now \([+-]?\d+\.\d+ points\)[^]*Written: small\n/,
    );
    const { stdout } = await cli(
      'export',
      'run',
      '--precision',
      'float16',
      '--data',
      'sample',
      '--out',
      'half',
      '--json',
    );
    const { cost, kept, features } = JSON.parse(stdout) as Document;
    expect(kept).toBe(features);
    expect(cost).toMatchObject({ split: 'all', seen: false });
    expect((await readFile(join(cwd, 'small/model.bin'))).length).toBeLessThan(
      (await readFile(join(cwd, 'half/model.bin'))).length,
    );
    const refused = await cli('export', 'run', '--max-size', '10B', '--out', 'tiny');
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/smallest|least/) as unknown });
    expect((await readdir(cwd)).sort()).toEqual(['half', 'run', 'small']);
  });
});

test('when something cannot be exported then one sentence says why, and nothing is written', async () => {
  await withRun(async (cwd, cli) => {
    await mkdir(join(cwd, 'mine'));
    await writeFile(join(cwd, 'mine', 'thesis.txt'), 'mine');
    await writeFile(join(cwd, 'mine.html'), '<!doctype html>mine');
    for (const [args, code, message] of [
      [['run', '--to', 'web', '--out', 'mine'], 1, /thesis\.txt is there, which would be lost/],
      [['run', '--to', 'html', '--out', 'mine.html'], 1, /a file of another kind is there/],
      [['run', '--to', 'folder', '--precision', 'int8'], 2, /no --precision with --to folder/],
      [['run', '--to', 'folder', '--max-size', '1MB'], 2, /no --max-size with --to folder/],
      [['run', '--max-size', 'much'], 2, /a size such as 300kB or 1\.5MB/],
      [['run', '--to', 'cobol'], 2, /one of web, folder, html, onnx/],
      [['run', '--text-column', 'text'], 2, /Expected --data with --text-column/],
      [['run', '--adapter', 'on'], 4, /adapter/],
      [['nowhere'], 4, /no complete run directory/],
    ] as const) {
      const result = await cli('export', ...args);
      expect({ args, code: result.code, stdout: result.stdout }).toEqual({ args, code, stdout: '' });
      expect(result.stderr).toMatch(message);
      expect(result.stderr.trimEnd().split('\n').length).toBe(1);
    }
    expect(await readFile(join(cwd, 'mine.html'), 'utf8')).toBe('<!doctype html>mine');
    expect((await readdir(join(cwd, 'run'))).filter((name) => name.includes('export'))).toEqual([]);
    // An export may be exported again, and takes the place of an earlier one.
    expect(await cli('export', 'run', '--to', 'folder', '--quiet')).toMatchObject({ code: 0 });
    expect(await cli('export', 'run', '--to', 'folder', '--quiet')).toMatchObject({ code: 0 });
    expect(await cli('export', 'run/export-folder', '--to', 'web', '--out', 'again', '--quiet')).toMatchObject({
      code: 0,
    });
    await rm(join(cwd, 'again', 'classifier.js'));
    expect(await cli('export', 'run', '--out', 'again')).toMatchObject({ code: 1 });
  });
});
