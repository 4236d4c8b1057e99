import { ImdbTorchError } from '../errors.js';
import type { EngineName } from '../portable/base_classifier.js';

/** What may compute a model: `auto` is the portable engine where the addon is not there, else what suits the model best. */
export const engineChoices = ['auto', 'portable', 'fused', 'torch'] as const satisfies readonly ('auto' | EngineName)[];
export type EngineChoice = (typeof engineChoices)[number];

/** What computes once that is settled; `native`: of the engines of the addon, which is loaded, what suits the model best. */
export type SettledEngine = EngineName | 'native';

/** @throws ImdbTorchError ERR_USAGE for several threads with the portable engine */
export function assertThreads(engine: EngineChoice | SettledEngine, threads: number | undefined): void {
  if (engine !== 'portable' || threads === undefined || threads === 1) return;
  throw new ImdbTorchError(
    'ERR_USAGE',
    `Expected the engine fused, torch or auto for ${threads} threads but received portable, which computes in one; leave the number of threads out.`,
  );
}
