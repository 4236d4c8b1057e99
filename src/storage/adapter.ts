import { aBoolean, aMap, aNumber, aString, anObject, fields, listOf, optional, orNull } from '../arguments.js';
import { join } from 'node:path';
import { writeFileAtomic } from '../system/atomic_file.js';
import { makeFolders } from '../system/make_folders.js';
import { writeSafetensors } from './safetensors.js';
import type { Calibration, Decision } from './model_description.js';
import type { StoredTensor } from './stored_tensor.js';

/** The folder of a run's adapter. */
export const adapterFolder = 'adapter';
export const adapterConfigName = 'adapter_config.json';
export const adapterTensorsName = 'adapter_model.safetensors';

/** The layers of a model, by the names that the PyTorch module of the same layers gives them. */
export type LayerName = 'fc1' | 'fc2';

/** A LoRA branch on one layer. */
export interface AdapterBranch {
  /** `[out, rank]`, PEFT's `lora_B` */
  readonly up: StoredTensor;
  /** `[rank, in]`, PEFT's `lora_A` */
  readonly down: StoredTensor;
  readonly alpha: number;
  /** DoRA's magnitudes, `[out]`, or null. */
  readonly magnitude: StoredTensor | null;
  /** Added to up * down * x before that is scaled, `[out]`, or null. */
  readonly bias: StoredTensor | null;
}

/** The result of a fine-tuning with LoRA. */
export interface Adapter {
  readonly branches: ReadonlyMap<LayerName, AdapterBranch>;
  /** Whether branches are scaled by alpha / sqrt(rank) rather than alpha / rank. */
  readonly useRslora: boolean;
  readonly dropout: number;
  /** Whether the branches go with a W that has lost its principal part, as PEFT's `pissa` has it. */
  readonly pissa: boolean;
  /** Parameters that replace the model's, by their names: `fc2.weight`, `fc1.bias`, ... */
  readonly replaced: ReadonlyMap<string, StoredTensor>;
  /**
   * The names of the outputs, where they are recorded: as a rule of an adapter for another task than the model's. There
   * may be more or fewer than the model has where `replaced` has an output layer of so many. PEFT does not keep them.
   */
  readonly classes?: readonly string[];
  /** How its logits become probabilities: null: by softmax; undefined: it is not recorded here. */
  readonly calibration?: Calibration | null;
  /** How probabilities become a class, where thresholds were fitted. */
  readonly decision?: Decision;
  /** SHA-256 of the safetensors file of the model that the adapter belongs to; null where it is not known. */
  readonly baseSha256: string | null;
}

/** What a public function takes for an adapter. */
export const anAdapter = fields({
  branches: aMap,
  useRslora: aBoolean,
  dropout: aNumber,
  pissa: aBoolean,
  replaced: aMap,
  classes: optional(listOf(aString)),
  calibration: optional(orNull(anObject)),
  decision: optional(anObject),
  baseSha256: orNull(aString),
});

/** Returns the factor of `up * down`. */
export function scaleOf({ useRslora }: Pick<Adapter, 'useRslora'>, branch: AdapterBranch): number {
  const rank = rankOf(branch);
  return branch.alpha / (useRslora ? Math.sqrt(rank) : rank);
}

export function rankOf({ down }: AdapterBranch): number {
  return down.shape[0] ?? 0;
}

/** Returns the names of PEFT's tensors for a module of this path. */
export function peftNames(module: string): Record<'up' | 'down' | 'magnitude' | 'bias' | 'baseBias', string> {
  const path = `base_model.model.${module}`;
  return {
    up: `${path}.lora_B.weight`,
    down: `${path}.lora_A.weight`,
    magnitude: `${path}.lora_magnitude_vector`,
    bias: `${path}.lora_B.bias`,
    baseBias: `${path}.base_layer.bias`,
  };
}

/**
 * Writes `adapter_model.safetensors` and `adapter_config.json` so that Hugging Face PEFT's
 * `PeftModel.from_pretrained(module, folder)` puts the adapter on a PyTorch module with the same layers.
 */
export async function writeAdapter(folder: string, adapter: Adapter): Promise<void> {
  const { baseSha256, classes, calibration, decision } = adapter;
  const metadata = {
    ...(baseSha256 !== null && { base_sha256: baseSha256 }),
    ...(classes && { classes: JSON.stringify(classes) }),
    ...(calibration !== undefined && { calibration: JSON.stringify(calibration) }),
    ...(decision && { decision: JSON.stringify(decision) }),
  };
  await makeFolders(folder);
  await writeSafetensors(join(folder, adapterTensorsName), peftTensors(adapter), metadata);
  const config = JSON.stringify(peftConfig(adapter), null, 2);
  await writeFileAtomic(join(folder, adapterConfigName), [config]);
}

/** Returns the tensors by PEFT's names, in which a layer that is replaced as a whole lacks its wrapper's name. */
export function peftTensors({ branches, replaced }: Adapter): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const [layer, branch] of branches) {
    const names = peftNames(layer);
    for (const part of ['up', 'down', 'magnitude', 'bias'] as const) {
      if (branch[part] !== null) tensors.set(names[part], branch[part]);
    }
  }
  for (const [name, tensor] of replaced) {
    const layer = layerOf(name);
    tensors.set(branches.has(layer) ? peftNames(layer).baseBias : `base_model.model.${name}`, tensor);
  }
  return tensors;
}

/** Returns PEFT's `LoraConfig`, sorted by key as in PEFT. Its patterns name the layers that differ from the first. */
export function peftConfig({
  branches,
  useRslora,
  dropout,
  pissa,
  replaced,
}: Adapter): Readonly<Record<string, unknown>> {
  const layers = [...branches].sort(([one], [other]) => one.localeCompare(other));
  const ranks = layers.map(([layer, branch]) => [layer, rankOf(branch)] as const);
  const alphas = layers.map(([layer, { alpha }]) => [layer, alpha] as const);
  const saved = layersOf(replaced, 'weight');
  return {
    alpha_pattern: patternOf(alphas),
    base_model_name_or_path: null,
    bias: biasKind(
      layersOf(replaced, 'bias').filter((layer) => !saved.includes(layer)),
      branches,
    ),
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: pissa ? 'pissa' : true,
    lora_alpha: alphas[0]?.[1],
    lora_bias: layers.some(([, { bias }]) => bias !== null),
    lora_dropout: dropout,
    modules_to_save: saved.length === 0 ? null : saved,
    peft_type: 'LORA',
    r: ranks[0]?.[1],
    rank_pattern: patternOf(ranks),
    revision: null,
    target_modules: layers.map(([layer]) => layer),
    task_type: null,
    use_dora: layers.some(([, { magnitude }]) => magnitude !== null),
    use_rslora: useRslora,
  };
}

function biasKind(trained: readonly LayerName[], branches: Adapter['branches']): string {
  if (trained.length === 0) return 'none';
  return trained.every((layer) => branches.has(layer)) ? 'lora_only' : 'all';
}

function layersOf(replaced: Adapter['replaced'], parameter: 'weight' | 'bias'): LayerName[] {
  return [...replaced.keys()].filter((name) => name.endsWith(`.${parameter}`)).map(layerOf);
}

function layerOf(parameter: string): LayerName {
  return parameter.split('.')[0] as LayerName;
}

function patternOf([first, ...others]: readonly (readonly [string, number])[]): Record<string, number> {
  return Object.fromEntries(others.filter(([, value]) => value !== first?.[1]));
}
