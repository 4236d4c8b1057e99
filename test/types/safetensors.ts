/** What must and what must not compile for users of `imdb-torch/safetensors`. Checked by tsc; never run. */
import { readSafetensors, writeSafetensors, type StoredTensor } from 'imdb-torch/safetensors';

export async function files(): Promise<StoredTensor | undefined> {
  const tensors = new Map<string, StoredTensor>([['w', { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) }]]);
  const { sha256 } = await writeSafetensors('model.safetensors', tensors, { note: sha256Of(tensors) });
  // @ts-expect-error Metadata are strings.
  await writeSafetensors('model.safetensors', tensors, { epoch: 3 });
  // @ts-expect-error A name has one tensor, so tensors come in a map.
  await writeSafetensors('model.safetensors', [['w', tensors.get('w')]]);
  const file = await readSafetensors(sha256);
  // @ts-expect-error The metadata of a file are only read.
  const metadata: Map<string, string> = file.metadata;
  metadata.set('note', '');
  return file.tensors.get('w');
}

declare function sha256Of(tensors: ReadonlyMap<string, StoredTensor>): string;
