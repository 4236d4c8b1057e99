import { join } from 'node:path';
import { writeFileAtomic } from '../system/atomic_file.js';
import { makeFolders } from '../system/make_folders.js';
import { writeSafetensors } from './safetensors.js';
import type { StoredTensor } from './stored_tensor.js';

export const adapterConfigName = 'adapter_config.json';
export const adapterTensorsName = 'adapter_model.safetensors';

/** The trained part of a LoRA fine-tuning: the branch of the hidden layer, and the output layer, which trains along. */
export interface Adapter {
  rank: number;
  alpha: number;
  /** `[hidden, rank]` */
  A: StoredTensor;
  /** `[rank, vocabulary]` */
  B: StoredTensor;
  /** `[classes, hidden]` */
  outputWeight: StoredTensor;
  /** `[classes]` */
  outputBias: StoredTensor;
  /** SHA-256 of the safetensors file of the model that the adapter was trained on. */
  baseSha256: string;
}

/**
 * Writes `adapter_model.safetensors` and `adapter_config.json` so that Hugging Face PEFT's
 * `PeftModel.from_pretrained(module, folder)` puts the adapter on a PyTorch module with the layers fc1 and fc2.
 * PEFT calls this package's B `lora_A` and its A `lora_B`, and keeps a trained layer without its wrapper's name.
 */
export async function writeAdapter(folder: string, adapter: Adapter): Promise<void> {
  const { A, B, outputWeight, outputBias, baseSha256 } = adapter;
  const tensors = new Map([
    ['base_model.model.fc1.lora_A.weight', B],
    ['base_model.model.fc1.lora_B.weight', A],
    ['base_model.model.fc2.weight', outputWeight],
    ['base_model.model.fc2.bias', outputBias],
  ]);
  await makeFolders(folder);
  await writeSafetensors(join(folder, adapterTensorsName), tensors, { base_sha256: baseSha256 });
  const config = JSON.stringify(adapterConfig(adapter), null, 2);
  await writeFileAtomic(join(folder, adapterConfigName), [config]);
}

/** PEFT's `LoraConfig`, sorted by key as PEFT writes it; it scales the branch by lora_alpha / r. */
function adapterConfig({ rank, alpha }: Adapter): Readonly<Record<string, unknown>> {
  return {
    alpha_pattern: {},
    base_model_name_or_path: null,
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    lora_alpha: alpha,
    lora_dropout: 0,
    modules_to_save: ['fc2'],
    peft_type: 'LORA',
    r: rank,
    rank_pattern: {},
    revision: null,
    target_modules: ['fc1'],
    task_type: null,
    use_dora: false,
    use_rslora: false,
  };
}
