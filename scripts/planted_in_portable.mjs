/** Errors to plant in the portable engine, in what it shares with the others and in what it is opened with; see mutations.mjs. */
export const plantedInPortable = {
  'src/portable/numbers/sparse_sums.ts': [
    {
      what: 'portable: the bias of the first layer is missing',
      from: 'sums[column] += bias[column];',
      to: '',
    },
    {
      what: 'portable: values are divided by the square of their norm',
      from: 'gain / Math.sqrt(measure) : gain',
      to: 'gain / measure : gain',
    },
    {
      what: 'portable: the norm is of ones whatever the features weigh',
      from: 'normalize ? squares : 0',
      to: 'normalize ? length : 0',
    },
    {
      what: 'portable: a feature counts once however often it comes',
      from: 'counts === null ? weight : weight * counts[start + k]',
      to: 'weight',
    },
    {
      what: 'portable: the row of the feature before is taken',
      from: 'const row = ids[k] * width;',
      to: 'const row = Math.max(ids[k] - 1, 0) * width;',
    },
    {
      what: 'LoRA, portable: the scale is missing from what a branch adds',
      from: 'round(scale * round(factors[text * rank + r]))',
      to: 'round(factors[text * rank + r])',
    },
    {
      what: 'LoRA, portable: the scale is missing from the weight with a branch',
      from: 'return value + scale * sum;',
      to: 'return value + sum;',
    },
    {
      what: 'portable: ReLU is forgotten',
      from: 'if (!(input <= 0))',
      to: 'if (!Number.isNaN(input))',
    },
    {
      what: 'portable: the output bias is missing',
      from: 'let sum = bias[output];',
      to: 'let sum = 0;',
    },
  ],
  'src/portable/numbers/loss.ts': [
    {
      what: 'portable: the loss of softmax is that of the logits',
      from: "form === 'logits' ? sum : logSumExp(scores)",
      to: 'sum',
    },
    {
      what: 'portable: a prediction that is wrong counts as right',
      from: 'if (indexOfLargest(row) === label)',
      to: 'if (label >= 0)',
    },
  ],
  'src/portable/numbers/probabilities.ts': [
    {
      what: 'calibration: the bias of the sigmoid has the wrong sign',
      from: 'calibration.scale * difference + calibration.bias',
      to: 'calibration.scale * difference - calibration.bias',
    },
    {
      what: 'calibration: logits are multiplied by the temperature',
      from: 'row[k] /= calibration.temperature',
      to: 'row[k] *= calibration.temperature',
    },
  ],
  'src/portable/numbers/decision.ts': [
    {
      what: 'decision: the offsets have the wrong sign',
      from: 'Math.log(probability) + offsets',
      to: 'Math.log(probability) - offsets',
    },
  ],
  'src/portable/explanation.ts': [
    {
      what: 'explanation: effects have the wrong sign',
      from: 'subtract(whole, classifier.logOdds(some[k]))',
      to: 'subtract(classifier.logOdds(some[k]), whole)',
    },
  ],
  'src/portable/left_out_words.ts': [
    {
      what: 'explanation: the norm stays that of the whole text',
      from: 'changes.measure += this.#measureOf(after, count + difference) - this.#measureOf(before, count);',
      to: '',
    },
  ],
  'src/model/worked_in.ts': [
    {
      what: 'DoRA, portable: the scale is missing',
      from: '{ rank, scale });',
      to: '{ rank, scale: 1 });',
    },
    {
      what: 'DoRA, portable: rows keep their length',
      from: 'if (magnitude !== null)',
      to: 'if (magnitude === undefined)',
    },
  ],
  'src/storage/adapter.ts': [
    {
      what: 'rsLoRA, portable: it scales as LoRA',
      from: '(useRslora ? Math.sqrt(rank) : rank)',
      to: 'rank',
    },
  ],
  'src/text/bag_writer.ts': [
    {
      what: 'texts: a feature has the id of the one before',
      from: 'this.#ids[length++] = (k << 5) | lowestBit(left);',
      to: 'this.#ids[length++] = Math.max(((k << 5) | lowestBit(left)) - 1, 0);',
    },
  ],
};
