import { formatCount, formatLoss, formatSeconds, formatShare } from '../format.js';
import { html, type Content, type Markup } from './markup.js';
import { colourOf, lastEpochPath, lastPhaseOf, lossOf, testPathsOf, type PhaseView } from './phase_view.js';
import { figure, nameOf, shareFigure, textAt, valueAt, type RunView } from './run_view.js';

/** Says in one sentence what came out, what was trained, on what and in what time. */
export function headline(runs: readonly RunView[]): Markup {
  const [run] = runs;
  const isOne = runs.length === 1 && run !== undefined;
  return html`<header class="headline">
    <p class="eyebrow">${isOne ? html`${textAt(run, 'command') ?? 'run'} · ${nameOf(run)}` : 'comparison'}</p>
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
  const accuracy = phase === null ? null : figure(run, testPathsOf(phase).accuracy, formatShare);
  if (phase === null || accuracy === null) return html`${subject}A run without a test.`;
  return html`${subject}<strong class="colour-${colour}">${accuracy}</strong> of
    ${unlessMissing(figure(run, 'data.test', formatCount))} test reviews are classified correctly after
    ${whatWasTrained(phase)}${onWhat(run)}${inWhatTime(run)}.`;
}

function whatWasTrained(phase: PhaseView): Markup {
  const { run, kind, prefix } = phase;
  const count = figure(run, `${prefix}parameters.trainable`, formatCount);
  const epochs = figure(run, epochsPath(phase), formatCount);
  const what = { full: 'full training', pretrain: 'pretraining', lora: 'LoRA fine-tuning' }[kind];
  return html`${what}${count === null ? null : html` of ${count} parameters`}${epochs === null ? null : html` in ${epochs} epochs`}`;
}

/** A run that trained its model anew on all training reviews ends with that model. */
function isRefitted(run: RunView): boolean {
  return valueAt(run, 'refit.reviews') !== undefined;
}

function epochsPath(phase: PhaseView): string {
  return isRefitted(phase.run) ? 'refit.epochs' : `${lastEpochPath(phase)}.epoch`;
}

function onWhat(run: RunView): Markup | null {
  const count = figure(run, isRefitted(run) ? 'refit.reviews' : 'data.train', formatCount);
  if (count === null) return null;
  const source = textAt(run, 'data.source');
  const where = source === null ? null : html` of <q data-name>${fileName(source)}</q>`;
  return html` on ${count} reviews${where}`;
}

/** Sources are paths as a rule; who reads a headline wants their last part. */
function fileName(path: string): string {
  return path.split(/[/\\]/).filter(Boolean).at(-1) ?? path;
}

function inWhatTime(run: RunView): Markup | null {
  const seconds = figure(run, isRefitted(run) ? 'refit.seconds' : 'seconds.train', formatSeconds);
  const isPretrained = valueAt(run, 'pretrain.epochs') !== undefined;
  return seconds === null
    ? null
    : html`, in ${seconds} of training${isPretrained ? ' with the pretraining' : null}`;
}

function keyFigures(run: RunView): Markup | null {
  const phase = lastPhaseOf(run);
  if (phase === null) return null;
  const { prefix } = phase;
  const test = testPathsOf(phase);
  const [trainable, total] = [`${prefix}parameters.trainable`, `${prefix}parameters.total`];
  const figures: [string, Content, Content][] = [
    ['Test accuracy', figure(run, test.accuracy, formatShare), null],
    ['Test loss', figure(run, test.loss, formatLoss), lossForm(phase)],
    [
      'Trainable parameters',
      figure(run, trainable, formatCount),
      html`${shareFigure(run, trainable, total, formatShare)} of all`,
    ],
    ['An epoch takes', figure(run, `${prefix}secondsPerEpoch`, formatSeconds), 'of training, on average'],
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
  if (testPathsOf(phase).isCalibrated) return 'cross entropy of calibrated probabilities';
  const form = lossOf(phase);
  if (form === 'softmax') return 'cross entropy of softmaxed probabilities';
  return form === 'logits' ? 'cross entropy of logits' : null;
}

function unlessMissing(content: Markup | null): Content {
  return content ?? 'the';
}
