import { aBoolean, aNumber, fields, listOf, oneOf, orNull } from '../arguments.js';
import { ImdbTorchError } from '../errors.js';
import { Adam, AdamW, Sgd, SparseAdam, type Optimizer, type OptimizerParameters } from '../model/native.js';
import { optimizerNames, type OptimizerOptions } from './optimizer_options.js';

const checkOptions = fields({
  optimizer: oneOf(...optimizerNames),
  lr: aNumber,
  momentum: aNumber,
  nesterov: aBoolean,
  weightDecay: aNumber,
  betas: orNull(listOf(aNumber)),
  eps: orNull(aNumber),
});

/**
 * @param parameters those to train, or groups of them with learning rates of their own
 * @throws ImdbTorchError ERR_USAGE for dual coordinate descent, which has no steps
 */
export function createOptimizer(options: OptimizerOptions, parameters: OptimizerParameters): Optimizer {
  checkOptions(options, 'options');
  const { optimizer, lr, momentum, nesterov, weightDecay, betas, eps } = options;
  const moments = { ...(betas !== null && { betas }), ...(eps !== null && { eps }) };
  switch (optimizer) {
    case 'sgd':
      return new Sgd(parameters, { lr, momentum, nesterov, weightDecay });
    case 'adam':
      return new Adam(parameters, { lr, weightDecay, ...moments });
    case 'adamw':
      return new AdamW(parameters, { lr, weightDecay, ...moments });
    case 'sparse-adam':
      return new SparseAdam(parameters, { lr, ...moments });
    case 'dual-coordinate-descent':
      throw new ImdbTorchError(
        'ERR_USAGE',
        'Expected an optimizer that steps batch by batch but received dual-coordinate-descent, which is for full training of linear models; choose sparse-adam.',
      );
  }
}
