import { aNumber, aString, fields, onlyFields, oneOf, optional } from '../arguments.js';
import type { Engine } from '../../binding.js';
import { decisionNames, type DecisionName } from '../storage/model_description.js';
import { anOwnTokenizer, type OwnTokenizer } from '../text/tokens/own_tokenizer.js';

/** How a run directory is opened. */
export interface TextClassifierOptions {
  /**
   * `off`: the model alone; `on`: with the run's own adapter; `merged`: the merged model; else the folder of an
   * adapter that this package or PEFT has written for this model. Default: `merged` where the run has a merged model,
   * else `on` where it has an adapter.
   */
  adapter?: string | undefined;
  /**
   * `fitted`: the predicted class is chosen by the decision that the model has in `model.json`, where it has one;
   * `argmax`: it is the most probable one. Probabilities are the same. Default: `fitted`.
   */
  decision?: DecisionName | undefined;
  /**
   * What computes the layers: the addon's own kernels, or libtorch's operators, which take every adapter. Default: `auto`,
   * the kernels but for an adapter with DoRA.
   */
  engine?: 'auto' | Engine | undefined;
  /** Threads of the whole process; default: libtorch's choice. */
  threads?: number | undefined;
  /** The tokenizer that the model was trained with, where that is one of the program's own. */
  tokenizer?: OwnTokenizer | undefined;
}

const ofAllEngines = {
  adapter: optional(aString),
  decision: optional(oneOf(...decisionNames)),
  tokenizer: optional(anOwnTokenizer),
};

/** @throws TypeError */
export const checkOpening = fields({
  ...ofAllEngines,
  engine: optional(oneOf('auto', 'fused', 'torch')),
  threads: optional(aNumber),
});

/** @throws TypeError also for an engine or threads, between which the portable engine has no choice */
export const checkPortableOpening = onlyFields(ofAllEngines);
