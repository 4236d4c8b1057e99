import { formatCurve } from '../../report/console/curve.js';
import {
  describeBefore,
  describeEpoch,
  describeExpectedLoss,
  describeMeanEpoch,
  describeParameters,
  describeTest,
} from '../../report/console/describe_run.js';
import { formatMetric, metricTitles } from '../../report/format.js';
import { formatHeading } from '../../report/console/line_style.js';
import type { EpochResult } from '../../training/loop.js';
import type { Phase, PhaseEvents, Tested } from '../../training/phase.js';
import type { ExperimentContext } from './experiment_context.js';

const headings: Readonly<Record<Phase, string>> = {
  full: 'Full training',
  fold: 'Training without a fold',
  refit: 'Training on all training reviews',
  pretrain: 'Pretraining',
  lora: 'LoRA fine-tuning',
};

const testTitles: Readonly<Record<Tested, string>> = {
  full: 'fully trained',
  refit: 'refitted',
  pretrain: 'pretrained',
  lora: 'fine-tuned',
  base: 'base',
  merged: 'merged',
};

/** Reports what happens in a training to the terminal. */
export function createEvents(context: ExperimentContext): PhaseEvents {
  const { terminal, dataset, metric } = context;
  let epochs: EpochResult[] = [];
  let planned = 0;
  return {
    onPhase(phase, parameters) {
      epochs = [];
      terminal.say(formatHeading(headings[phase], terminal.style), describeParameters(parameters));
      if (phase !== 'lora') terminal.say(describeExpectedLoss(dataset.classes.length));
    },
    onBefore(_phase, train) {
      terminal.say(describeBefore(train));
    },
    onProgress(_phase, { epoch, epochs: count, done, total, seconds }) {
      planned = count;
      terminal.progress({ label: `Epoch ${epoch}/${count}`, done, total, unit: 'reviews', seconds });
    },
    onEpoch(_phase, result) {
      epochs.push(result);
      terminal.say(describeEpoch(result, planned, metric.name));
    },
    onTest(phase, test) {
      if (phase !== 'merged' && phase !== 'base' && epochs.length > 0) {
        const values = epochs.map(({ valid }) => valid[metric.name] ?? NaN);
        const { width, style } = terminal;
        const title = `Validation ${metricTitles[metric.name]} by epoch:`;
        terminal.say(...formatCurve(title, values, width, style, (value) => formatMetric(metric.name, value)));
        terminal.say(describeMeanEpoch(epochs));
      }
      terminal.result(describeTest(test, testTitles[phase]));
    },
  };
}
