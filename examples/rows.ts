/** Learns from rows in memory, keeps what was learned as a run directory, and classifies with it. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TextClassifier, loadDataset, saveRun, train } from 'imdb-torch';

/** Stands for a database whose cursor gives one row after the other. */
async function* tickets(): AsyncGenerator<{ text: string; label: string }> {
  const [things, faults] = [
    ['printer', 'screen', 'phone', 'mouse', 'router'],
    ['broken', 'dark', 'slow', 'lost', 'hot'],
  ];
  for (const thing of things) {
    for (const fault of faults) {
      yield { text: `The ${thing} is ${fault}, please help.`, label: 'support' };
      yield { text: `What does a new ${thing} cost, one that is not ${fault}?`, label: 'sales' };
    }
  }
}

const dataset = await loadDataset({ rows: tickets() });
const result = await train(dataset, {
  preset: 'auto',
  events: { onSearchEnd: () => console.log('The search is over.') },
});
console.log(`${result.because ?? ''}`);

const folder = join(await mkdtemp(join(tmpdir(), 'rows-')), 'nightly');
await saveRun(folder, result);
using classifier = await TextClassifier.open(folder);
const [prediction] = classifier.predict(['How much is a keyboard?']);
console.log(prediction?.label, prediction?.probabilities);
