import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ImdbTorchError, messageOf } from '../errors.js';
import { adapterConfigName, adapterTensorsName, type Adapter } from './adapter.js';
import { readSafetensors } from './safetensors.js';
import type { StoredTensor } from './stored_tensor.js';

/**
 * Reads an adapter as `writeAdapter` writes it.
 * @throws ERR_RUN when the folder has none or a part of it is missing; ERR_SAFETENSORS when its tensors are damaged
 */
export async function readAdapter(folder: string): Promise<Omit<Adapter, 'baseSha256'>> {
  const { r: rank, lora_alpha: alpha } = await readConfig(folder);
  if (!Number.isSafeInteger(rank) || !Number.isFinite(alpha)) {
    throw adapterError(folder, `${adapterConfigName} has no "r" and "lora_alpha"`);
  }
  const { tensors } = await readSafetensors(join(folder, adapterTensorsName));
  const tensor = (name: string): StoredTensor => {
    const found = tensors.get(`base_model.model.${name}`);
    if (found !== undefined) return found;
    throw adapterError(folder, `${adapterTensorsName} has no base_model.model.${name}`);
  };
  return {
    rank: rank as number,
    alpha: alpha as number,
    A: tensor('fc1.lora_B.weight'),
    B: tensor('fc1.lora_A.weight'),
    outputWeight: tensor('fc2.weight'),
    outputBias: tensor('fc2.bias'),
  };
}

async function readConfig(folder: string): Promise<{ r?: unknown; lora_alpha?: unknown }> {
  try {
    return JSON.parse(await readFile(join(folder, adapterConfigName), 'utf8')) as object;
  } catch (error) {
    throw adapterError(folder, `its ${adapterConfigName} cannot be read (${messageOf(error)})`, error);
  }
}

function adapterError(folder: string, problem: string, cause?: unknown): ImdbTorchError {
  const message = `${folder} is no adapter folder: ${problem}; give one that \`lora\` wrote.`;
  return new ImdbTorchError('ERR_RUN', message, { cause });
}
