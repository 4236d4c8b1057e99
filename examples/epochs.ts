/** Tells of each epoch while a training goes on, as it would tell a service that keeps such figures. */
import { loadDataset, train } from 'imdb-torch';

const dataset = await loadDataset({ data: 'sample', vocab: 2000 });
await train(dataset, {
  preset: 'notebook',
  epochs: 2,
  events: {
    onEpoch: (phase, { epoch, train, valid }) => {
      console.log(JSON.stringify({ phase, epoch, train, valid }));
    },
    onTest: (phase, test) => {
      console.log(JSON.stringify({ phase, test }));
    },
  },
});
