/** An error that reads out of bounds, which the sanitizers have to report; see test_sanitize.mjs. */
export const plantedRead = {
  what: 'sumRows: an id too many is read',
  file: 'native/kernels/loops.inl',
  from: 'for (int64_t j = 0; j < count; ++j) {\n    if (j + kIdsAhead',
  to: 'for (int64_t j = 0; j <= count; ++j) {\n    if (j + kIdsAhead',
};

/** Errors to plant in the loops of the kernels, by file; see mutations.mjs. */
export const plantedInKernels = {
  'native/kernels/loops.inl': [
    {
      what: 'sumRows: the last word of a bag is skipped',
      from: 'for (int64_t j = 0; j < count; ++j) {\n    if (j + kIdsAhead',
      to: 'for (int64_t j = 0; j < count - 1; ++j) {\n    if (j + kIdsAhead',
    },
    {
      what: 'sumRows: the bias has the wrong sign',
      from: 'sum[k] + load(bias + k * kLanes)',
      to: 'sum[k] - load(bias + k * kLanes)',
    },
    {
      what: 'updateRows: the first example of a word is skipped (an offset off by one)',
      from: 'int32_t j = groups.starts[g]; j',
      to: 'int32_t j = groups.starts[g] + 1; j',
    },
    {
      what: 'updateRows: the last word of a batch is skipped',
      from: 'for (int64_t g = 0; g < groups.count; ++g)',
      to: 'for (int64_t g = 0; g < groups.count - 1; ++g)',
    },
    {
      what: 'tiles: the last tile of columns is skipped where there are several',
      from: 'const int64_t tile = (left + tiles - 1) / tiles;',
      to: 'if (tiles == 1 && begin > columns.begin) return;\n    const int64_t tile = (left + tiles - 1) / tiles;',
    },
    {
      what: 'tiles: the last vector of columns is skipped',
      from: 'int64_t left = (columns.end - columns.begin) / lanes<T>;',
      to: 'int64_t left = (columns.end - columns.begin) / lanes<T> - 1;',
    },
    {
      what: 'values, fused: they are missing from the sums',
      from: 'sum[k] += static_cast<T>(*value) * load(',
      to: 'sum[k] += load(',
    },
    {
      what: 'stepRow: the coefficients are missing',
      from: 'sum[k] += coefficient * load(',
      to: 'sum[k] += load(',
    },
    {
      what: 'LoRA: the last rank is skipped',
      from: 'for (int64_t r = 0; r < count; ++r) sum += factors[r]',
      to: 'for (int64_t r = 0; r < count - 1; ++r) sum += factors[r]',
    },
    {
      what: 'ReLU is missing',
      from: 'store(out + c, sum < bound ? bound : sum);',
      to: 'store(out + c, sum);',
    },
    {
      what: 'the derivative of ReLU is missing',
      from: 'load(hidden + c) > zero ? sum : zero',
      to: 'load(hidden + c) >= zero ? sum : zero',
    },
    {
      what: 'dot: the last vector is skipped',
      from: 'for (int64_t i = 0; i < count; i += lanes<T>) sum += load(a + i)',
      to: 'for (int64_t i = 0; i < count - lanes<T>; i += lanes<T>) sum += load(a + i)',
    },
  ],
  'native/kernels/narrow_loops.inl': [
    {
      what: 'sumNarrowRows: the last word is skipped at rank 1',
      from: 'for (; ids < end; ++ids) sum[0] += table[*ids];',
      to: 'for (; ids + 1 < end; ++ids) sum[0] += table[*ids];',
    },
    {
      what: 'sumNarrowRows: down is read transposed at higher ranks',
      from: 'sum[r] += factor * table[int64_t{*id} * columns + r];',
      to: 'sum[r] += factor * table[int64_t{*id} + r];',
    },
    {
      what: 'scatterAddRows: the last word is skipped',
      from: 'for (const int32_t* id = ids; id < end; ++id) {\n      if (id + kIdsAhead < end) __builtin_prefetch(table + int64_t{id[kIdsAhead]} * columns, 1);',
      to: 'for (const int32_t* id = ids; id + 1 < end; ++id) {',
    },
    {
      what: 'gatherRows: every word gets the row of the first',
      from: 'rows[k] = table[place];',
      to: 'rows[k] = table[words[0] * stride + k % width];',
    },
    {
      what: 'scatterRows: the last word of a batch is skipped',
      from: '{ table[place] = rows[k]; }',
      to: '{ if (k < (count - 1) * width) table[place] = rows[k]; }',
    },
    {
      what: 'scatterAddRows: every rank gets the gradient of the first',
      from: 'table[int64_t{*id} * columns + r] += factor * row[r];',
      to: 'table[int64_t{*id} * columns + r] += factor * row[0];',
    },
  ],
  'native/kernels/step_loops.inl': [
    {
      what: 'plain SGD, fused: the step has the wrong sign',
      from: 'load(target.value) - rule.rate * gradient);\n    return;',
      to: 'load(target.value) + rule.rate * gradient);\n    return;',
    },
    {
      what: 'plain SGD, fused: the learning rate is missing',
      from: 'load(target.value) - rule.rate * gradient);\n    return;',
      to: 'load(target.value) - gradient);\n    return;',
    },
    {
      what: 'Nesterov, fused: it does not look ahead by the momentum',
      from: 'gradient + rule.momentum * first',
      to: 'gradient + first',
    },
    {
      what: 'weight decay, fused: it has the wrong sign',
      from: 'gradient += rule.weightDecay * value',
      to: 'gradient -= rule.weightDecay * value',
    },
    {
      what: 'AdamW, fused: the weight does not shrink',
      from: 'value = rule.shrink * load(target.value)',
      to: 'value = load(target.value)',
    },
    {
      what: 'Adam, fused: the squares are not decayed',
      from: 'rule.squareDecay * load(target.second)',
      to: 'load(target.second)',
    },
  ],
};
