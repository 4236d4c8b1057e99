import { isDeepStrictEqual } from 'node:util';
import { ImdbTorchError } from '../errors.js';
import { listClasses } from '../model/adapter_task.js';
import type { ClassifierModel } from '../model/classifier_model.js';
import { loadModule, loadParameters, type Module, type ModuleParameter } from '../model/parameters.js';
import type { LayerName } from '../storage/adapter.js';
import type { StoredTensor } from '../storage/stored_tensor.js';

/** The model that fine-tuning starts from. */
export interface FineTuningBase {
  /** Its parameters by name, and perhaps the weights of its features. */
  base?: ReadonlyMap<string, StoredTensor> | undefined;
  /** Whether its output layer is of other classes, so that a new one is trained from the start in its place. */
  newOutput?: boolean | undefined;
}

/**
 * Gives a new model the parameters of a base. A new output layer stays as it was drawn from the seed, which is how PyTorch
 * draws an `nn.Linear`.
 * @throws ImdbTorchError ERR_SAFETENSORS when one is missing or has another shape
 */
export function loadBase(model: ClassifierModel, base: ReadonlyMap<string, StoredTensor>, newOutput = false): void {
  if (!newOutput) {
    loadModule(model, base);
    return;
  }
  const names = ['fc1.weight', 'fc1.bias'] as const;
  loadParameters(model, new Map(names.map((name) => [name, base.get(name)])));
}

/** Returns the parameters of a base, bit for bit, without the weights of its features. */
export function moduleOfBase(base: ReadonlyMap<string, StoredTensor>): Module {
  const parameters: readonly ModuleParameter[] = ['fc1.weight', 'fc1.bias', 'fc2.weight', 'fc2.bias'];
  return new Map([...base].filter(([name]) => parameters.some((each) => each === name)));
}

/**
 * Whether reviews are of other classes than a base, whose output layer a new one is then trained beside.
 * @param path the run of the base, for messages
 * @throws ImdbTorchError ERR_USAGE where the classes are the same in another order, or others and the output layer is to have
 *   a branch, which needs weights to stand beside
 */
export function needsNewOutput(
  path: string,
  ofBase: readonly string[],
  classes: readonly string[],
  { target }: { readonly target: readonly LayerName[] },
): boolean {
  if (isDeepStrictEqual(ofBase, classes)) return false;
  const [expected, found] = [listClasses(ofBase), listClasses(classes)];
  if (isDeepStrictEqual(ofBase.toSorted(), classes.toSorted())) {
    throw new ImdbTorchError(
      'ERR_USAGE',
      `Expected the classes ${expected}, in the order that ${path} has, but these reviews have ${found}; ` +
        'name them by --labels in that order.',
    );
  }
  if (!target.includes('fc2')) return true;
  throw new ImdbTorchError(
    'ERR_USAGE',
    `Expected --target fc1 with reviews of the classes ${found}, as ${path} has ${expected}: the output layer is a new one ` +
      'that is trained whole, and has no weights for a branch to stand beside; leave fc2 out.',
  );
}
