import { anObject, aString, fields, kind, listOf, optional, orNull, wholeFrom } from '../arguments.js';
import { messageOf } from '../errors.js';
import type { Calibration, ModelDescription } from '../storage/model_description.js';
import { featureFields, mostNgrams } from '../text/features.js';

const aFinite = kind('a finite number', Number.isFinite);

/**
 * Only what the engine relies on: the schema of `model.json`, which says of every field what is wrong with it, takes a
 * quarter of all code that a browser loads.
 */
const checkTypes = fields({
  ...{ classes: listOf(aString), output: wholeFrom(2), hidden: wholeFrom(0), features: fields(featureFields) },
  ...{ calibration: orNull(anObject), decision: optional(fields({ offsets: listOf(aFinite) })) },
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
  const { gain, ngrams } = features;
  const characters: readonly number[] = features.characters ?? [1, 1];
  const [least, most] = characters;
  const areRanges = characters.length === 2 && least <= most && [ngrams, least, most].every(isLength);
  if (!areRanges || !Number.isFinite(gain)) throw refuse('it describes other features');
  const areNamed = classes.length === output && new Set(classes).size === output;
  const hasOffsets = decision === undefined || decision.offsets.length === output;
  if (areNamed && hasOffsets && (calibration === null || isKnown(calibration, output))) return model;
  throw refuse('it describes a model with other classes, calibration or decision');
}

/** Whether n-grams can have so many tokens or characters. */
function isLength(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= mostNgrams;
}

function isKnown(calibration: Calibration, classes: number): boolean {
  if (calibration.kind === 'temperature')
    return Number.isFinite(calibration.temperature) && calibration.temperature > 0;
  const { kind: form, scale, bias } = calibration;
  return (form as unknown) === 'sigmoid' && classes === 2 && Number.isFinite(scale) && Number.isFinite(bias);
}
