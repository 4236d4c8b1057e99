import { expect, test } from '@jest/globals';
import { assertLinear } from '../../../src/experiments/auto/linear_requirements.js';
import { runLinearExperiment } from '../../../src/experiments/auto/linear_experiment.js';
import type { ExperimentInput } from '../../../src/experiments/experiment_model.js';
import { trainPresets } from '../../../src/experiments/presets.js';
import type { FeatureOptions } from '../../../src/text/features.js';

const { auto } = trainPresets;
const features: FeatureOptions = { ...auto.features, characters: [3, 5], vocabularySize: null };

test('when a model cannot be linear then all reasons are named before anything is fitted', async () => {
  expect(() => {
    assertLinear(auto, features);
    assertLinear(auto, { ...features, characterWeight: 1 });
  }).not.toThrow();
  const options = { ...auto, hidden: 8, dtype: 'float64' } as const;
  const others = { ...features, gain: 2, weighting: 'idf', characterWeight: 0.5 } as const;
  const input = { options, dataset: { features: others } } as unknown as ExperimentInput;
  await expect(runLinearExperiment(input)).rejects.toMatchObject({
    code: 'ERR_USAGE',
    message: [
      'Expected the option hidden to be 0 with the optimizer dual-coordinate-descent, which fits linear models, but received 8.',
      'Expected the option dtype to be float32 with the optimizer dual-coordinate-descent, which has no other, but received float64.',
      'Expected features.gain to be 1 with the optimizer dual-coordinate-descent, where the option cost does the same, but received 2.',
      'Expected features.weighting to be none with the optimizer dual-coordinate-descent, which weighs features itself: name weightings by the option weighting, but received idf.',
      'Expected features.characterWeight to be 1 with the optimizer dual-coordinate-descent, which takes the option characterWeight, but received 0.5.',
    ].join('\n'),
  });
});
