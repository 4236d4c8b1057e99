import { createRequire } from 'node:module';
import type * as Binding from '../binding.js';
import { ImdbTorchError, messageOf } from './errors.js';
import { findAddon } from './setup/addon.js';

/** The native addon; the one place that loads it. `ensureAddon()` builds it. */
export const native = load();

function load(): typeof Binding {
  const path = findAddon();
  try {
    return createRequire(import.meta.url)(path) as typeof Binding;
  } catch (error) {
    throw new ImdbTorchError(
      'ERR_ADDON_LOAD',
      `Expected the native addon ${path} to load but it did not: ${messageOf(error)}; ` +
        'run `npx imdb-torch setup --force`, and `npx imdb-torch doctor` if that does not help.',
      { cause: error },
    );
  }
}
