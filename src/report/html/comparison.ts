import { bars } from './charts/charts.js';
import { formatBytes, formatCount, formatSeconds, formatShare } from '../format.js';
import { html, type Markup } from './markup.js';
import { modelBytesPath, phasesOf, testPathsOf, type PhaseKind, type PhaseView } from './phase_view.js';
import { figure, numberAt, type Format, type RunView } from './run_view.js';
import { section } from './sections.js';

interface Measure {
  title: string;
  path: (phase: PhaseView) => string | null;
  format: Format;
}

const measures: readonly Measure[] = [
  { title: 'Test accuracy', path: (phase) => testPathsOf(phase).accuracy, format: formatShare },
  {
    title: 'Trainable parameters',
    path: ({ prefix }) => `${prefix}parameters.trainable`,
    format: formatCount,
  },
  {
    title: 'Training time per epoch',
    path: ({ prefix }) => `${prefix}secondsPerEpoch`,
    format: formatSeconds,
  },
  { title: 'What is kept on disk', path: modelBytesPath, format: formatBytes },
];

/** Full training against LoRA: what each takes, and what comes of it. */
export function comparison(runs: readonly RunView[]): Markup | null {
  const phases = phasesOf(runs);
  if (phases.length < 2) return null;
  const has = (wanted: PhaseKind): boolean => phases.some(({ kind }) => kind === wanted);
  const hasLora = has('lora');
  return section({
    title: hasLora ? `${has('full') ? 'Full training' : 'Pretraining'} against LoRA` : 'Cost and outcome',
    note: hasLora
      ? 'LoRA leaves layers as they are and trains a branch of low rank beside each, and the output layer where that has none. What it learns is kept as an adapter.'
      : 'What each training takes, and what comes of it.',
    body: html`<div class="pair">${measures.map((measure) => measureFigure(measure, phases))}</div>`,
  });
}

function measureFigure({ title, path, format }: Measure, phases: readonly PhaseView[]): Markup | null {
  const rows = phases.flatMap((phase) => {
    const place = path(phase);
    const value = place === null ? null : numberAt(phase.run, place);
    if (place === null || value === null) return [];
    return [{ label: phase.title, value, text: figure(phase.run, place, format), colour: phase.colour }];
  });
  return rows.length === 0
    ? null
    : html`<div class="block">
        <h3>${title}</h3>
        ${bars(rows)}
      </div>`;
}
