import type { PhaseDocument } from '../../storage/run_document.js';
import type { Field } from './field.js';
import { html, type Markup } from './markup.js';
import { nameOf, finiteNumber, type RunView } from './run_view.js';

export type PhaseKind = 'full' | 'pretrain' | 'lora';

/** One training of a run. */
export interface PhaseView {
  run: RunView;
  kind: PhaseKind;
  /** Its name, followed by that of the run where several of the report have such a phase. */
  name: string;
  title: Markup;
  /** Its figures. */
  fields: Field<PhaseDocument>;
  /** Number of its colour; 0: neutral. */
  colour: number;
}

/** Colours of the page's palette. */
export const paletteSize = 8;

/** Returns the number of the colour of a run: a single LoRA run has that which it has beside full training. */
export function colourOf(run: RunView, runs: readonly RunView[]): number {
  if (runs.length === 1) return run.fields.at('lora').value === undefined ? 1 : 2;
  return (run.index % paletteSize) + 1;
}

/** The trainings of the runs, in their order. */
export function phasesOf(runs: readonly RunView[]): PhaseView[] {
  const phases = runs.flatMap((run) => {
    const kinds = [
      { kind: 'full', name: 'Full training', fields: run.fields as Field<PhaseDocument> },
      { kind: 'pretrain', name: 'Pretraining', fields: run.fields.at('pretrain') },
      { kind: 'lora', name: 'LoRA', fields: run.fields.at('lora') },
    ] as const;
    return kinds
      .filter(({ fields }) => fields.at('epochs').items().length > 0)
      .map((phase) => ({ ...phase, run, colour: phase.kind === 'pretrain' ? 0 : colourOf(run, runs) }));
  });
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

/** How a phase's model does on the test reviews. */
interface TestFields {
  accuracy: Field<number>;
  loss: Field<number>;
  /** Whether that is with calibrated probabilities, as commands use the model. */
  isCalibrated: boolean;
}

/** Returns the test of a phase. Only the model that a run ends with is calibrated. */
export function testOf({ run, kind, fields }: PhaseView): TestFields {
  const after = run.fields.at('calibration', 'test', 'after');
  const isCalibrated = kind !== 'pretrain' && finiteNumber(after.at('accuracy')) !== null;
  return isCalibrated
    ? { accuracy: after.at('accuracy'), loss: after.at('logLoss'), isCalibrated }
    : { accuracy: fields.at('test', 'accuracy'), loss: fields.at('test', 'loss'), isCalibrated };
}

/** Says whether the losses of a phase are of softmaxed probabilities or of logits; null where the run does not say. */
export function lossOf({ run, kind }: PhaseView): string | null {
  const options = run.fields.at('options');
  if (kind === 'pretrain' && options.at('pretraining').value === 'notebook') return 'softmax';
  return options.at('loss').value ?? null;
}

/** The number of the last epoch of a phase. */
export function lastEpochOf({ fields }: PhaseView): Field<number> {
  const epochs = fields.at('epochs');
  return epochs.at(epochs.items().length - 1, 'epoch');
}

/** Returns what the model of a phase takes on disk; null where the run does not say. */
export function modelBytesOf({ run, kind }: PhaseView): Field<number> | null {
  const wanted = kind === 'lora' ? 'adapter/adapter_model.safetensors' : 'model.safetensors';
  const file = run.fields
    .at('files')
    .items()
    .find((each) => each.value?.name === wanted);
  return file?.at('bytes') ?? null;
}
