import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ImdbTorchError, messageOf } from '../errors.js';
import { systemCode } from '../system/file_errors.js';
import { readText } from '../system/text_file.js';
import {
  adapterConfigName,
  adapterTensorsName,
  peftConfig,
  peftNames,
  peftTensors,
  type Adapter,
  type AdapterBranch,
  type LayerName,
} from './adapter.js';
import { outputLayerOf, outputsOf, readOutputRecord, withOutputs, type ModelShapes } from './adapter_outputs.js';
import { readPeftConfig, type PeftConfig } from './peft_config.js';
import { readSafetensors } from './safetensors.js';
import { isFiniteTensor, type StoredTensor } from './stored_tensor.js';

interface ReadAdapter extends Adapter {
  /** Keys of the configuration that are not known here and were ignored. */
  readonly unknownKeys: readonly string[];
}

/**
 * Reads an adapter that `writeAdapter` or Hugging Face PEFT (0.17 and newer) has written, for a model of these shapes.
 * @throws ERR_RUN when the folder has none, when its configuration asks for what is not supported, or when tensors are
 *   missing, surplus, of another shape or not finite, naming all of them; ERR_SAFETENSORS when they are damaged
 */
export async function readAdapter(folder: string, shapes: ModelShapes): Promise<ReadAdapter> {
  const fields = await readConfig(folder);
  assertNoPickle(folder);
  const { tensors, metadata } = await readSafetensors(join(folder, adapterTensorsName));
  const prefix = findPrefix(tensors);
  const config = readPeftConfig(fields, modulesOf(shapes, prefix));
  if (Array.isArray(config)) throw adapterError(folder, `${adapterConfigName}: ${config.join('; ')}`);
  const own = shapesWith({ classes: metadata.get('classes'), tensors }, shapes, config, prefix);
  const expected = expectedTensors(config, own, prefix);
  const problems = findProblems(tensors, expected);
  if (problems.length > 0) throw adapterError(folder, `${adapterTensorsName}: ${problems.join('; ')}`);
  const { useRslora, dropout, pissa, unknownKeys } = config;
  const record = readOutputRecord(metadata, outputsOf(own));
  if (typeof record === 'string') throw adapterError(folder, `${adapterTensorsName}: ${record}`);
  return {
    ...record,
    ...sortOut(tensors, expected, config, prefix),
    useRslora,
    dropout,
    baseSha256: metadata.get('base_sha256') ?? null,
    pissa,
    unknownKeys,
  };
}

/** Returns why an adapter does not fit a model of these shapes, in the words of `readAdapter`. */
export function findAdapterProblems(adapter: Adapter, shapes: ModelShapes): string[] {
  const config = readPeftConfig(peftConfig(adapter), modulesOf(shapes, ''));
  if (Array.isArray(config)) return config;
  const tensors = peftTensors(adapter);
  const { classes } = adapter;
  const own = shapesWith({ classes, tensors }, shapes, config, '');
  const problems = findProblems(tensors, expectedTensors(config, own, ''));
  if (classes === undefined || problems.length > 0 || classes.length === outputsOf(own)) return problems;
  return [`its ${classes.length} classes are not the names of ${outputsOf(own)} outputs`];
}

/**
 * Returns the shapes of the model with the adapter. Where an adapter names its classes and replaces the output layer as a
 * whole, it has as many outputs as its own layer.
 */
function shapesWith(
  { classes, tensors }: { classes: unknown; tensors: ReadonlyMap<string, StoredTensor> },
  shapes: ModelShapes,
  { modulesToSave }: PeftConfig,
  prefix: string,
): ModelShapes {
  const module = prefix + outputLayerOf(shapes);
  const outputs = tensors.get(`base_model.model.${module}.bias`)?.shape[0];
  if (classes === undefined || outputs === undefined || !modulesToSave.includes(module)) return shapes;
  return withOutputs(shapes, outputs);
}

async function readConfig(folder: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const config: unknown = JSON.parse(await readText(join(folder, adapterConfigName)));
    if (typeof config === 'object' && config !== null) return config as Readonly<Record<string, unknown>>;
  } catch (error) {
    if (systemCode(error) === 'ENOTDIR') throw adapterError(folder, 'it is a file and no folder', error);
    throw adapterError(folder, `its ${adapterConfigName} cannot be read (${messageOf(error)})`, error);
  }
  throw adapterError(folder, `its ${adapterConfigName} is no JSON object`);
}

/** Refuses an adapter that is only there as a pickle, which could run any program when it is read. */
function assertNoPickle(folder: string): void {
  const pickle = join(folder, 'adapter_model.bin');
  if (existsSync(join(folder, adapterTensorsName)) || !existsSync(pickle)) return;
  throw new ImdbTorchError(
    'ERR_RUN',
    `Expected ${adapterTensorsName} in ${folder} but its tensors are in ${basename(pickle)}, a Python pickle; save it ` +
      'with `save_pretrained(folder, safe_serialization=True)` in PEFT, or convert that file with ' +
      '`safetensors.torch.save_file`.',
  );
}

/** Returns the path of the module that has the layers, with a dot at its end: an adapter may be for a larger module. */
function findPrefix(tensors: ReadonlyMap<string, StoredTensor>): string {
  const [prefix = ''] = [...tensors.keys()].flatMap(
    (name) => /^base_model\.model\.(.+\.)?fc\d\./.exec(name)?.[1] ?? [],
  );
  return prefix;
}

function modulesOf(shapes: ModelShapes, prefix: string): string[] {
  return [...shapes.keys()].flatMap((name) =>
    name.endsWith('.weight') ? [prefix + name.slice(0, -'.weight'.length)] : [],
  );
}

/** A tensor that a file has to hold. */
interface Expected {
  /** `fc1.up` for one of a branch, `fc1.bias` for a parameter that is replaced; null: a copy that is not needed. */
  role: string | null;
  shape: readonly number[];
  optional?: boolean;
}

function expectedTensors(config: PeftConfig, shapes: ModelShapes, prefix: string): Map<string, Expected> {
  const expected = new Map<string, Expected>();
  for (const [module, { rank }] of config.targets) {
    const layer = module.slice(prefix.length);
    const [out = 0, inputs = 0] = shapes.get(`${layer}.weight`) ?? [];
    const names = peftNames(module);
    expected.set(names.up, { role: `${layer}.up`, shape: [out, rank] });
    expected.set(names.down, { role: `${layer}.down`, shape: [rank, inputs] });
    if (config.useDora) expected.set(names.magnitude, { role: `${layer}.magnitude`, shape: [out] });
    if (config.loraBias) expected.set(names.bias, { role: `${layer}.branchBias`, shape: [out] });
  }
  for (const [role, shape] of shapes) {
    const [layer = '', parameter] = role.split('.');
    const module = prefix + layer;
    const targeted = config.targets.has(module);
    const saved = config.modulesToSave.includes(module);
    const trained = config.bias === 'all' || (config.bias === 'lora_only' && targeted);
    if (!saved && !(parameter === 'bias' && trained)) continue;
    const name = targeted ? peftNames(module).baseBias : `base_model.model.${prefix}${role}`;
    // PEFT 0.17 writes no biases for `lora_only`.
    expected.set(name, { role, shape, optional: !saved && config.bias === 'lora_only' });
    if (!saved || parameter !== 'bias' || config.bias !== 'all') continue;
    for (const copy of ['original_module', 'modules_to_save']) {
      expected.set(`base_model.model.${module}.${copy}.bias`, { role: null, shape, optional: true });
    }
  }
  return expected;
}

function findProblems(tensors: ReadonlyMap<string, StoredTensor>, expected: ReadonlyMap<string, Expected>): string[] {
  const problems: string[] = [];
  for (const [name, { shape, optional }] of expected) {
    const tensor = tensors.get(name);
    if (tensor === undefined) {
      if (optional !== true) problems.push(`${name} is missing`);
    } else if (tensor.shape.join() !== shape.join()) {
      problems.push(`${name} is [${tensor.shape.join(', ')}], expected [${shape.join(', ')}]`);
    } else if (tensor.dtype === 'int64') {
      problems.push(`${name} is of whole numbers, expected float32 or float64`);
    } else if (!isFiniteTensor(tensor)) problems.push(`${name} has a NaN or an infinity`);
  }
  const surplus = [...tensors.keys()].filter((name) => !expected.has(name));
  return [...problems, ...surplus.map((name) => `${name} is not expected`)];
}

/** Sorts tensors that have been checked into branches and replaced parameters. */
function sortOut(
  tensors: ReadonlyMap<string, StoredTensor>,
  expected: ReadonlyMap<string, Expected>,
  config: PeftConfig,
  prefix: string,
): Pick<Adapter, 'branches' | 'replaced'> {
  const roles = new Map<string, StoredTensor>();
  for (const [name, { role }] of expected) {
    const tensor = tensors.get(name);
    if (tensor !== undefined && role !== null) roles.set(role, tensor);
  }
  const take = (role: string): StoredTensor | null => {
    const tensor = roles.get(role) ?? null;
    roles.delete(role);
    return tensor;
  };
  const branches = new Map<LayerName, AdapterBranch>();
  for (const [module, { alpha }] of config.targets) {
    const layer = module.slice(prefix.length) as LayerName;
    const [up, down] = [take(`${layer}.up`), take(`${layer}.down`)];
    const [magnitude, bias] = [take(`${layer}.magnitude`), take(`${layer}.branchBias`)];
    // up and down are there, or it would have been reported.
    branches.set(layer, { up, down, alpha, magnitude, bias } as AdapterBranch);
  }
  return { branches, replaced: roles };
}

function adapterError(folder: string, problem: string, cause?: unknown): ImdbTorchError {
  const message = `${folder} is no adapter for this model: ${problem}; give one that \`lora\` or PEFT wrote for it.`;
  return new ImdbTorchError('ERR_RUN', message, { cause });
}
