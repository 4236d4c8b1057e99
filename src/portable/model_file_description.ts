import { aNumber, anObject, aString, fields, listOf, optional, orNull, wholeFrom } from '../arguments.js';
import { messageOf } from '../errors.js';
import type { Calibration, ModelDescription } from '../storage/model_description.js';
import { featureFields } from '../text/features.js';

/**
 * Only what the engine relies on: the schema of `model.json`, which says of every field what is wrong with it, takes a
 * quarter of all code that a browser loads.
 */
const checkTypes = fields({
  ...{ classes: listOf(aString), output: wholeFrom(2), hidden: wholeFrom(0), features: fields(featureFields) },
  ...{ calibration: orNull(anObject), decision: optional(fields({ offsets: listOf(aNumber) })) },
});

/** Checks the description of a model in the header of a file. @throws what `refuse` makes */
export function checkDescription(given: unknown, refuse: (fault: string) => Error): ModelDescription {
  const model = given as ModelDescription;
  try {
    checkTypes(model, 'model');
  } catch (error) {
    throw refuse(`it describes another model (${messageOf(error)})`);
  }
  const { classes, output, features, calibration, decision } = model;
  const { gain } = features;
  const characters: readonly number[] = features.characters ?? [1, 1];
  const [least, most] = characters;
  const isRange = characters.length === 2 && least >= 1 && most >= least;
  if (!isRange || !characters.every(Number.isInteger) || !areFinite([gain]))
    throw refuse('it describes other features');
  const areNamed = classes.length === output && new Set(classes).size === output;
  const hasOffsets = decision === undefined || (decision.offsets.length === output && areFinite(decision.offsets));
  if (areNamed && hasOffsets && (calibration === null || isKnown(calibration, output))) return model;
  throw refuse('it describes a model with other classes, calibration or decision');
}

function isKnown(calibration: Calibration, classes: number): boolean {
  if (calibration.kind === 'temperature') return areFinite([calibration.temperature]) && calibration.temperature > 0;
  return (
    (calibration.kind as unknown) === 'sigmoid' && classes === 2 && areFinite([calibration.scale, calibration.bias])
  );
}

function areFinite(numbers: readonly number[]): boolean {
  return numbers.every((number) => Number.isFinite(number));
}
