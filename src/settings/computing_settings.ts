import type { Device } from '../../binding.js';
import { choice, integer, orNull } from './kinds.js';
import { declare } from './setting.js';

const computing = declare({ group: 'Computing', commands: ['train', 'lora', 'experiment'] });

/** The settings that say what computes. */
export const computingSettings = {
  engine: computing(choice(['auto', 'fused', 'torch']), "fused CPU kernels or libtorch's operators"),
  dtype: computing(choice(['float32', 'float64']), 'precision', { inherited: 'model' }),
  device: computing(
    choice(['auto', 'cpu', 'cuda', 'cuda:N' as Device], 'name', (given) => /^(auto|cpu|cuda(:\d{1,4})?)$/.test(given)),
    'device',
  ),
  threads: computing(orNull(integer(1, 1024)), 'number of threads', {
    default: null,
    usual: "libtorch's choice",
  }),
};
