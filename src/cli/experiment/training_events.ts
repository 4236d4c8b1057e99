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
import { withTensorboard } from '../../report/tensorboard.js';
import type { RunDirectory } from '../../storage/run_directory.js';
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

/** Reports what happens in a training to the terminal, to `metrics.jsonl` and, where that is asked for, to TensorBoard. */
export function createEvents(context: ExperimentContext, directory: RunDirectory): PhaseEvents {
  const events = tell(context, directory);
  return context.options.tensorboard ? withTensorboard(events, directory, context.options) : events;
}

function tell(context: ExperimentContext, directory: RunDirectory): PhaseEvents {
  const { terminal, dataset, metric } = context;
  let epochs: EpochResult[] = [];
  let planned = 0;
  return {
    onPhase(phase, parameters) {
      epochs = [];
      terminal.say(formatHeading(headings[phase], terminal.style), describeParameters(parameters));
      if (phase !== 'lora') terminal.say(describeExpectedLoss(dataset.classes.length));
    },
    async onBefore(phase, train) {
      terminal.say(describeBefore(train));
      await directory.appendMetrics({ phase, epoch: 0, train });
    },
    onProgress(_phase, { epoch, epochs: count, done, total, seconds }) {
      planned = count;
      terminal.progress({ label: `Epoch ${epoch}/${count}`, done, total, unit: 'reviews', seconds });
    },
    async onEpoch(phase, result) {
      epochs.push(result);
      terminal.say(describeEpoch(result, planned, metric.name));
      await directory.appendMetrics({ phase, ...result });
    },
    async onTest(phase, test) {
      if (phase !== 'merged' && phase !== 'base' && epochs.length > 0) {
        const values = epochs.map(({ valid }) => valid[metric.name] ?? NaN);
        const { width, style } = terminal;
        const title = `Validation ${metricTitles[metric.name]} by epoch:`;
        terminal.say(...formatCurve(title, values, width, style, (value) => formatMetric(metric.name, value)));
        terminal.say(describeMeanEpoch(epochs));
      }
      terminal.result(describeTest(test, testTitles[phase]));
      await directory.appendMetrics({ phase, test });
    },
  };
}
