/** Learns with a tokenizer of the program's own: words as Intl.Segmenter finds them in Japanese. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TextClassifier, loadDataset, saveRun, train } from 'imdb-torch';

const segmenter = new Intl.Segmenter('ja', { granularity: 'word' });

/** Its name is what the run keeps. */
function japaneseWords(text: string): string[] {
  return Array.from(segmenter.segment(text.normalize('NFKC')))
    .filter(({ isWordLike }) => isWordLike)
    .map(({ segment }) => segment);
}

const [good, bad] = ['とても面白い', 'ひどく退屈な'];
const rows = ['映画', '音楽', '物語', '場面', '俳優', '結末'].flatMap((thing) => [
  { text: `${good}${thing}でした。`, label: 'pos' },
  { text: `${bad}${thing}でした。`, label: 'neg' },
]);

const dataset = await loadDataset({ rows, tokenizer: japaneseWords });
const folder = join(await mkdtemp(join(tmpdir(), 'tokenizer-')), 'run');
await saveRun(folder, await train(dataset));

using classifier = await TextClassifier.open(folder, { tokenizer: japaneseWords });
console.log(classifier.predict(['面白い小説', '退屈な小説']).map(({ label }) => label));
