import { devices, type Device, type Engine } from '../../model/native.js';

/** An engine on a device, which recomputes cases. */
export interface Backend {
  engine: Engine;
  device: Device;
}

/** Lists every engine on every device that is here: libtorch's operators on each, the fused kernels on the CPU. */
export function allBackends(): Backend[] {
  const torch = devices().map((device): Backend => ({ engine: 'torch', device: device as Device }));
  return [...torch, { engine: 'fused', device: 'cpu' }];
}
