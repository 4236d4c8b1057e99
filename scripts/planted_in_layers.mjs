/** Errors to plant in what calls the kernels and in the layers, by file; see mutations.mjs. */
export const plantedInLayers = {
  'native/core/fused/fused_model.h': [
    {
      what: 'Adam, fused: rows that a batch lacks stay',
      from: 'return !movesBatchWordsOnly && rules',
      to: 'return false && rules',
    },
  ],
  'native/core/fused/fused_training.cpp': [
    {
      what: 'LoRA, fused: the scale is missing from the gradient of down',
      from: 'model_.scale * kernels_.dot(delta',
      to: 'kernels_.dot(delta',
    },
    {
      what: 'fused: the mean of a batch is taken over a full one (last partial batch)',
      from: 'logitsDelta[c] /= static_cast<T>(size);',
      to: 'logitsDelta[c] /= static_cast<T>(forward_.batchSize);',
    },
    {
      what: 'clipping, fused: the words do not count',
      from: 'std::sqrt(ofColumns + std::accumulate(ranges.begin(), ranges.end(), 0.0))',
      to: 'std::sqrt(ofColumns)',
    },
    {
      what: 'fused: the last row of a batch is skipped for the output bias',
      from: 'for (int64_t example = 0; example < count; ++example) {\n    for (int64_t c',
      to: 'for (int64_t example = 0; example + 1 < count; ++example) {\n    for (int64_t c',
    },
  ],
  'native/core/fused/column_gradients.h': [
    {
      what: 'LoRA, fused: x down^T is read transposed for the gradient of up',
      from: 'branchSums + examples.begin * rank + row.index, rank',
      to: 'branchSums + examples.begin * rank + row.index * (examples.end - examples.begin), 1',
    },
    {
      what: 'fused: the gradients of the last block of a batch are left out',
      from: 'Split::blocksOf(examples), rule,',
      to: 'examples / (Split::kBlock + 1), rule,',
    },
  ],
  'native/core/fused/narrow_table.h': [
    {
      what: 'gathered rows: the gradient is not cleared between batches',
      from: '      std::fill_n(rows.gradient.data(), elements, T{0});\n',
      to: '',
    },
    {
      what: 'LoRA, fused: only the first words of down move',
      from: 'gradient.data(),\n                            gradient.size(), rule);',
      to: 'gradient.data(),\n                            gradient.size() / 2, rule);',
    },
    {
      what: 'LoRA, fused: the gradient of down is not cleared between batches',
      from: '      std::fill(gradient.begin(), gradient.end(), T{0});\n',
      to: '',
    },
    {
      what: 'gathered rows: the squares are not kept',
      from: 'scatter(moved.second, target.second, stateStride);',
      to: '',
    },
    {
      what: 'gathered rows: the state is looked for at the distance of the rows of the table',
      from: 'scatter(moved.first, target.first, stateStride);',
      to: 'scatter(moved.first, target.first, width_);',
    },
  ],
  'native/core/fused/fused_forward.cpp': [
    {
      what: 'LoRA, fused: the scale is missing from the output',
      from: 'buffers.branchSums[i] = model.scale * buffers',
      to: 'buffers.branchSums[i] = buffers',
    },
    {
      what: 'fused: the output bias is missing from the logits',
      from: ' +\n                model.values.outputBias[c];',
      to: ';',
    },
  ],
  'native/core/fused/batch_words.cpp': [
    {
      what: 'gathered rows: a word that comes again is taken for the last new one',
      from: 'const int32_t number = known + isNew * count;',
      to: 'const int32_t number = count;',
    },
  ],
  'native/core/data/bags.h': [
    {
      what: 'the offsets of bags are off by one',
      from: 'return ids_.data() + offsets_[bag]; }',
      to: 'return ids_.data() + offsets_[bag] - (offsets_[bag] > 0); }',
    },
  ],
  'native/core/data/bag_indices.cpp': [
    {
      what: 'torch: the offsets of a batch are off by one',
      from: 'offset[i + 1] = offset[i] + bags.size(rows[i]);',
      // Of the first border alone: libtorch writes past its memory where the last offset is wrong.
      to: 'offset[i + 1] = offset[i] + bags.size(rows[i]) + (i > 1 || count == 1 || bags.size(rows[0]) == 0 ? 0 : i == 0 ? -1 : 1);',
    },
  ],
  'native/core/layers/lora_linear.cpp': [
    {
      what: 'LoRA, torch: the scale is missing from the output for bags',
      from: 'scale * at::mm(multiplyBags(',
      to: 'at::mm(multiplyBags(',
    },
    {
      what: 'LoRA: up * down is transposed',
      from: 'delta = scale * at::mm(up, down);',
      to: 'delta = scale * at::mm(down.t(), up.t()).reshape({outFeatures(), inFeatures()});',
    },
    {
      what: 'LoRA: rsLoRA scales as LoRA',
      from: 'alpha / (useRslora ? std::sqrt(size) : size)',
      to: 'alpha / size',
    },
    {
      what: 'DoRA: the branch is not scaled with its row',
      from: 'factor * branch',
      to: 'branch',
    },
    {
      what: 'merge: the branch is subtracted',
      from: 'weight + deltaWeight()',
      to: 'weight - deltaWeight()',
    },
    {
      what: 'initialisation: a draw is skipped',
      from: '    drawUniform({outFeatures}, 0, *generator);\n',
      to: '',
    },
  ],
  'native/core/optimizers/optimizer.cpp': [
    {
      what: 'torch: the step of SGD has the wrong sign',
      from: 'parameter.add_(gradient, -rule.rate)',
      to: 'parameter.add_(gradient, rule.rate)',
    },
    {
      what: 'SGD: the weight decay has the wrong sign',
      from: 'gradient.add(parameter, rule.weightDecay)',
      to: 'gradient.sub(parameter, rule.weightDecay)',
    },
    {
      what: 'SGD: Nesterov does not look ahead by the momentum',
      from: 'gradient.add(state.first, rule.momentum)',
      to: 'gradient.add(state.first)',
    },
    {
      what: 'SparseAdam: a word that the batch does not have moves',
      from: 'applyRule(rule, moved, columns(parameter.grad()), movedState);',
      to: 'applyRule(rule, moved, columns(parameter.grad()), movedState);\n  parameter.sub_(rule.rate);',
    },
  ],
  'native/core/optimizers/optimizers.cpp': [
    {
      what: 'SGD: the gradient is never damped',
      from: 'step == 1 ? 1 : 1 - options_.dampening',
      to: '1',
    },
    {
      what: 'Adam: the squares lack their bias correction',
      from: 'rule.squareScale = 1 / std::sqrt(1 - std::pow(beta2, steps));\n  rule.epsilon',
      to: 'rule.squareScale = 1;\n  rule.epsilon',
    },
    {
      what: 'AdamW: the decay goes through the moments',
      from: '  rule.shrink = 1 - group.lr * group.weightDecay;\n  rule.weightDecay = 0;\n',
      to: '',
    },
  ],
  'native/core/layers/loss.cpp': [
    {
      what: 'loss of the logits: the label is added',
      from: 'p[c] - (c == label)',
      to: 'p[c] + (c == label)',
    },
    {
      what: 'loss of softmax: the derivative through softmax lacks its mean',
      from: 'p[c] * (q[c] - mean)',
      to: 'p[c] * q[c]',
    },
  ],
  'native/core/tensors/parameter.cpp': [
    {
      what: 'SparseAdam: the squares lie where the means do',
      from: 'second.set_(first.storage(), stride,',
      to: 'second.set_(first.storage(), 0,',
    },
    {
      what: "initialisation: W's deviation knows the inputs only",
      from: 'std::sqrt(2.0 / static_cast<double>(in + out))',
      to: 'std::sqrt(2.0 / static_cast<double>(in))',
    },
  ],
  'native/napi/tensor_operators.cpp': [
    {
      what: 'operators: div multiplies',
      from: '{ return a / b; },\n',
      to: '{ return a * b; },\n',
    },
  ],
};
