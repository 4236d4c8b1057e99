/** Learns from rows in memory, keeps what was learned as a run directory, and classifies with it. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDataset, saveRun, TextClassifier, train } from 'imdb-torch';

/** Stands for a database whose cursor gives one row after the other. */
async function* tickets() {
  for (const thing of ['printer', 'screen', 'phone', 'mouse', 'router']) {
    for (const fault of ['broken', 'dark', 'slow', 'lost', 'hot']) {
      yield { text: `The ${thing} is ${fault}, please help.`, label: 'support' };
      yield { text: `What does a new ${thing} cost, one that is not ${fault}?`, label: 'sales' };
    }
  }
}

const dataset = await loadDataset({ rows: tickets() });
const result = await train(dataset, {
  preset: 'auto',
  events: { onFitting: (done, total) => process.stderr.write(`${done} of ${total} models\r`) },
});
console.log(`Accuracy on ${result.data.test} rows that were held out: ${result.test.accuracy}`);

const run = join(await mkdtemp(join(tmpdir(), 'tickets-')), 'nightly');
await saveRun(run, result);
const classifier = await TextClassifier.open(run); // `using` in TypeScript, and from Node 24 on
console.log(classifier.predict(['How much is a keyboard?'])[0]);
classifier.dispose();
