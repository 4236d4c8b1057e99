/** Trains anew, and moves the link `current` to the new run unless that is worse: node nightly.js tickets.jsonl runs */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { compare, loadDataset, saveRun, TextClassifier, train, type LoadedDataset } from 'imdb-torch';

interface Ticket {
  text: string;
  label: string;
}

const [file = 'tickets.jsonl', runs = 'runs'] = process.argv.slice(2);
const current = join(runs, 'current');

/** A fifth of the texts, tonight and every night, so that no model has been trained on them. */
function isForTest({ text }: Ticket): boolean {
  return (createHash('sha256').update(text).digest()[0] ?? 0) < 51;
}

/** Says why the new run must not take the place of the one before; null where it may. */
async function whyWorse(name: string, dataset: LoadedDataset): Promise<string | null> {
  if (!existsSync(current)) return null;
  using before = await TextClassifier.open(current);
  using now = await TextClassifier.open(join(runs, name));
  if (before.classes.join('\n') !== now.classes.join('\n')) return null;
  const { onlyA, onlyB, mcNemar } = (await compare(before, now, dataset)).test;
  console.log(
    `Only the one before is right on ${onlyA}, only the new one on ${onlyB} (p = ${mcNemar.midP.toFixed(3)}).`,
  );
  return onlyA > onlyB && mcNemar.midP < 0.05 ? 'it is right less often, and hardly by chance' : null;
}

const lines = (await readFile(file, 'utf8')).trim().split('\n');
const tickets = lines.map((line) => JSON.parse(line) as Ticket);
const rows = { train: tickets.filter((each) => !isForTest(each)), test: tickets.filter(isForTest) };
const dataset = await loadDataset({ rows });
const result = await train(dataset);
const name = new Date().toISOString().replace(/\W/g, '-');
await saveRun(join(runs, name), result);
console.log(`${name}: ${(100 * result.test.accuracy).toFixed(1)} % of ${result.data.test} are right.`);

const why = await whyWorse(name, dataset);
if (why === null) {
  const next = join(runs, 'next');
  await rm(next, { force: true });
  await symlink(name, next);
  await rename(next, current); // in one step: whoever reads `current` finds the one run or the other
  console.log('current is the new run.');
} else {
  console.log(`current stays: ${why}.`);
  process.exitCode = 1;
}
