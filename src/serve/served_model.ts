import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { explainText } from '../portable/explanation.js';
import { defaultAdapter } from '../model/read_model.js';
import type { BaseClassifier } from '../portable/base_classifier.js';
import { openRunWith } from '../model/open_run.js';
import { chooseEngine } from '../model/chosen_engine.js';
import type { EngineChoice, SettledEngine } from '../model/engine_choice.js';
import type { RunClassifier } from '../model/run_classifier.js';
import { summarizeRun } from '../report/console/runs.js';
import { packageVersion } from '../setup/package_root.js';
import { adapterConfigName, adapterFolder } from '../storage/adapter.js';
import type { DecisionName } from '../storage/model_description.js';
import { readRunDocument } from '../storage/read_run.js';
import type { RunDocument } from '../storage/run_document.js';
import type { AdapterName, ModelAnswer } from './documents.js';

/** What is told of a model, without the limits, which are the service's. */
export type About = Omit<ModelAnswer, 'limits'>;

/** A model that answers requests, alone and with its adapter where it has one. */
export interface ServedModel {
  readonly name: string;
  readonly about: About;
  /** These notes tell what is worth knowing of how the model was opened. */
  readonly notes: readonly string[];
  /** Returns the classifier for an adapter, by default for `about.adapter`; null where the model has not this adapter. */
  classifier(adapter?: AdapterName): BaseClassifier | null;
  /** Frees the native memory, where it belongs to the service. */
  dispose(): void;
}

/** Asks for the index of the features and for all layers, whose code is then there. */
export const firstText = 'A film.';

export interface ServedRunOptions {
  /** The name that the model is served under; default: that of the run. */
  name?: string | undefined;
  /** The adapter of requests that ask for none, as TextClassifier takes it; requests know a folder as `on`. */
  adapter?: string | undefined;
  /** How classes are chosen, as TextClassifier takes it. */
  decision?: DecisionName | undefined;
  /** What computes; default: `auto`. */
  engine?: EngineChoice | SettledEngine | undefined;
  /** The number of threads of the whole process. */
  threads?: number | undefined;
}

/** The classifiers of a run by their adapters, and what is told of them. */
export interface RunClassifiers<Classifier> {
  readonly about: About;
  readonly notes: readonly string[];
  readonly classifiers: ReadonlyMap<AdapterName, Classifier>;
}

/**
 * Opens the model of a run directory.
 * @throws what TextClassifier.open throws
 */
export async function openRun(path: string, options: ServedRunOptions = {}): Promise<ServedModel> {
  return servedRun(await openClassifiers(path, options));
}

/** Serves these classifiers, which are the service's from now on. */
export function servedRun({ about, notes, classifiers }: RunClassifiers<BaseClassifier>): ServedModel {
  return {
    name: about.name,
    about,
    notes,
    classifier: (key = about.adapter) => classifiers.get(key) ?? null,
    dispose: () => {
      for (const classifier of classifiers.values()) classifier.dispose();
    },
  };
}

/**
 * Opens the classifiers of a run directory with all that a first text asks for, so that this is answered as fast as later
 * ones.
 * @throws what TextClassifier.open throws
 */
export async function openClassifiers(path: string, options: ServedRunOptions): Promise<RunClassifiers<RunClassifier>> {
  const chosen = options.adapter ?? defaultAdapter(path);
  const { name = basename(resolve(path)), decision } = options;
  const { engine, threads, notes: told } = await chooseEngine(options.engine, options.threads);
  const classifiers = new Map<AdapterName, RunClassifier>();
  try {
    for (const [key, adapter] of servedAdapters(path, chosen)) {
      const classifier = await openRunWith(path, { adapter, decision, engine, threads });
      classifiers.set(key, classifier);
      await classifier.featurizer.prepare();
      // What is served already is to be answered in between.
      await setImmediate();
      explainText(classifier, firstText);
    }
    return {
      about: describe(await readRunDocument(path), name, classifiers, nameOf(chosen)),
      notes: [...told, ...[...classifiers.values()].flatMap(({ notes }) => notes)],
      classifiers,
    };
  } catch (error) {
    for (const classifier of classifiers.values()) classifier.dispose();
    throw error;
  }
}

/** Serves a classifier that stays the caller's, as it is at each request: its adapters can be exchanged meanwhile. */
export function servedClassifier(name: string, classifier: BaseClassifier): ServedModel {
  const alone: AdapterName = classifier.isMerged ? 'merged' : 'off';
  const adapterOf = (): AdapterName => (classifier.activeAdapters.length === 0 ? alone : 'on');
  return {
    name,
    get about() {
      const adapter = adapterOf();
      const classes = [...classifier.classes];
      return {
        ...{ name, version: packageVersion(), command: null, test: null },
        ...{ classes, classesByAdapter: { [adapter]: classes }, ...sizesOf(classifier) },
        ...{ adapters: [adapter], adapter },
      };
    },
    notes: [],
    classifier: (adapter) => (adapter === undefined || adapter === adapterOf() ? classifier : null),
    dispose: () => undefined,
  };
}

/** Returns the adapters that the run has or that were asked for, with what TextClassifier calls each. */
function servedAdapters(path: string, chosen: string): Map<AdapterName, string> {
  const adapters = new Map<AdapterName, string>([['off', 'off']]);
  const isFolder = !isName(chosen);
  if (isFolder) adapters.set('on', chosen);
  else if (chosen === 'on' || existsSync(join(path, adapterFolder, adapterConfigName))) adapters.set('on', 'on');
  // The merged model has the run's own adapter in it: beside another one it says nothing.
  const hasMerged = !isFolder && existsSync(join(path, 'merged.safetensors'));
  if (chosen === 'merged' || hasMerged) adapters.set('merged', 'merged');
  return adapters;
}

function nameOf(chosen: string): AdapterName {
  return isName(chosen) ? chosen : 'on';
}

function isName(chosen: string): chosen is AdapterName {
  return chosen === 'off' || chosen === 'on' || chosen === 'merged';
}

function describe(
  run: RunDocument,
  name: string,
  classifiers: ReadonlyMap<AdapterName, BaseClassifier>,
  adapter: AdapterName,
): About {
  const base = classifiers.get('off') ?? fail('off');
  const { command, test } = summarizeRun(name, run);
  const { classes } = classifiers.get(adapter) ?? fail(adapter);
  // The test of the run says nothing of a model for another task.
  const isOfRun = isDeepStrictEqual(classes, run.classes ?? base.classes);
  return {
    name,
    version: packageVersion(),
    command,
    test: isOfRun ? test : null,
    classes: [...classes],
    classesByAdapter: Object.fromEntries([...classifiers].map(([one, classifier]) => [one, [...classifier.classes]])),
    ...sizesOf(base),
    adapters: [...classifiers.keys()],
    adapter,
  };
}

function sizesOf({ engine, features, description }: BaseClassifier): Pick<About, 'engine' | 'features' | 'hidden'> {
  return { engine, features, hidden: description.hidden };
}

function fail(adapter: AdapterName): never {
  throw new RangeError(`Expected an adapter that the service has but received ${adapter}.`);
}
