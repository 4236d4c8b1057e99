// @ts-check
import { spawnSync } from 'node:child_process';

/**
 * Returns a Python that has a module, that of IMDB_TORCH_PYTHON first; null where there is none.
 * @param {string} module
 */
export function findPython(module) {
  const candidates = [process.env.IMDB_TORCH_PYTHON, 'python3'].filter((name) => name !== undefined);
  return candidates.find((name) => spawnSync(name, ['-c', `import ${module}`]).status === 0) ?? null;
}
