import { ImdbTorchError } from '../errors.js';
import { devices, type Device } from '../model/native.js';
import { dualCoordinateDescent } from '../training/optimizer_options.js';
import type { ExperimentOptions } from './options.js';

/**
 * The device that an experiment runs on: with `auto` the first CUDA device where there is one, else the CPU. Dual coordinate
 * descent runs on the CPU.
 * @param available the devices of this machine
 * @throws ImdbTorchError ERR_DEVICE when this machine, or this libtorch, does not have it
 */
export function chooseDevice(
  { device: wanted, optimizer }: Pick<ExperimentOptions, 'device' | 'optimizer'>,
  available: readonly string[] = devices(),
): Device {
  if (optimizer === dualCoordinateDescent) return 'cpu';
  if (wanted === 'auto') return (available.find((name) => name.startsWith('cuda')) ?? 'cpu') as Device;
  const name = wanted === 'cuda' ? 'cuda:0' : wanted;
  if (available.includes(name)) return name;
  throw new ImdbTorchError(
    'ERR_DEVICE',
    `Expected one of the devices ${available.join(', ')} but received ${wanted}; ` +
      'CUDA needs an NVIDIA GPU and a CUDA build of libtorch (see `imdb-torch doctor`).',
  );
}
