import { type Check, formatError } from './check.js';
import type { Metrics } from '../training/evaluation.js';
import type { LayerName } from '../storage/adapter.js';
import type { PerLayer } from './layer_state.js';
import type { MergeResult } from './merge.js';
import { mergedAccuracyTolerance, mergedLogitTolerance, mergedLossTolerance } from './tolerances.js';
import type { FloatDtype } from '../../binding.js';

/** Checks what must hold after fine-tuning. @param same which parameters kept their bits */
export function fineTuningChecks(same: PerLayer<boolean>): Check[] {
  return [...same].flatMap(([layer, { weight, bias, up, down, magnitude }]) => {
    const of = ofLayer(same, layer);
    const moved = [
      { name: `fine-tuning changed A${of}`, same: up },
      { name: `fine-tuning changed B${of}`, same: down },
      { name: `fine-tuning changed DoRA's magnitudes${of}`, same: magnitude },
    ];
    return [
      { name: `fine-tuning left W${of} as it was, bit for bit`, passed: weight },
      { name: `fine-tuning left the bias${of} as it was, bit for bit`, passed: bias },
      ...moved.flatMap((each) => (each.same === undefined ? [] : [{ name: each.name, passed: !each.same }])),
    ];
  });
}

/** Says which layer is meant, unless the hidden layer is the only one that LoRA has to do with. */
function ofLayer(layers: PerLayer<unknown>, layer: LayerName): string {
  return layers.size === 1 ? '' : ` of ${layer}`;
}

function mergedLayerChecks(same: PerLayer<boolean>): Check[] {
  return [...same].flatMap(([layer, { weight, bias, up }]) => {
    const of = ofLayer(same, layer);
    const isMerged = up !== undefined;
    return [
      isMerged
        ? { name: `merging changed W${of}`, passed: !weight }
        : { name: `merging left W${of} as it was, bit for bit`, passed: weight },
      { name: `merging left the bias${of} as it was, bit for bit`, passed: bias },
    ];
  });
}

/**
 * Checks what must hold after merging.
 * @param same which parameters kept their bits
 * @param before the test before the merge
 */
export function mergeChecks(same: PerLayer<boolean>, before: Metrics, merged: MergeResult, dtype: FloatDtype): Check[] {
  const lossDifference = Math.abs(merged.test.loss - before.loss);
  const accuracyDifference = Math.abs(merged.test.accuracy - before.accuracy);
  return [
    ...mergedLayerChecks(same),
    {
      name: 'the merged model has the test loss of before the merge',
      passed: lossDifference <= mergedLossTolerance(dtype) * Math.max(1, before.loss),
      detail: `difference ${formatError(lossDifference)}`,
    },
    {
      name: 'the merged model has the test accuracy of before the merge',
      passed: accuracyDifference <= mergedAccuracyTolerance,
      detail: `difference ${formatError(accuracyDifference)}`,
    },
    {
      name: 'merging moved the validation logits by rounding only',
      passed: merged.maxAbsLogitDifference <= mergedLogitTolerance(dtype) * Math.max(1, merged.maxAbsLogit),
      detail: `${formatError(merged.maxAbsLogitDifference)}, ${merged.predictionFlips} predictions flipped`,
    },
  ];
}
