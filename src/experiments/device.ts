import { ImdbTorchError } from '../errors.js';
import { devices, type Device } from '../model/native.js';

/**
 * The device that an experiment runs on: with `auto` the first CUDA device where there is one, else the CPU.
 * @throws ImdbTorchError ERR_DEVICE when this machine, or this libtorch, does not have it
 */
export function chooseDevice(wanted: Device | 'auto'): Device {
  const available = devices();
  if (wanted === 'auto') return (available.find((name) => name.startsWith('cuda')) ?? 'cpu') as Device;
  const name = wanted === 'cuda' ? 'cuda:0' : wanted;
  if (available.includes(name)) return name;
  throw new ImdbTorchError(
    'ERR_DEVICE',
    `Expected one of the devices ${available.join(', ')} but received ${wanted}; ` +
      'CUDA needs an NVIDIA GPU and a CUDA build of libtorch (see `imdb-torch doctor`).',
  );
}
