import type { ModelParts } from '../../model/model_parts.js';
import type { Adapter } from '../../storage/adapter.js';
import { notebookDescription } from '../../storage/model_description.js';
import { Vocabulary } from '../../text/vocabulary.js';
import type { ReferenceCase } from './reference_cases.js';

/** Returns the word of a feature of a case. */
export function wordOf(id: number): string {
  return `w${id}`;
}

/** The names that parameters have in cases, by those in files. */
const parameterNames = {
  'fc1.weight': 'weight',
  'fc1.bias': 'bias',
  'fc2.weight': 'outputWeight',
  'fc2.bias': 'outputBias',
} as const;

interface Shape {
  vocabulary: number;
  /** 0: a linear model. */
  hidden: number;
  classes: number;
}

/** Returns the model of a case, whose features are words, as a run has one. */
export function modelPartsOf(reference: ReferenceCase, { vocabulary, hidden, classes }: Shape): ModelParts {
  const names = Array.from({ length: classes }, (_, k) => `class ${k}`);
  const present = Object.entries(parameterNames).filter(([, role]) => reference.has(role));
  return {
    description: { ...notebookDescription(vocabulary, hidden), classes: names, output: classes },
    vocabulary: Vocabulary.of(Array.from({ length: vocabulary }, (_, id) => wordOf(id))),
    tensors: new Map(present.map(([name, role]) => [name, reference.get(role)])),
  };
}

/** Returns the branch of a case, whose A is `up` and whose B is `down`, as an adapter has one. */
export function plainAdapter(
  reference: ReferenceCase,
  { alpha, useRslora = false }: { alpha: number; useRslora?: boolean },
): Adapter {
  const magnitude = reference.has('magnitude') ? reference.get('magnitude') : null;
  const branch = { up: reference.get('A'), down: reference.get('B'), alpha, magnitude, bias: null };
  return {
    ...{ branches: new Map([['fc1', branch]]), replaced: new Map(), baseSha256: null },
    ...{ useRslora, dropout: 0, pissa: false },
  };
}
