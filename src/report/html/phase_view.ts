import { html, type Markup } from './markup.js';
import { listAt, nameOf, numberAt, textAt, valueAt, type RunView } from './run_view.js';

export type PhaseKind = 'full' | 'pretrain' | 'lora';

/** One training of a run. */
export interface PhaseView {
  run: RunView;
  kind: PhaseKind;
  /** Its name, followed by that of the run where several of the report have such a phase. */
  name: string;
  title: Markup;
  /** Before the paths of its figures: `lora.` for `lora.test.loss`. */
  prefix: string;
  /** Number of its colour; 0: neutral. */
  colour: number;
}

const kinds: readonly { kind: PhaseKind; prefix: string; name: string }[] = [
  { kind: 'full', prefix: '', name: 'Full training' },
  { kind: 'pretrain', prefix: 'pretrain.', name: 'Pretraining' },
  { kind: 'lora', prefix: 'lora.', name: 'LoRA' },
];

/** Colours of the page's palette. */
export const paletteSize = 8;

/** Number of the colour of a run: a single LoRA run has that which it has beside full training. */
export function colourOf(run: RunView, runs: readonly RunView[]): number {
  if (runs.length === 1) return isLora(run) ? 2 : 1;
  return (run.index % paletteSize) + 1;
}

function isLora(run: RunView): boolean {
  return valueAt(run, 'lora.epochs') !== undefined;
}

/** The trainings of the runs, in their order. */
export function phasesOf(runs: readonly RunView[]): PhaseView[] {
  const phases = runs.flatMap((run) =>
    kinds
      .filter(({ prefix }) => listAt(run, `${prefix}epochs`).length > 0)
      .map((phase) => ({ ...phase, run, colour: phase.kind === 'pretrain' ? 0 : colourOf(run, runs) })),
  );
  return phases.map((phase) => {
    const { name, run, kind } = phase;
    const alone = phases.filter((other) => other.kind === kind).length === 1;
    if (alone) return { ...phase, title: html`${name}` };
    return { ...phase, name: `${name}, ${run.name}`, title: html`${name}, ${nameOf(run)}` };
  });
}

/** The phase whose model a run ends with. */
export function lastPhaseOf(run: RunView): PhaseView | null {
  return phasesOf([run]).at(-1) ?? null;
}

/** The paths of what a phase's model does on the test reviews. */
export interface TestPaths {
  accuracy: string;
  loss: string;
  /** Whether that is with calibrated probabilities, as commands use the model. */
  isCalibrated: boolean;
}

/** Only the model that a run ends with is calibrated. */
export function testPathsOf({ run, kind, prefix }: PhaseView): TestPaths {
  const after = 'calibration.test.after';
  const isCalibrated = kind !== 'pretrain' && numberAt(run, `${after}.accuracy`) !== null;
  return isCalibrated
    ? { accuracy: `${after}.accuracy`, loss: `${after}.logLoss`, isCalibrated }
    : { accuracy: `${prefix}test.accuracy`, loss: `${prefix}test.loss`, isCalibrated };
}

/** Whether the losses of a phase are of softmaxed probabilities or of logits; null where the run does not say. */
export function lossOf({ run, kind }: PhaseView): string | null {
  if (kind === 'pretrain' && textAt(run, 'options.pretraining') === 'notebook') return 'softmax';
  return textAt(run, 'options.loss');
}

/** Path of the last epoch of a phase. */
export function lastEpochPath({ run, prefix }: PhaseView): string {
  return `${prefix}epochs.${listAt(run, `${prefix}epochs`).length - 1}`;
}

/** What the model of a phase takes on disk, as the path of its size; null where the run does not say. */
export function modelBytesPath({ run, kind }: PhaseView): string | null {
  const wanted = kind === 'lora' ? 'adapter/adapter_model.safetensors' : 'model.safetensors';
  const index = listAt(run, 'files').findIndex((_, place) => textAt(run, `files.${place}.name`) === wanted);
  const path = `files.${index}.bytes`;
  return numberAt(run, path) === null ? null : path;
}
