import type { StoredRun } from '../storage/read_run.js';

/** The parts of a run that make its model. */
export type ModelParts = Pick<StoredRun, 'description' | 'vocabulary' | 'tensors'> & Partial<Pick<StoredRun, 'tables'>>;

/** Returns the shapes of the parameters, which the weights of features are not. */
export function shapesOf({ tensors }: ModelParts): Map<string, readonly number[]> {
  const parameters = [...tensors].filter(([name]) => name.startsWith('fc'));
  return new Map(parameters.map(([name, { shape }]) => [name, shape]));
}
