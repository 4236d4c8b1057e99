import type { Calibration } from '../storage/model_description.js';

/** A larger temperature makes all classes equally probable, and a smaller one one class certain, whatever the text. */
const [coldest, hottest] = [0.01, 100];
/** The same of the factor of the log-odds; one that is not above 0 would say the contrary of the model. */
const steepest = 100;

/** Says what number of a calibration is bounded, and between what. */
export function boundsOf({ kind }: Calibration): { what: string; bounds: string } {
  return kind === 'temperature'
    ? { what: 'temperature', bounds: `from ${coldest} to ${hottest}` }
    : { what: 'scale of the sigmoid', bounds: `above 0 and at most ${steepest}` };
}

/** Whether the numbers of a calibration make sense. */
export function isSane(calibration: Calibration): boolean {
  if (calibration.kind === 'temperature') {
    return calibration.temperature >= coldest && calibration.temperature <= hottest;
  }
  const { scale, bias } = calibration;
  return scale > 0 && scale <= steepest && Number.isFinite(bias);
}
