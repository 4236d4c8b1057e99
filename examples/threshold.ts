/** Says from which probability on 95 % of the predictions are right: node threshold.js runs/tickets labelled.jsonl 0.95 */
import { readFile } from 'node:fs/promises';
import { evaluate, loadDataset, TextClassifier, type Prediction } from 'imdb-torch';

interface Judged extends Prediction {
  isRight: boolean;
}

const [run = 'runs/demo', file = 'labelled.jsonl', wanted = '0.95'] = process.argv.slice(2);
const lines = (await readFile(file, 'utf8')).trim().split('\n');
const rows = lines.map((line) => JSON.parse(line) as { text: string; label: string });

using classifier = await TextClassifier.open(run);
const { accuracy, calibration } = await evaluate(classifier, await loadDataset({ rows, whole: true }));
console.log(`${percent(accuracy)} are right; probabilities are off by ${percent(calibration.error)} on average.`);

const predictions = classifier.predict(rows.map(({ text }) => text));
const judged = predictions.map((each, k): Judged => ({ ...each, isRight: each.label === rows[k]?.label }));
for (const label of classifier.classes) {
  const own = judged.filter((each) => each.label === label);
  // Every second one chooses the threshold, the others say what it is worth.
  const threshold = leastProbability(
    own.filter((_, k) => k % 2 === 0),
    Number(wanted),
  );
  const others = own.filter((_, k) => k % 2 === 1);
  const taken = others.filter(({ probability }) => probability >= threshold);
  console.log(
    taken.length === 0
      ? `${label}: a human looks at all`
      : `${label}: from ${threshold.toFixed(3)} on ${percent(shareRight(taken))} of ${taken.length} are right, ` +
          `a human looks at ${others.length - taken.length} of ${others.length}`,
  );
}

/** The lowest probability from which on so many predictions are right; Infinity where there is none. */
function leastProbability(predictions: readonly Judged[], share: number): number {
  const candidates = [...new Set(predictions.map(({ probability }) => probability))].sort((one, other) => one - other);
  const isEnough = (least: number): boolean =>
    shareRight(predictions.filter(({ probability }) => probability >= least)) >= share;
  return candidates.find(isEnough) ?? Infinity;
}

function shareRight(predictions: readonly Judged[]): number {
  return predictions.filter(({ isRight }) => isRight).length / predictions.length;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
