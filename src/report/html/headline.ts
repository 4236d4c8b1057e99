import { formatCount, formatLoss, formatMetric, formatSeconds, formatShare, metricTitles } from '../format.js';
import { html, type Content, type Markup } from './markup.js';
import { colourOf, lastEpochOf, lastPhaseOf, lossOf, testOf, type PhaseView } from './phase_view.js';
import type { Field } from './field.js';
import { figure, nameOf, quote, shareFigure, type RunView } from './run_view.js';

/** Says in one sentence what came out, what was trained, on what and in what time. */
export function headline(runs: readonly RunView[]): Markup {
  const [run] = runs;
  const isOne = runs.length === 1 && run !== undefined;
  return html`<header class="headline">
    <p class="eyebrow">${isOne ? html`${run.fields.at('command').value ?? 'run'} · ${nameOf(run)}` : 'comparison'}</p>
    ${
      isOne
        ? html`<h1>${sentence(run, colourOf(run, runs))}</h1>
            ${keyFigures(run)}`
        : comparison(runs)
    }
  </header> `;
}

function comparison(runs: readonly RunView[]): Markup {
  return html`<h1>
    ${runs.map((run) => html`<span class="line">${sentence(run, colourOf(run, runs), nameOf(run))}</span>`)}
  </h1>`;
}

function sentence(run: RunView, colour: number, name: Content = null): Markup {
  const subject = name === null ? null : html`<i>${name}</i>: `;
  const phase = lastPhaseOf(run);
  const accuracy = phase === null ? null : figure(testOf(phase).accuracy, formatShare);
  if (phase === null || accuracy === null) return html`${subject}A run without a test.`;
  const metric = furtherMetric(run);
  if (metric !== null) {
    return html`${subject}<strong class="colour-${colour}">${metric.value}</strong> ${metric.title} and ${accuracy}
      accuracy on ${unlessMissing(figure(run.fields.at('data', 'test'), formatCount))} test reviews after
      ${whatWasTrained(phase)}${onWhat(run)}${inWhatTime(run)}.`;
  }
  return html`${subject}<strong class="colour-${colour}">${accuracy}</strong> of
    ${unlessMissing(figure(run.fields.at('data', 'test'), formatCount))} test reviews are classified correctly after
    ${whatWasTrained(phase)}${onWhat(run)}${inWhatTime(run)}.`;
}

/** Returns the metric that a run goes by, where it is not accuracy. */
function furtherMetric({ fields }: RunView): { title: string; value: Markup } | null {
  const metric = fields.at('metric');
  const name = metric.at('name').value;
  if (name === undefined || name === 'accuracy') return null;
  const value = figure(metric.at('test'), (test) => formatMetric(name, test));
  return value && { title: metricTitles[name], value };
}

function whatWasTrained(phase: PhaseView): Markup {
  const { kind, fields } = phase;
  const count = figure(fields.at('parameters', 'trainable'), formatCount);
  const epochs = figure(epochsOf(phase), formatCount);
  const what = { full: 'full training', pretrain: 'pretraining', lora: 'LoRA fine-tuning' }[kind];
  return html`${what}${count === null ? null : html` of ${count} parameters`}${epochs === null ? null : html` in ${epochs} epochs`}`;
}

/** A run that trained its model anew on all training reviews ends with that model. */
function isRefitted(run: RunView): boolean {
  return run.fields.at('refit').value !== undefined;
}

function epochsOf(phase: PhaseView): Field<number> {
  return isRefitted(phase.run) ? phase.run.fields.at('refit', 'epochs') : lastEpochOf(phase);
}

function onWhat(run: RunView): Markup | null {
  const { fields } = run;
  const count = figure(isRefitted(run) ? fields.at('refit', 'reviews') : fields.at('data', 'train'), formatCount);
  if (count === null) return null;
  const source = fields.at('data', 'source').value;
  const where = source === undefined ? null : html` of <q data-name>${fileName(source)}</q>`;
  return html` on ${count} reviews${where}`;
}

/** Sources are paths as a rule; who reads a headline wants their last part. */
function fileName(path: string): string {
  return path.split(/[/\\]/).filter(Boolean).at(-1) ?? path;
}

function inWhatTime(run: RunView): Markup | null {
  const { fields } = run;
  const seconds = figure(
    isRefitted(run) ? fields.at('refit', 'seconds') : fields.at('seconds', 'train'),
    formatSeconds,
  );
  const isPretrained = fields.at('pretrain').value !== undefined;
  return seconds === null ? null : html`, in ${seconds} of training${isPretrained ? ' with the pretraining' : null}`;
}

function keyFigures(run: RunView): Markup | null {
  const phase = lastPhaseOf(run);
  if (phase === null) return null;
  const { fields } = phase;
  const test = testOf(phase);
  const metric = furtherMetric(run);
  const [trainable, total] = [fields.at('parameters', 'trainable'), fields.at('parameters', 'total')];
  const figures: (readonly [string, Content, Content])[] = [
    ...(metric === null
      ? []
      : [[`Test ${metric.title}`, metric.value, quote(run.fields.at('metric', 'because'))] as const]),
    ['Test accuracy', figure(test.accuracy, formatShare), null],
    ['Test loss', figure(test.loss, formatLoss), lossForm(phase)],
    [
      'Trainable parameters',
      figure(trainable, formatCount),
      html`${shareFigure(trainable, total, formatShare)} of all`,
    ],
    ['An epoch takes', figure(fields.at('secondsPerEpoch'), formatSeconds), 'of training, on average'],
  ];
  return html`<dl class="figures">
    ${figures
      .filter(([, value]) => value !== null)
      .map(
        ([name, value, note]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}<small>${note}</small></dd>
          </div>`,
      )}
  </dl>`;
}

function lossForm(phase: PhaseView): string | null {
  if (testOf(phase).isCalibrated) return 'cross entropy of calibrated probabilities';
  const form = lossOf(phase);
  if (form === 'softmax') return 'cross entropy of softmaxed probabilities';
  return form === 'logits' ? 'cross entropy of logits' : null;
}

function unlessMissing(content: Markup | null): Content {
  return content ?? 'the';
}
