import { isDeepStrictEqual } from 'node:util';
import { ImdbTorchError } from '../errors.js';
import type { Adapter } from '../storage/adapter.js';
import type { Calibration, Decision, ModelDescription } from '../storage/model_description.js';

/** What is fitted to the logits of a model: how they become probabilities, and how these become a class. */
export type FittedToLogits = Pick<ModelDescription, 'calibration' | 'decision'>;

/** What the outputs of a model stand for while adapters are in use. */
export interface AdapterTask extends FittedToLogits {
  /** The names of the outputs; undefined: those of the model. */
  readonly classes: readonly string[] | undefined;
}

/** An adapter with its name. */
export interface NamedAdapter {
  readonly name: string;
  readonly adapter: Adapter;
}

const shownClasses = 5;

/**
 * Returns what the outputs stand for with these adapters: their classes, and what was fitted for each of them alone where
 * that is the same. Null without an adapter.
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
  const { calibration, decision } = fittedWith(adapters);
  return { classes: classesOf(first), calibration, ...(decision && { decision }) };
}

/** Returns what was fitted for all adapters alike. */
function fittedWith(adapters: readonly NamedAdapter[]): { calibration: Calibration | null; decision?: Decision } {
  const same = <T>(valueOf: (adapter: Adapter) => T): T | null => {
    const [first, ...others] = adapters.map(({ adapter }) => valueOf(adapter));
    return first !== undefined && others.every((other) => isDeepStrictEqual(first, other)) ? first : null;
  };
  const decision = same((adapter) => adapter.decision);
  return { calibration: same((adapter) => adapter.calibration) ?? null, ...(decision && { decision }) };
}

/** Returns a description with what the outputs stand for. @param task null: they stand for what it says */
export function describeWith(description: ModelDescription, task: AdapterTask | null): ModelDescription {
  if (task === null) return description;
  const { classes = description.classes, calibration, decision } = task;
  return {
    ...withoutDecision(description),
    classes,
    output: classes.length,
    calibration,
    ...(decision && { decision }),
  };
}

/** Returns a description without the thresholds by which a class is chosen. */
export function withoutDecision(description: ModelDescription): ModelDescription {
  const others: { -readonly [Name in keyof ModelDescription]: ModelDescription[Name] } = { ...description };
  delete others.decision;
  return others;
}

function listed(classes: readonly string[] | undefined): string {
  if (classes === undefined) return 'those of the model';
  const shown = classes.slice(0, shownClasses).map((name) => JSON.stringify(name));
  return [...shown, ...(classes.length > shownClasses ? [`${classes.length - shownClasses} more`] : [])].join(', ');
}
