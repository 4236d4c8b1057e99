import { aNumber, aString, fields, listOf, optional, orNull } from '../arguments.js';
import { ImdbTorchError } from '../errors.js';
import { anAdapter, writeAdapter, type Adapter } from '../storage/adapter.js';
import { findAdapterProblems, readAdapter } from '../storage/read_adapter.js';
import {
  branchesOf,
  joinBranches,
  setBranch,
  usageError,
  withoutPissa,
  type Combination,
  type ScaledAdapter,
} from './adapter_algebra.js';
import { fittedBeside, recordsFit } from './adapter_calibration.js';
import { combineAdapters } from './adapter_combination.js';
import { agreeOnTask, assertOfBase, type AdapterTask } from './adapter_task.js';
import { BaseParameters } from './base_parameters.js';
import type { ClassifierModel } from './classifier_model.js';
import { aModel, checkCombination } from './expected.js';
import { loadParameters } from './parameters.js';

const checkOptions = fields({
  sharedWith: optional(listOf(aString)),
  baseSha256: optional(orNull(aString)),
  classes: optional(listOf(aString)),
});
const checkNames = listOf(aString);

export interface AdapterSetOptions {
  /** SHA-256 of the safetensors file of the base: adapters of another one are refused. Null: not known. */
  baseSha256?: string | null;
  /** The names of the model's outputs, which are those of adapters that name none. Without them: not known. */
  classes?: readonly string[] | undefined;
  /**
   * Which adapters were in use when the parameters were shared: other threads compute with the same ones, which then stay
   * as they are. Without it: the parameters are the set's own. @internal
   */
  sharedWith?: readonly string[];
}

export interface CombineOptions {
  adapters: readonly string[];
  /** A factor for each adapter, which may be negative. */
  weights: readonly number[];
  /** Default: `svd`. */
  combination?: Combination;
  /** The rank for `svd`; default: the largest among the adapters. */
  rank?: number;
}

/**
 * Adapters by name on one model, of which none, one or several are in use: what PEFT's `PeftModel` does with
 * `add_adapter`, `set_adapter`, `disable_adapter`, `set_scale`, `delete_adapter`, `add_weighted_adapter`,
 * `merge_adapter` and `unmerge_adapter`. What they change adds up; a replaced parameter counts as its difference from
 * the base's, which PEFT has only for one adapter at a time. An adapter that names its classes may have another number of
 * outputs than the base: an output layer of its own, which counts as it is.
 *
 * The model's parameters as they are when the set is made are the base. The branch on the hidden layer stays a branch
 * until it is merged; what else adapters change is computed into the parameters.
 */
export class AdapterSet {
  readonly #model: ClassifierModel;
  readonly #isShared: boolean;
  readonly #baseSha256: string | null;
  readonly #classes: readonly string[] | undefined;
  readonly #base: BaseParameters;
  readonly #adapters = new Map<string, ScaledAdapter>();
  #active: readonly string[] = [];
  #task: AdapterTask | null = null;

  /** @param model stays the caller's; its branch is to be off, its parameters are this set's business from now on */
  constructor(model: ClassifierModel, options: AdapterSetOptions = {}) {
    aModel(model, 'model');
    checkOptions(options, 'options');
    const { baseSha256 = null, classes, sharedWith } = options;
    this.#model = model;
    this.#isShared = sharedWith !== undefined;
    this.#active = sharedWith ?? [];
    this.#baseSha256 = baseSha256;
    this.#classes = classes;
    this.#base = new BaseParameters(model);
  }

  get names(): string[] {
    return [...this.#adapters.keys()];
  }

  /** The names of the adapters in use. */
  get active(): readonly string[] {
    return this.#active;
  }

  /** What the outputs stand for with the adapters in use; null without one. */
  get task(): AdapterTask | null {
    return this.#task;
  }

  /** Whether the branch of the adapters in use is merged into the hidden layer. */
  get merged(): boolean {
    return this.#model.hidden.merged;
  }

  /** @throws ERR_USAGE when there is none of this name */
  get(name: string): Adapter {
    aString(name, 'name');
    return this.#scaledAdapter(name).adapter;
  }

  /**
   * Adds an adapter, which is not in use yet.
   * @throws ERR_USAGE when the name is taken or while merged; ERR_RUN when the adapter belongs to another base or does
   *   not fit, saying all that is wrong with its tensors
   */
  add(name: string, adapter: Adapter): void {
    aString(name, 'name');
    anAdapter(adapter, 'adapter');
    this.#assertUnmerged();
    if (this.#adapters.has(name)) throw usageError(`Expected a new name but there is an adapter ${name} already`);
    assertOfBase(name, adapter, this.#baseSha256);
    const problems = findAdapterProblems(adapter, this.#base.shapes);
    if (problems.length > 0) {
      throw new ImdbTorchError('ERR_RUN', `Expected an adapter that fits this model: ${problems.join('; ')}.`);
    }
    this.#adapters.set(name, { adapter: withoutPissa(adapter, (layer) => this.#base.weightOf(layer)), scale: 1 });
  }

  /**
   * Adds the adapter of a folder that this package or PEFT has written, with what was fitted for it: what its file records,
   * else what the run says that it is from.
   * @returns the keys of its configuration that are not known here and were left out of account
   * @throws what `readAdapter` and `add` throw
   */
  async load(name: string, folder: string): Promise<readonly string[]> {
    aString(name, 'name');
    aString(folder, 'folder');
    const { unknownKeys, ...adapter } = await readAdapter(folder, this.#base.shapes);
    const known = { baseSha256: this.#baseSha256 ?? adapter.baseSha256, classes: this.#classes };
    const fitted = recordsFit(adapter) ? null : await fittedBeside(folder, adapter, known);
    this.add(name, { ...adapter, ...fitted });
    return unknownKeys;
  }

  /** Writes an adapter as PEFT does, with the hash of the base where that is known. */
  async save(name: string, folder: string): Promise<void> {
    aString(folder, 'folder');
    const adapter = this.get(name);
    await writeAdapter(folder, { ...adapter, baseSha256: adapter.baseSha256 ?? this.#baseSha256 });
  }

  /**
   * Uses these adapters and no others; without names, the base alone.
   * @throws ERR_USAGE when one is missing, when they do not agree on their classes, when several are to share the hidden
   *   layer and one has DoRA, or while merged; nothing has changed then
   */
  use(...names: readonly string[]): void {
    checkNames(names, 'names');
    this.#assertUnmerged();
    const chosen = names.map((name) => this.#scaledAdapter(name));
    const task = this.#taskOf(names);
    const branch = joinBranches(branchesOf('fc1', chosen));
    const parameters = this.#base.with(chosen);
    this.#model.setOutputs(this.#base.outputsWith(chosen));
    loadParameters(this.#model, parameters);
    if (branch !== null) {
      setBranch(this.#model.hidden, branch, Math.max(...chosen.map(({ adapter }) => adapter.dropout)));
      this.#model.renewBranches();
    }
    this.#model.hidden.loraEnabled = branch !== null;
    this.#active = [...names];
    this.#task = task;
  }

  /**
   * Sets the factor of all that an adapter changes, 1 at first; it counts at once where the adapter is in use. What was
   * fitted for the adapter counts with 1 only.
   * @throws ERR_USAGE when there is none of this name, or while merged; a RangeError unless `scale` is finite
   */
  setScale(name: string, scale: number): void {
    aString(name, 'name');
    aNumber(scale, 'scale');
    if (!Number.isFinite(scale)) throw new RangeError(`Expected a finite scale but received ${scale}.`);
    this.#assertUnmerged();
    this.#scaledAdapter(name).scale = scale;
    this.use(...this.#active);
  }

  /** Removes an adapter, which may be in use. @throws ERR_USAGE when there is none of this name, or while merged */
  delete(name: string): void {
    aString(name, 'name');
    this.#scaledAdapter(name);
    this.use(...this.#active.filter((active) => active !== name));
    this.#adapters.delete(name);
  }

  /**
   * Adds the weighted sum of adapters as a new adapter, with their classes. Its logits are others than theirs, so that nothing
   * is fitted for it.
   * @throws ERR_USAGE when the name is taken, an adapter is missing or has DoRA, they do not agree on their classes, one
   *   replaces a layer on which another has a branch, weights are not one finite number for each, or ranks differ with
   *   `linear`
   */
  combine(name: string, options: CombineOptions): void {
    aString(name, 'name');
    checkCombination(options, 'options');
    const { adapters, weights, combination = 'svd', rank } = options;
    if (adapters.length === 0 || weights.length !== adapters.length || !weights.every(Number.isFinite)) {
      throw usageError('Expected adapters and a finite weight for each');
    }
    const chosen = adapters.map((each, index) => {
      const { adapter, scale } = this.#scaledAdapter(each);
      return { adapter, scale: scale * Number(weights[index]) };
    });
    const classes = this.#taskOf(adapters)?.classes;
    this.add(name, {
      branches: combineAdapters(chosen, combination, rank),
      useRslora: false,
      dropout: 0,
      pissa: false,
      replaced: this.#base.replacedBy(chosen),
      ...(classes && adapters.some((each) => this.get(each).classes) && { classes }),
      calibration: null,
      baseSha256: this.#baseSha256,
    });
  }

  /**
   * Adds the branch of the adapters in use to the weight of the hidden layer: the same outputs at the cost of a plain
   * layer.
   * @throws ERR_NON_FINITE when a weight would not be finite, and nothing has changed then; ERR_USAGE while merged
   */
  merge(): void {
    this.#assertUnmerged();
    const broken = this.#base.names.filter((name) => !this.#model.parameters[name]?.isFinite());
    if (broken.length > 0) {
      throw new ImdbTorchError(
        'ERR_NON_FINITE',
        `Expected finite weights but ${broken.join(', ')} would have a NaN or an infinity; the adapter is broken.`,
      );
    }
    if (this.#model.hidden.loraEnabled) this.#model.hidden.merge({ keepAdapter: true });
  }

  /** Undoes `merge`, bit by bit. */
  unmerge(): void {
    if (this.merged) this.#model.hidden.unmerge();
  }

  #scaledAdapter(name: string): ScaledAdapter {
    const adapter = this.#adapters.get(name);
    if (adapter !== undefined) return adapter;
    throw usageError(`Expected one of the adapters ${this.names.join(', ')} but received ${name}`);
  }

  #taskOf(names: readonly string[]): AdapterTask | null {
    const named = names.map((name) => ({ name, ...this.#scaledAdapter(name) }));
    return agreeOnTask(named, this.#classes);
  }

  #assertUnmerged(): void {
    if (this.#isShared) {
      throw usageError('Expected a model of its own but this one is shared between threads; open the run here, too');
    }
    if (this.merged) throw usageError('Expected adapters that are not merged; call unmerge() first');
  }
}
