import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readDataset } from '../../../src/data/dataset.js';
import { linearOptions } from '../../../src/experiments/auto/linear_experiment.js';
import { trainLinear } from '../../../src/experiments/auto/linear_training.js';
import { trainPresets } from '../../../src/experiments/presets.js';
import { withTemporaryFolder } from '../../helpers.js';

test('when a search of a linear model is over then that is said once, before the learning curve', async () => {
  await withTemporaryFolder(async (folder) => {
    const rows = Array.from({ length: 120 }, (_, row) => `${row % 2 ? 'lovely' : 'dull'} film ${row},class ${row % 2}`);
    const data = join(folder, 'reviews.csv');
    await writeFile(data, ['text,label', ...rows, ''].join('\n'));
    const { auto } = trainPresets;
    const dataset = await readDataset({ ...auto, seed: 1, data, valid: 0 });
    const events: string[] = [];
    const options = {
      ...linearOptions({ ...auto, budget: 0.001, learningCurve: true }, dataset.features),
      metric: 'accuracy',
    } as const;
    const { reviews } = await trainLinear({
      ...{ dataset, classes: 2, options, classWeights: null },
      events: {
        onFitting: () => events.push('fitting'),
        onJudged: () => void events.push('judged'),
        onSearchEnd: () => events.push('end'),
      },
    });
    reviews.dispose();
    const told = events.filter((event, index) => event !== events[index - 1]);
    expect(told).toEqual(['fitting', 'judged', 'end', 'fitting']);
  });
});
