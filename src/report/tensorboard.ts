import type { ExperimentEvents } from '../experiments/experiment_events.js';
import type { ExperimentOptions } from '../experiments/options.js';
import type { Scalar } from '../storage/event_file.js';
import type { RunDirectory } from '../storage/run_directory.js';
import type { Phase, PhaseResult } from '../training/phase.js';
import { lrFactor } from '../training/schedule.js';

type LoggedOptions = Pick<ExperimentOptions, 'lr' | 'schedule' | 'warmup' | 'batch' | 'search'>;

/** The trainings whose result is the model: their tags have no name in front, so that runs are drawn together. */
const mainPhases: ReadonlySet<string> = new Set<Phase>(['full', 'lora']);

/**
 * Returns events that write the event file of TensorBoard of a run: after each epoch, which is the step, loss and accuracy of
 * training and validation, the metric that the run goes by, the seconds and the learning rate, and in the end the test.
 */
export function tensorboardEvents(
  directory: Pick<RunDirectory, 'appendScalars'>,
  options: LoggedOptions,
): ExperimentEvents {
  let [epochs, folds, reviews, planned] = [0, 0, 0, 0];
  const nameOf = (phase: string): string =>
    mainPhases.has(phase) ? '' : phase === 'fold' ? `fold-${folds}/` : `${phase}/`;
  return {
    onPhase(phase) {
      epochs = 0;
      if (phase === 'fold') folds += 1;
    },
    async onBefore(phase, train) {
      await directory.appendScalars(0, scalarsOf(nameOf(phase), 'train', train));
    },
    onProgress(_phase, progress) {
      ({ total: reviews, epochs: planned } = progress);
    },
    async onEpoch(phase, { epoch, seconds, train, valid }) {
      epochs = epoch;
      const name = nameOf(phase);
      const batches = Math.ceil(reviews / options.batch);
      const rate = options.lr * lrFactor(options, epoch * batches - 1, planned * batches);
      await directory.appendScalars(epoch, [
        ...scalarsOf(name, 'train', train),
        ...scalarsOf(name, 'valid', valid),
        { tag: `${name}seconds/train`, value: seconds },
        // What precedes fine-tuning, and what a search chooses, has a learning rate of its own.
        ...(phase === 'pretrain' || options.search !== 'none' ? [] : [{ tag: `${name}learning-rate`, value: rate }]),
      ]);
    },
    async onTest(tested, test) {
      await directory.appendScalars(epochs, scalarsOf(nameOf(tested), 'test', test));
    },
    async onFitted(full) {
      for (const { epoch, scalars } of fittedScalars(full)) await directory.appendScalars(epoch, scalars);
    },
  };
}

function fittedScalars({ epochs, test }: PhaseResult): { epoch: number; scalars: Scalar[] }[] {
  return epochs.map(({ epoch, train, valid }) => ({
    epoch,
    scalars: [...scalarsOf('', 'train', train), ...scalarsOf('', 'valid', valid), ...scalarsOf('', 'test', test)],
  }));
}

function scalarsOf(name: string, split: string, metrics: object): Scalar[] {
  return Object.entries(metrics).map(([metric, value]: [string, number]) => ({
    tag: `${name}${metric}/${split}`,
    value,
  }));
}
