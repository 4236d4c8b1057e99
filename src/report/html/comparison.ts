import { formatBytes, formatCount, formatSeconds, formatShare } from '../format.js';
import { bars } from './charts/charts.js';
import type { Field } from './field.js';
import { html, type Markup } from './markup.js';
import { modelBytesOf, phasesOf, testOf, type PhaseKind, type PhaseView } from './phase_view.js';
import { figure, finiteNumber, type Format, type RunView } from './run_view.js';
import { section } from './sections.js';

interface Measure {
  title: string;
  fieldOf: (phase: PhaseView) => Field<number> | null;
  format: Format;
}

const measures: readonly Measure[] = [
  { title: 'Test accuracy', fieldOf: (phase) => testOf(phase).accuracy, format: formatShare },
  {
    title: 'Trainable parameters',
    fieldOf: ({ fields }) => fields.at('parameters', 'trainable'),
    format: formatCount,
  },
  {
    title: 'Training time per epoch',
    fieldOf: ({ fields }) => fields.at('secondsPerEpoch'),
    format: formatSeconds,
  },
  { title: 'What is kept on disk', fieldOf: modelBytesOf, format: formatBytes },
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

function measureFigure({ title, fieldOf, format }: Measure, phases: readonly PhaseView[]): Markup | null {
  const rows = phases.flatMap((phase) => {
    const field = fieldOf(phase);
    const value = field && finiteNumber(field);
    if (field === null || value === null) return [];
    return [{ label: phase.title, value, text: figure(field, format), colour: phase.colour }];
  });
  return rows.length === 0
    ? null
    : html`<div class="block">
        <h3>${title}</h3>
        ${bars(rows)}
      </div>`;
}
