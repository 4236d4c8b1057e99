import * as v from 'valibot';
import type { Adapter, LayerName } from './adapter.js';
import { calibrationSchema, decisionSchema } from './model_description.js';

/** Shapes of a model's parameters: `fc1.weight` `[out, in]`, `fc1.bias` `[out]`, ... */
export type ModelShapes = ReadonlyMap<string, readonly number[]>;

/** Returns the layer whose outputs are those of the model. */
export function outputLayerOf(shapes: { has(parameter: 'fc2.weight'): boolean }): LayerName {
  return shapes.has('fc2.weight') ? 'fc2' : 'fc1';
}

/** Returns the number of outputs of a model with these shapes. */
export function outputsOf(shapes: ModelShapes): number {
  return shapes.get(`${outputLayerOf(shapes)}.bias`)?.[0] ?? 0;
}

/** Returns the shapes that a model has with another number of outputs. */
export function withOutputs(shapes: ModelShapes, outputs: number): ModelShapes {
  const layer = outputLayerOf(shapes);
  return new Map(
    Array.from(shapes, ([name, shape]) => [name, name.startsWith(layer) ? [outputs, ...shape.slice(1)] : shape]),
  );
}

type Recorded = Pick<Adapter, 'classes' | 'calibration' | 'decision'>;

/**
 * Reads what a file of an adapter records of its outputs.
 * @param outputs how many there are
 * @returns what is wrong with it, or what it says
 */
export function readOutputRecord(metadata: ReadonlyMap<string, string>, outputs: number): Recorded | string {
  const names = v.pipe(
    v.array(v.string()),
    v.length(outputs),
    v.check((all) => new Set(all).size === all.length),
  );
  const classes = parse(names, metadata.get('classes'));
  if (classes === null) return `"classes" are not the names of ${outputs} outputs`;
  const calibration = parse(v.nullable(calibrationSchema), metadata.get('calibration'));
  if (calibration === null || (calibration?.value?.kind === 'sigmoid' && outputs !== 2)) {
    return `"calibration" is none for ${outputs} outputs`;
  }
  const decision = parse(decisionSchema, metadata.get('decision'));
  if (decision === null || (decision !== undefined && decision.value.offsets.length !== outputs)) {
    return `"decision" has no offset for each of ${outputs} outputs`;
  }
  return {
    ...(classes && { classes: classes.value }),
    ...(calibration && { calibration: calibration.value }),
    ...(decision && { decision: decision.value }),
  };
}

/** Parses a text of JSON. @returns undefined where there is none, null where it is another one than expected */
function parse<Schema extends v.GenericSchema>(
  schema: Schema,
  text: string | undefined,
): { value: v.InferOutput<Schema> } | null | undefined {
  if (text === undefined) return undefined;
  const { success, output } = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text);
  return success ? { value: output } : null;
}
