import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { withTemporaryFolder } from '../helpers.js';
import { runCli, type CliResult } from './helpers.js';

const small = ['--preset', 'notebook', '--epochs', '2', '--hidden', '8', '--lr', '0.5', '--device', 'cpu', '--quiet'];

/** Separable reviews. @param swapped gives each the other label */
function csv(swapped = false): string {
  const [one, other] = swapped ? ['neg', 'pos'] : ['pos', 'neg'];
  return `text,label\n${Array.from({ length: 300 }, (_, k) => `good fine ${k},${one}\nbad poor ${k},${other}\n`).join('')}`;
}

/** Trains in one of two folders that both have a file `in/x.csv`, with other labels. */
async function withRunElsewhere(work: (w1: string, w2: string) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const [w1, w2] = [join(folder, 'w1'), join(folder, 'w2')];
    for (const [path, swapped] of [
      [w1, false],
      [w2, true],
    ] as const) {
      await mkdir(join(path, 'in'), { recursive: true });
      await writeFile(join(path, 'in', 'x.csv'), csv(swapped));
    }
    const trained = await runCli(['train', '--data', 'in/x.csv', '--out', 'run', ...small], { cwd: w1 });
    expect(trained.code).toBe(0);
    await work(w1, w2);
  });
}

function dataOf({ code, stdout }: CliResult): unknown {
  expect(code).toBe(0);
  return (JSON.parse(stdout) as { data: unknown }).data;
}

test('when a run is used in another folder then its own data are read, by whatever command', async () => {
  await withRunElsewhere(async (w1, w2) => {
    const source = join(w1, 'in', 'x.csv');
    const run = join('..', 'w1', 'run');
    const evaluated = await runCli(['evaluate', run, '--json', '--quiet'], { cwd: w2 });
    expect(dataOf(evaluated)).toMatchObject({ source });
    const there = await runCli(['evaluate', 'run', '--json', '--quiet'], { cwd: w1 });
    expect(dataOf(there)).toMatchObject({ source: join('in', 'x.csv') });
    expect(JSON.parse(evaluated.stdout)).toMatchObject({
      accuracy: (JSON.parse(there.stdout) as { accuracy: number }).accuracy,
    });

    const printed = await runCli(['lora', '--base', run, '--print-config'], { cwd: w2 });
    expect(JSON.parse(printed.stdout)).toMatchObject({ data: source });
    const lora = ['lora', '--base', run, '--rank', '2', '--lora-epochs', '1', '--out', 'lora', '--json', '--quiet'];
    expect(dataOf(await runCli(lora, { cwd: w2 }))).toMatchObject({ source });
    const record = JSON.parse(await readFile(join(w2, 'lora', 'run.json'), 'utf8')) as object;
    expect(record).toMatchObject({ paths: { data: source, base: join(w1, 'run') } });

    const merge = ['merge', run, '--adapter', 'lora/adapter', '--out', 'merged', '--quiet'];
    expect(await runCli(merge, { cwd: w2 })).toMatchObject({ code: 0, stderr: '' });
    const merged = JSON.parse(await readFile(join(w2, 'merged', 'run.json'), 'utf8')) as object;
    const adapter = join(w2, 'lora', 'adapter');
    expect(merged).toMatchObject({ paths: { data: source, base: join(w1, 'run'), adapter } });
    expect(dataOf(await runCli(['evaluate', 'merged', '--json'], { cwd: w2 }))).toMatchObject({ source });
  });
});

test('when the data of a run have changed or are gone then commands say so, unless they are given data', async () => {
  await withRunElsewhere(async (w1, w2) => {
    const run = join('..', 'w1', 'run');
    const source = join(w1, 'in', 'x.csv');
    const lora = ['lora', '--base', run, '--rank', '2', '--lora-epochs', '1', '--out', 'lora', '--quiet'];
    expect(await runCli(lora, { cwd: w2 })).toMatchObject({ code: 0 });
    const commands = [
      ['evaluate', run],
      ['merge', run, '--adapter', 'lora/adapter'],
      ['lora', '--base', run],
    ];
    const expectRefused = async (part: string): Promise<void> => {
      for (const args of commands) {
        const refused = await runCli([...args, '--quiet'], { cwd: w2 });
        expect(refused).toMatchObject({ code: 4, stdout: '', stderr: expect.stringContaining(part) });
        for (const named of [run, source, '--data']) expect(refused.stderr).toContain(named);
      }
    };
    await writeFile(source, csv(true));
    await expectRefused('which has changed since');
    for (const args of commands.slice(0, 2)) {
      expect(await runCli([...args, '--data', source, '--quiet'], { cwd: w2 })).toMatchObject({ code: 0, stderr: '' });
    }
    await rm(source);
    await expectRefused('but nothing is there');
  });
});

test('when a run does not have the place of its data then the path is taken as it was typed, and the data checked', async () => {
  await withRunElsewhere(async (w1, w2) => {
    const file = join(w1, 'run', 'run.json');
    const { paths, ...earlier } = JSON.parse(await readFile(file, 'utf8')) as { paths: object };
    expect(paths).toEqual({ data: join(w1, 'in', 'x.csv') });
    await writeFile(file, JSON.stringify(earlier));
    expect(await runCli(['evaluate', 'run', '--quiet'], { cwd: w1 })).toMatchObject({ code: 0, stderr: '' });
    const elsewhere = await runCli(['evaluate', join('..', 'w1', 'run'), '--quiet'], { cwd: w2 });
    expect(elsewhere).toMatchObject({ code: 4, stderr: expect.stringContaining('which has changed since') });
  });
});

test('when a configuration is printed then its files are absolute', async () => {
  await withTemporaryFolder(async (folder) => {
    const args = ['train', '--train', 'a.csv', '--valid', 'b.csv', '--test', 'c.csv', '--print-config'];
    const { stdout } = await runCli(args, { cwd: folder });
    const [train, valid, testFile] = ['a.csv', 'b.csv', 'c.csv'].map((name) => join(folder, name));
    expect(JSON.parse(stdout)).toMatchObject({ train, valid, test: testFile });
    const sample = await runCli(['train', '--data', 'sample', '--print-config'], { cwd: folder });
    expect(JSON.parse(sample.stdout)).toMatchObject({ data: 'sample' });
  });
});

test('when a run was trained on several files as one list then they are found, and the one that is gone is named', async () => {
  await withTemporaryFolder(async (cwd) => {
    for (const [name, swapped] of Object.entries({ 'a.csv': false, 'b.csv': false, 'other.csv': true })) {
      await writeFile(join(cwd, name), csv(swapped));
    }
    await mkdir(join(cwd, 'elsewhere'));
    const lists = [
      ['data', ['--data', 'a.csv,b.csv']],
      ['train', ['--train', 'a.csv,b.csv', '--test', 'other.csv']],
    ] as const;
    for (const [run, files] of lists) {
      expect(await runCli(['train', ...files, '--out', run, ...small], { cwd })).toMatchObject({ code: 0 });
      for (const [folder, path] of [
        [cwd, run],
        [join(cwd, 'elsewhere'), join('..', run)],
      ] as const) {
        const evaluated = await runCli(['evaluate', path, '--quiet'], { cwd: folder });
        expect({ path, ...evaluated }).toMatchObject({ code: 0 });
      }
    }
    const lora = ['lora', '--base', 'data', '--rank', '2', '--lora-epochs', '1', '--out', 'lora', '--quiet'];
    expect(await runCli(lora, { cwd })).toMatchObject({ code: 0 });
    expect(await runCli(['merge', 'data', '--quiet'], { cwd })).toMatchObject({ code: 0 });
    await rm(join(cwd, 'b.csv'));
    for (const [run] of lists) {
      const stderr = expect.stringContaining(
        `the data of the run ${run} at ${join(cwd, 'b.csv')} but nothing is there`,
      );
      expect(await runCli(['evaluate', run], { cwd })).toMatchObject({ code: 4, stderr });
    }
  });
});

test('when a base is given with files for validation of its own then these count, one or several', async () => {
  await withTemporaryFolder(async (cwd) => {
    // The vocabulary is the same whatever is held out.
    const positive = Array.from({ length: 300 }, (_, k) => `good${k % 3 === 0 ? ' fine' : ''},pos\n`);
    const negative = Array.from({ length: 200 }, (_, k) => `bad${k % 4 === 0 ? ' poor' : ''},neg\n`);
    const table = `text,label\n${positive.join('')}${negative.join('')}`;
    for (const name of ['t.csv', 'v1.csv', 'v2.csv']) await writeFile(join(cwd, name), table);
    expect(await runCli(['train', '--train', 't.csv', '--out', 'run', ...small], { cwd })).toMatchObject({ code: 0 });
    const lora = [
      'lora',
      '--base',
      'run',
      '--rank',
      '2',
      '--lora-epochs',
      '1',
      '--split',
      'random',
      '--json',
      '--quiet',
    ];
    for (const files of [['v1.csv'], ['v1.csv', 'v2.csv']]) {
      const result = await runCli([...lora, ...files.flatMap((name) => ['--valid', name])], { cwd });
      expect(dataOf(result)).toMatchObject({ valid: 500 * files.length });
    }
  });
});

test('when merge is given data then they are read as those of the run were', async () => {
  await withTemporaryFolder(async (cwd) => {
    const rows = csv().trimEnd().split('\n').slice(1);
    const table = rows.map((row, id) => `${row.replace(/^(.*),(.*)$/, `$2,${id},$1 caf\u00e9`)}\n`).join('');
    await writeFile(join(cwd, 'x.csv'), Buffer.from(table, 'latin1'));
    const how = ['--no-header', '--text-column', '3', '--label-column', '1', '--encoding', 'windows-1252'];
    expect(await runCli(['train', '--data', 'x.csv', ...how, '--out', 'run', ...small], { cwd })).toMatchObject({
      code: 0,
    });
    const lora = ['lora', '--base', 'run', '--rank', '2', '--lora-epochs', '1', '--out', 'lora', '--quiet'];
    expect(await runCli(lora, { cwd })).toMatchObject({ code: 0 });
    const merge = ['merge', 'run', '--adapter', 'lora/adapter', '--json', '--quiet', '--out'];
    const own = await runCli([...merge, 'own'], { cwd });
    await rename(join(cwd, 'x.csv'), join(cwd, 'moved.csv'));
    const moved = await runCli([...merge, 'moved', '--data', 'moved.csv'], { cwd });
    expect(moved).toMatchObject({ code: 0, stderr: '' });
    const [expected, received] = [own, moved].map(({ stdout }) => JSON.parse(stdout) as object);
    expect(received).toEqual({ ...expected, model: expect.any(String) });
  });
});
