import { devices, type Device, type Engine } from '../../model/native.js';

/** An engine of the addon on a device, which recomputes cases. */
export interface NativeBackend {
  engine: Engine;
  device: Device;
}

/** An engine on a device: one of the addon, or plain JavaScript. */
export interface Backend {
  engine: Engine | 'portable';
  device: Device;
}

/**
 * Lists every engine on every device that is here: libtorch's operators on each, the fused kernels and plain JavaScript on
 * the CPU.
 */
export function allBackends(): Backend[] {
  const torch = devices().map((device): Backend => ({ engine: 'torch', device: device as Device }));
  return [...torch, { engine: 'fused', device: 'cpu' }, { engine: 'portable', device: 'cpu' }];
}
