import type { LayerName } from '../storage/adapter.js';
import { outputLayerOf, outputsOf, type ModelShapes } from '../storage/adapter_outputs.js';
import { emptyTensor, type StoredTensor } from '../storage/stored_tensor.js';
import { branchesOf, deltaOf, replaces, sumReplaced, type ScaledAdapter } from './adapter_algebra.js';
import type { ClassifierModel } from './classifier_model.js';
import { Tensor } from './native.js';
import { plus, scaled } from './numbers/stored_matrices.js';
import { moduleParameters, parameterShapes, readTensor, type ModuleParameter } from './parameters.js';

/** The parameters of a model as they are before adapters change them, and what adapters make of them. */
export class BaseParameters {
  readonly shapes: ModelShapes;
  readonly #model: ClassifierModel;
  /** The weight of the hidden layer, which is large, is there once an adapter replaces it. */
  readonly #kept = new Map<ModuleParameter, StoredTensor>();

  constructor(model: ClassifierModel) {
    this.#model = model;
    this.shapes = parameterShapes(model);
    for (const [name, tensor] of moduleParameters(model)) {
      if (name !== 'fc1.weight') this.#kept.set(name, readTensor(tensor));
    }
  }

  /** The names of the parameters that are kept here: all, but for the weight of the hidden layer at first. */
  get names(): ModuleParameter[] {
    return [...this.#kept.keys()];
  }

  /** Returns the number of outputs with adapters that agree on their classes. */
  outputsWith([first]: readonly ScaledAdapter[]): number {
    return first?.adapter.classes?.length ?? outputsOf(this.shapes);
  }

  /** Returns a handle on the weight of a layer. */
  weightOf(layer: LayerName): Tensor {
    const kept = this.#kept.get(`${layer}.weight`);
    return kept === undefined ? this.#model.parameters['fc1.weight'].detach() : Tensor.from(kept.data, kept.shape);
  }

  /** Returns the parameters that adapters replace, added up. */
  replacedBy(adapters: readonly ScaledAdapter[]): Map<ModuleParameter, StoredTensor> {
    this.#keepHiddenWeight(adapters);
    const replaced = [...this.#kept.keys()].filter((name) => replaces(adapters, name));
    return new Map(replaced.map((name) => [name, this.#sumReplaced(name, adapters)]));
  }

  /**
   * Returns the parameters with all that adapters change, except for the branch of the hidden layer. The weight of that is
   * left out while no adapter has replaced it.
   */
  with(adapters: readonly ScaledAdapter[]): Map<ModuleParameter, StoredTensor> {
    this.#keepHiddenWeight(adapters);
    return new Map(Array.from(this.#kept.keys(), (name) => [name, this.#parameterWith(name, adapters)]));
  }

  #keepHiddenWeight(adapters: readonly ScaledAdapter[]): void {
    if (!replaces(adapters, 'fc1.weight') || this.#kept.has('fc1.weight')) return;
    this.#kept.set('fc1.weight', readTensor(this.#model.parameters['fc1.weight']));
  }

  /** Returns a parameter with what adapters replace. Of an output layer of another height there is no base to start from. */
  #sumReplaced(name: ModuleParameter, adapters: readonly ScaledAdapter[]): StoredTensor {
    const base = this.#kept.get(name);
    if (base === undefined) throw new Error(`Expected ${name} to be kept.`);
    const outputs = this.outputsWith(adapters);
    const isOwn = name.startsWith(outputLayerOf(this.shapes)) && outputs !== outputsOf(this.shapes);
    return sumReplaced(name, isOwn ? emptyTensor(base.dtype, [outputs, ...base.shape.slice(1)]) : base, adapters);
  }

  #parameterWith(name: ModuleParameter, adapters: readonly ScaledAdapter[]): StoredTensor {
    const [layer, kind] = name.split('.') as [LayerName, 'weight' | 'bias'];
    const own = this.#sumReplaced(name, adapters);
    const branches = branchesOf(layer, adapters);
    if (kind === 'bias') {
      return branches
        .flatMap(({ branch: { bias }, factor }) => (bias === null ? [] : [scaled(factor, bias)]))
        .reduce(plus, own);
    }
    if (layer === 'fc1') return own;
    using weight = this.weightOf(layer);
    return branches.map((branch) => deltaOf(weight, branch)).reduce(plus, own);
  }
}
