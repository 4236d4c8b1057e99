import { aBoolean, fields, optional } from '../arguments.js';
import type { Adapter, AdapterBranch, LayerName } from '../storage/adapter.js';
import type { ClassifierModel } from './classifier_model.js';
import type { LoraLinear } from './native.js';
import { readOutput, readTensor } from './parameters.js';

import { aModel } from './expected.js';

const checkOptions = fields({ useRslora: optional(aBoolean) });

/**
 * Copies what fine-tuning has trained of a model: its LoRA branches and, unless that has one, its output layer.
 * @param options `useRslora` says whether the branches were made with it; false by default
 * @returns the adapter, which neither names classes of its own nor says which base it is for
 */
export function readTrainedAdapter(model: ClassifierModel, options: { useRslora?: boolean } = {}): Adapter {
  aModel(model, 'model');
  checkOptions(options, 'options');
  const { useRslora = false } = options;
  const branches = new Map<LayerName, AdapterBranch>();
  for (const [layer, branch] of model.branches) branches.set(layer, readBranch(branch));
  return {
    branches,
    useRslora,
    dropout: Math.max(0, ...Array.from(model.branches.values(), ({ dropout }) => dropout)),
    pissa: false,
    replaced: model.branches.has('fc2') ? new Map() : readOutput(model),
    baseSha256: null,
  };
}

function readBranch({ down, up, alpha, magnitude }: LoraLinear): AdapterBranch {
  using toRank = down;
  using fromRank = up;
  using lengths = magnitude;
  return {
    down: readTensor(toRank),
    up: readTensor(fromRank),
    alpha,
    magnitude: lengths && readTensor(lengths),
    bias: null,
  };
}
