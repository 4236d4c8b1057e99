import { aNumber, fields, orNull } from '../arguments.js';
import { scheduleFields, type Schedule } from './schedule.js';

/** Options of every step beside those of the optimizer; by default they change nothing. */
export interface StepOptions extends Schedule {
  /** The largest norm of a step's gradient (`torch.nn.utils.clip_grad_norm_`); null: any. */
  clip: number | null;
  /** The probability with which each entry of a review is left out of a step. */
  dropout: number;
}

export const checkSteps = fields({ ...scheduleFields, clip: orNull(aNumber), dropout: aNumber });

export const plainSteps = Object.freeze({
  schedule: 'constant',
  warmup: 0,
  clip: null,
  dropout: 0,
} as const) satisfies StepOptions;
