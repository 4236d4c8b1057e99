import { createClassifier, type ClassifierModel } from '../../model/classifier_model.js';
import { Generator, Sgd, type FloatDtype, type LossForm, type Tensor } from '../../model/native.js';
import { Comparisons, toleranceOf } from './comparisons.js';
import type { NativeBackend } from './backends.js';
import type { ReferenceCase } from './reference_cases.js';
import { bagsOf, int32Of, tensorOf } from './tensors.js';

interface ClassifierFacts {
  dtype: FloatDtype;
  vocabulary: number;
  hidden: number;
  classes: number;
  rank: number;
  alpha: number;
  loss: LossForm;
  classWeights?: number[];
  /** The part that is trained: without the branch, with it on a frozen base, or both. */
  mode: 'off' | 'on' | 'both';
  terms: number;
}

interface TrainingFacts extends ClassifierFacts {
  lr: number;
  batchSize: number;
}

type Reference<Facts> = ReferenceCase<Facts>;
/** The reference's names of the parameters, of which A and B are the notebook's, and those of `Gradients`. */
const gradientNames = {
  weight: 'weight',
  bias: 'bias',
  A: 'up',
  B: 'down',
  outputWeight: 'outputWeight',
  outputBias: 'outputBias',
} as const;
type ReferenceName = keyof typeof gradientNames;

/** Recomputes logits, loss, all gradients and the evaluation of a classifier. */
export function recomputeClassifier(reference: Reference<ClassifierFacts>, backend: NativeBackend): Comparisons {
  const { terms, loss, mode, vocabulary, dtype } = reference.facts;
  const comparisons = new Comparisons();
  const model = createModel(reference, backend);
  try {
    fill(model, reference);
    const { classifier, hidden } = model;
    hidden.loraEnabled = mode !== 'off';
    hidden.setTrainable({ base: mode !== 'on', lora: mode !== 'off' });
    const bags = bagsOf(reference, vocabulary);
    const compare = (role: string, tensor: Tensor | null): void => {
      comparisons.tensor(role, tensor, reference.get(role), terms);
    };
    compare('logits', classifier.forward(bags));
    const gradients = classifier.gradients(bags, int32Of(reference.get('rows')), { loss, ...weightsOf(reference) });
    comparisons.values('loss', [gradients.loss], reference.get('loss'), toleranceOf(dtype, terms));
    for (const name of Object.keys(parametersOf(model)) as ReferenceName[]) {
      const role = `gradient.${name}`;
      const gradient = gradients[gradientNames[name]];
      if (reference.has(role)) compare(role, gradient);
      else comparisons.same(`whether there is a ${role}`, gradient !== null, false);
    }
    const { lossSum, correct, count } = classifier.evaluate(bags, { loss });
    comparisons.values('lossSum', [lossSum], reference.get('lossSum'), toleranceOf(dtype, terms));
    comparisons.values('correct', [correct], reference.get('correct'), 0);
    comparisons.same('count', count, bags.length);
  } finally {
    model.dispose();
  }
  return comparisons;
}

/** Recomputes some steps of full training, as many of LoRA, then the merge. */
export function recomputeTraining(reference: Reference<TrainingFacts>, backend: NativeBackend): Comparisons {
  const { terms, vocabulary } = reference.facts;
  const comparisons = new Comparisons();
  const model = createModel(reference, backend);
  try {
    fill(model, reference, 'before.');
    const { classifier, hidden } = model;
    const bags = bagsOf(reference, vocabulary);
    const rows = int32Of(reference.get('rows'));
    const train = (phase: 'full' | 'lora', own: Int32Array): void => {
      hidden.loraEnabled = phase === 'lora';
      hidden.setTrainable({ base: phase === 'full', lora: phase === 'lora' });
      trainPhase(reference, model, { phase, bags, rows: own }, comparisons);
    };
    train('full', rows.subarray(0, rows.length / 2));
    train('lora', rows.subarray(rows.length / 2));
    comparisons.tensor('lora.logits', classifier.forward(bags), reference.get('lora.logits'), terms);
    hidden.merge({ keepAdapter: true });
    comparisons.tensor('merged.weight', hidden.weight, reference.get('merged.weight'), terms);
    comparisons.tensor('merged.logits', classifier.forward(bags), reference.get('merged.logits'), terms);
  } finally {
    model.dispose();
  }
  return comparisons;
}

interface PhaseOfTraining {
  phase: 'full' | 'lora';
  bags: ReturnType<typeof bagsOf>;
  rows: Int32Array;
}

function trainPhase(
  reference: Reference<TrainingFacts>,
  model: ClassifierModel,
  { phase, bags, rows }: PhaseOfTraining,
  comparisons: Comparisons,
): void {
  const { terms, loss, lr, batchSize, dtype } = reference.facts;
  const trainable = Object.entries(parametersOf(model)).filter(([, tensor]) => tensor.requiresGrad);
  const optimizer = new Sgd(
    trainable.map(([, tensor]) => tensor),
    { lr },
  );
  const losses = model.classifier.trainBatches(bags, rows, { batchSize, optimizer, loss, ...weightsOf(reference) });
  optimizer.dispose();
  const expected = reference.get(`${phase}.losses`);
  comparisons.values(`${phase}.losses`, losses, expected, toleranceOf(dtype, terms));
  for (const [name, tensor] of trainable) {
    comparisons.tensor(`${phase}.${name}`, tensor, reference.get(`${phase}.${name}`), terms);
  }
}

function weightsOf({ facts }: Reference<ClassifierFacts>): { classWeights?: Float64Array } {
  return facts.classWeights === undefined ? {} : { classWeights: Float64Array.from(facts.classWeights) };
}

function createModel({ facts }: Reference<ClassifierFacts>, backend: NativeBackend): ClassifierModel {
  const generator = new Generator(0);
  const model = createClassifier({ ...facts, ...backend, vocabularySize: facts.vocabulary, generator });
  generator.dispose();
  return model;
}

function fill(model: ClassifierModel, reference: Reference<ClassifierFacts>, prefix = ''): void {
  for (const [name, tensor] of Object.entries(parametersOf(model))) {
    tensor.copy_(tensorOf(reference.get(prefix + name), tensor.device));
  }
}

/** Returns every parameter by the reference's name. */
function parametersOf({ parameters, output }: ClassifierModel): Partial<Record<ReferenceName, Tensor>> {
  const { 'fc1.weight': weight, 'fc1.bias': bias, 'fc1.up': A, 'fc1.down': B } = parameters;
  return {
    ...{ weight, bias },
    ...(A && { A }),
    ...(B && { B }),
    ...(output && { outputWeight: output.weight, outputBias: output.bias }),
  };
}
