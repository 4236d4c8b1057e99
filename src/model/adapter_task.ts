import { isDeepStrictEqual } from 'node:util';
import { ImdbTorchError } from '../errors.js';
import type { Adapter } from '../storage/adapter.js';
import type { Calibration, Decision, ModelDescription } from '../storage/model_description.js';

/** What is fitted to the logits of a model: how they become probabilities, and how these become a class. */
export interface FittedToLogits {
  /** Null: probabilities are the softmax of the logits. */
  readonly calibration: Calibration | null;
  /** Absent: the most probable class is predicted. */
  readonly decision?: Decision;
}

/** What the outputs of a model stand for while adapters are in use. */
export interface AdapterTask extends FittedToLogits {
  /** The names of the outputs; undefined: those of the model. */
  readonly classes: readonly string[] | undefined;
}

/** An adapter with its name and the factor of what it changes. */
export interface NamedAdapter {
  readonly name: string;
  readonly adapter: Adapter;
  readonly scale: number;
}

const shownClasses = 5;

/**
 * @param known SHA-256 of the model's file; null: not known
 * @throws ERR_RUN for an adapter of another model
 */
export function assertOfBase(name: string, { baseSha256 }: Adapter, known: string | null): void {
  if (baseSha256 === null || known === null || baseSha256 === known) return;
  throw new ImdbTorchError(
    'ERR_RUN',
    `Expected an adapter of the model with SHA-256 ${known} but ${name} was trained on the one with ` +
      `${baseSha256}; use it with that model.`,
  );
}

/**
 * Returns what the outputs stand for with these adapters: their classes and, of a single one as it was trained, what was
 * fitted for it: it counts for no other logits. Null without an adapter.
 * @param ofModel the classes of the model, where they are known
 * @throws ERR_USAGE that names two adapters with other classes, or the same ones in another order
 */
export function agreeOnTask(
  adapters: readonly NamedAdapter[],
  ofModel: readonly string[] | undefined,
): AdapterTask | null {
  const [first, ...others] = adapters;
  if (first === undefined) return null;
  const classesOf = ({ adapter }: NamedAdapter): readonly string[] | undefined => adapter.classes ?? ofModel;
  const stranger = others.find((other) => !isDeepStrictEqual(classesOf(first), classesOf(other)));
  if (stranger !== undefined) {
    const [one, other] = [first, stranger].map((each) => `${each.name} has ${listed(classesOf(each))}`);
    throw new ImdbTorchError(
      'ERR_USAGE',
      `Expected adapters with the same classes in the same order but ${one} and ${other}; use them one at a time.`,
    );
  }
  const isAsTrained = others.length === 0 && first.scale === 1;
  const { calibration = null, decision }: Partial<Adapter> = isAsTrained ? first.adapter : {};
  return { classes: classesOf(first), calibration, ...(decision && { decision }) };
}

function listed(classes: readonly string[] | undefined): string {
  return classes === undefined ? 'those of the model' : listClasses(classes);
}

/** Returns a description with what the outputs stand for. @param task null: they stand for what it says */
export function describeWith(description: ModelDescription, task: AdapterTask | null): ModelDescription {
  if (task === null) return description;
  const { classes = description.classes } = task;
  return { ...withFitted(description, task), classes, output: classes.length };
}

/** Returns a description with what was fitted to its logits in the place of what it has. */
export function withFitted(description: ModelDescription, { calibration, decision }: FittedToLogits): ModelDescription {
  return { ...withoutDecision(description), calibration, ...(decision && { decision }) };
}

/** Returns a description without the thresholds by which a class is chosen. */
export function withoutDecision(description: ModelDescription): ModelDescription {
  const others: { -readonly [Name in keyof ModelDescription]: ModelDescription[Name] } = { ...description };
  delete others.decision;
  return others;
}

/** Names classes in quotes, the first few of many. */
export function listClasses(classes: readonly string[]): string {
  const shown = classes.slice(0, shownClasses).map((name) => JSON.stringify(name));
  return [...shown, ...(classes.length > shownClasses ? [`${classes.length - shownClasses} more`] : [])].join(', ');
}
