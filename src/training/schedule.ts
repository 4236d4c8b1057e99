import { aNumber, fields, oneOf } from '../arguments.js';

/** The course of the learning rate over a training: after a linear warm-up it is constant, or falls to 0. */
export interface Schedule {
  schedule: 'constant' | 'linear' | 'cosine';
  /** Share of all steps in which the learning rate rises to its full height, from 0 to below 1. */
  warmup: number;
}

export const scheduleFields = { schedule: oneOf('constant', 'linear', 'cosine'), warmup: aNumber } as const;
const checkSchedule = fields(scheduleFields);

/**
 * Returns what the learning rate is multiplied with, in 0 .. 1. The first step of a decay has the full rate, and the step
 * behind the last one would have none.
 * @param step from 0
 * @param steps of the whole training
 */
export function lrFactor(options: Schedule, step: number, steps: number): number {
  checkSchedule(options, 'options');
  aNumber(step, 'step');
  aNumber(steps, 'steps');
  const { schedule, warmup } = options;
  const rising = Math.round(warmup * steps);
  if (step < rising) return (step + 1) / rising;
  const progress = (step - rising) / (steps - rising);
  if (schedule === 'linear') return 1 - progress;
  if (schedule === 'cosine') return (1 + Math.cos(Math.PI * progress)) / 2;
  return 1;
}

/** Returns the factors of the steps `from` .. `to` - 1; undefined where they are all 1. */
export function lrFactors(schedule: Schedule, from: number, to: number, steps: number): Float64Array | undefined {
  if (schedule.schedule === 'constant' && schedule.warmup === 0) return undefined;
  return Float64Array.from({ length: to - from }, (_, index) => lrFactor(schedule, from + index, steps));
}
