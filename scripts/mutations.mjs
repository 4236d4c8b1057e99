/** Errors to plant in the native code: `from` occurs once in `file` and becomes `to`. None reads out of bounds. */
const loops = 'native/kernels/loops.inl';
const narrow = 'native/kernels/narrow_loops.inl';
const stepLoops = 'native/kernels/step_loops.inl';
const pass = 'native/core/fused_pass.cpp';
const training = 'native/core/fused_training.cpp';
const steps = 'native/core/fused_steps.cpp';
const lora = 'native/core/lora_linear.cpp';
const loss = 'native/core/loss.cpp';
const optimizer = 'native/core/optimizer.cpp';
const optimizers = 'native/core/optimizers.cpp';
const parameter = 'native/core/parameter.cpp';

export const mutations = [
  {
    what: 'sumRows: the last word of a bag is skipped',
    file: loops,
    from: 'for (int64_t j = 0; j < count; ++j) {\n    if (j + kIdsAhead',
    to: 'for (int64_t j = 0; j < count - 1; ++j) {\n    if (j + kIdsAhead',
  },
  {
    what: 'sumRows: the bias has the wrong sign',
    file: loops,
    from: 'sum[k] + load(bias + k * kLanes)',
    to: 'sum[k] - load(bias + k * kLanes)',
  },
  {
    what: 'plain SGD, fused: the step has the wrong sign',
    file: loops,
    from: 'load(value + k * kLanes) - rule.rate * gradient[k]',
    to: 'load(value + k * kLanes) + rule.rate * gradient[k]',
  },
  {
    what: 'plain SGD, fused: the learning rate is missing',
    file: loops,
    from: 'load(value + k * kLanes) - rule.rate * gradient[k]',
    to: 'load(value + k * kLanes) - gradient[k]',
  },
  {
    what: 'updateRows: the first example of a word is skipped (an offset off by one)',
    file: loops,
    from: 'int32_t j = groups.starts[g]; j',
    to: 'int32_t j = groups.starts[g] + 1; j',
  },
  {
    what: 'updateRows: the last word of a batch is skipped',
    file: loops,
    from: 'for (int64_t g = 0; g < groups.count; ++g)',
    to: 'for (int64_t g = 0; g < groups.count - 1; ++g)',
  },
  {
    what: 'tiles: the last tile of columns is skipped where there are several',
    file: loops,
    from: 'const int64_t tile = (left + tiles - 1) / tiles;',
    to: 'if (tiles == 1 && f.begin > columns.begin) return;\n    const int64_t tile = (left + tiles - 1) / tiles;',
  },
  {
    what: 'tiles: the last vector of columns is skipped',
    file: loops,
    from: 'int64_t left = (columns.end - columns.begin) / lanes<T>;',
    to: 'int64_t left = (columns.end - columns.begin) / lanes<T> - 1;',
  },
  {
    what: 'sumNarrowRows: the last word is skipped at rank 1',
    file: narrow,
    from: 'for (; ids < end; ++ids) sum[0] += table[*ids];',
    to: 'for (; ids + 1 < end; ++ids) sum[0] += table[*ids];',
  },
  {
    what: 'sumNarrowRows: B is read transposed at higher ranks',
    file: narrow,
    from: 'out[r] += value * table[*ids * width + r];',
    to: 'out[r] += value * table[*ids + r];',
  },
  {
    what: 'addToNarrowRows: every rank gets the gradient of the first',
    file: narrow,
    from: 'table[*ids * width + r] += value * row[r];',
    to: 'table[*ids * width + r] += value * row[0];',
  },
  {
    what: 'values, fused: they are missing from the sums',
    file: loops,
    from: 'sum[k] += static_cast<T>(*value) * load(',
    to: 'sum[k] += load(',
  },
  {
    what: 'Nesterov, fused: it does not look ahead by the momentum',
    file: stepLoops,
    from: 'gradient + rule.momentum * first',
    to: 'gradient + first',
  },
  {
    what: 'weight decay, fused: it has the wrong sign',
    file: stepLoops,
    from: 'gradient += rule.weightDecay * value',
    to: 'gradient -= rule.weightDecay * value',
  },
  {
    what: 'AdamW, fused: the weight does not shrink',
    file: stepLoops,
    from: 'value = rule.shrink * load(target.value)',
    to: 'value = load(target.value)',
  },
  {
    what: 'Adam, fused: the squares are not decayed',
    file: stepLoops,
    from: 'rule.squareDecay * load(target.second)',
    to: 'load(target.second)',
  },
  {
    what: 'Adam, fused: rows that a batch lacks stay',
    file: training,
    from: 'return !plan.movesBatchWordsOnly && plan',
    to: 'return false && plan',
  },
  {
    what: 'clipping, fused: the words do not count',
    file: steps,
    from: 'squaresOfColumns(batch, plan) + ofWords',
    to: 'squaresOfColumns(batch, plan)',
  },
  {
    what: 'stepRow: the coefficients are missing',
    file: loops,
    from: 'sum[k] += coefficient * load(',
    to: 'sum[k] += load(',
  },
  {
    what: 'LoRA: the last rank is skipped',
    file: loops,
    from: 'for (int64_t r = 0; r < count; ++r) sum += factors[r]',
    to: 'for (int64_t r = 0; r < count - 1; ++r) sum += factors[r]',
  },
  {
    what: 'ReLU is missing',
    file: loops,
    from: 'store(out + c, sum < bound ? bound : sum);',
    to: 'store(out + c, sum);',
  },
  {
    what: 'the derivative of ReLU is missing',
    file: loops,
    from: 'load(hidden + c) > zero ? sum : zero',
    to: 'load(hidden + c) >= zero ? sum : zero',
  },
  {
    what: 'dot: the last vector is skipped',
    file: loops,
    from: 'for (int64_t i = 0; i < count; i += lanes<T>) sum += load(a + i)',
    to: 'for (int64_t i = 0; i < count - lanes<T>; i += lanes<T>) sum += load(a + i)',
  },
  {
    what: 'LoRA, fused: the scale is missing from the output',
    file: pass,
    from: 'scratch_.branch[i] = model_.scale * sum;',
    to: 'scratch_.branch[i] = sum;',
  },
  {
    what: 'LoRA, fused: the scale is missing from the gradient of B',
    file: training,
    from: 'model_.scale * kernels_.dot(delta',
    to: 'kernels_.dot(delta',
  },
  {
    what: 'LoRA, fused: x B^T is read transposed for the gradient of A',
    file: steps,
    from: 'scratch_.branch.data() + r, rank, batch.count',
    to: 'scratch_.branch.data() + r * batch.count, 1, batch.count',
  },
  {
    what: 'LoRA, fused: only the first words of B move',
    file: steps,
    from: 'const auto [begin, end] = elementsOfB(wordRangesOf(member));',
    to: 'const auto [begin, end] = elementsOfB({0, member.index == 0 ? 1 : 0});',
  },
  {
    what: 'LoRA, fused: the gradient of B is not cleared between batches',
    file: steps,
    from: '    std::fill(gradient + begin, gradient + end, T{0});\n',
    to: '',
  },
  {
    what: 'fused: the mean of a batch is taken over a full one (last partial batch)',
    file: training,
    from: 'logitsDelta[c] /= static_cast<T>(batch.count);',
    to: 'logitsDelta[c] /= static_cast<T>(batchSize_);',
  },
  {
    what: 'fused: the last row of a batch is skipped for the output bias',
    file: steps,
    from: 'for (int64_t example = 0; example < count; ++example)\n      gradient[c] += scratch_.logitsDelta',
    to: 'for (int64_t example = 0; example + 1 < count; ++example)\n      gradient[c] += scratch_.logitsDelta',
  },
  {
    what: 'fused: the output bias is missing from the logits',
    file: pass,
    from: ' +\n                model_.values.outputBias[c];',
    to: ';',
  },
  {
    what: 'the offsets of bags are off by one',
    file: 'native/core/bags.h',
    from: 'return ids_.data() + offsets_[bag]; }',
    to: 'return ids_.data() + offsets_[bag] - (offsets_[bag] > 0); }',
  },
  {
    what: 'torch: the offsets of a batch are off by one',
    file: lora,
    from: 'offset[i + 1] = offset[i] + bags.size(rows[i]);',
    to: 'offset[i + 1] = offset[i] + bags.size(rows[i]) - (i + 1 < count && bags.size(rows[i]) > 0);',
  },
  {
    what: 'LoRA, torch: the scale is missing from the output for bags',
    file: lora,
    from: 'scale * at::mm(sumColumns(',
    to: 'at::mm(sumColumns(',
  },
  {
    what: 'LoRA: A B is transposed',
    file: lora,
    from: 'delta = scale * at::mm(A, B);',
    to: 'delta = scale * at::mm(B.t(), A.t()).reshape({outFeatures(), inFeatures()});',
  },
  {
    what: 'LoRA: rsLoRA scales as LoRA',
    file: lora,
    from: 'alpha / (useRslora ? std::sqrt(size) : size)',
    to: 'alpha / size',
  },
  {
    what: 'DoRA: the branch is not scaled with its row',
    file: lora,
    from: 'factor * branch',
    to: 'branch',
  },
  {
    what: 'merge: the branch is subtracted',
    file: lora,
    from: 'weight + deltaWeight()',
    to: 'weight - deltaWeight()',
  },
  {
    what: 'torch: the step of SGD has the wrong sign',
    file: optimizer,
    from: 'parameter.add_(gradient, -rule.rate)',
    to: 'parameter.add_(gradient, rule.rate)',
  },
  {
    what: 'SGD: the weight decay has the wrong sign',
    file: optimizer,
    from: 'gradient.add(parameter, rule.weightDecay)',
    to: 'gradient.sub(parameter, rule.weightDecay)',
  },
  {
    what: 'SGD: Nesterov does not look ahead by the momentum',
    file: optimizer,
    from: 'gradient.add(state.first, rule.momentum)',
    to: 'gradient.add(state.first)',
  },
  {
    what: 'SGD: the gradient is never damped',
    file: optimizers,
    from: 'step == 1 ? 1 : 1 - options_.dampening',
    to: '1',
  },
  {
    what: 'Adam: the squares lack their bias correction',
    file: optimizers,
    from: 'rule.squareScale = 1 / std::sqrt(1 - std::pow(beta2, steps));\n  rule.epsilon',
    to: 'rule.squareScale = 1;\n  rule.epsilon',
  },
  {
    what: 'AdamW: the decay goes through the moments',
    file: optimizers,
    from: '  rule.shrink = 1 - group.lr * group.weightDecay;\n  rule.weightDecay = 0;\n',
    to: '',
  },
  {
    what: 'SparseAdam: a word that the batch does not have moves',
    file: optimizer,
    from: 'applyRule(rule, moved, columns(parameter.grad()), movedState);',
    to: 'applyRule(rule, moved, columns(parameter.grad()), movedState);\n  parameter.sub_(rule.rate);',
  },
  {
    what: 'loss of the logits: the label is added',
    file: loss,
    from: 'p[c] - (c == label)',
    to: 'p[c] + (c == label)',
  },
  {
    what: 'loss of softmax: the derivative through softmax lacks its mean',
    file: loss,
    from: 'p[c] * (q[c] - mean)',
    to: 'p[c] * q[c]',
  },
  {
    what: "initialisation: W's deviation knows the inputs only",
    file: parameter,
    from: 'std::sqrt(2.0 / static_cast<double>(in + out))',
    to: 'std::sqrt(2.0 / static_cast<double>(in))',
  },
  {
    what: 'initialisation: a draw is skipped',
    file: lora,
    from: '  drawUniform({outFeatures}, 0, generator);\n',
    to: '',
  },
  {
    what: 'operators: div multiplies',
    file: 'native/napi/tensor_operators.cpp',
    from: '{ return a / b; },\n',
    to: '{ return a * b; },\n',
  },
];
