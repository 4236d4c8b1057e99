import { devices, type Device, type Engine } from '../../model/native.js';

/** Where a case is recomputed. */
export interface Place {
  engine: Engine;
  device: Device;
}

/** Every engine on every device that is here: libtorch's operators on each, the fused kernels on the CPU. */
export function allPlaces(): Place[] {
  const torch = devices().map((device): Place => ({ engine: 'torch', device: device as Device }));
  return [...torch, { engine: 'fused', device: 'cpu' }];
}
