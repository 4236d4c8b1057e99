/** Searches for ten seconds at most, and no longer than until a candidate is good enough; then takes the best so far. */
import { loadDataset, tune } from 'imdb-torch';

const enough = new AbortController();
process.once('SIGINT', () => {
  enough.abort();
});

const dataset = await loadDataset({ data: 'sample', preset: 'auto' });
let most = 0;
const result = await tune(dataset, {
  stop: AbortSignal.any([AbortSignal.timeout(10_000), enough.signal]),
  events: {
    onJudged: (_judged, { measured: { value } }, metric) => {
      if (value > most) console.log(`The best so far: ${metric} ${value.toFixed(3)}`);
      most = Math.max(most, value);
      if (value >= 0.96) enough.abort();
    },
  },
});
console.log(`Ended by ${result.endedBy ?? 'nothing'}, after ${result.tried?.length ?? 0} candidates.`);
console.log(`Accuracy on the test reviews: ${result.test.accuracy.toFixed(3)}`);
