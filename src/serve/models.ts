import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { explainText } from '../model/explanation.js';
import type { Prediction } from '../model/text_classifier.js';
import { TextClassifier, defaultAdapter } from '../model/text_classifier.js';
import { summarizeRun } from '../report/console/runs.js';
import { packageVersion } from '../setup/package_root.js';
import { adapterConfigName, adapterFolder } from '../storage/adapter.js';
import type { DecisionName } from '../storage/model_description.js';
import { readRunDocument } from '../storage/read_run.js';
import type { RunDocument } from '../storage/run_document.js';
import type { AdapterName, ModelAnswer } from './documents.js';
import type { Slices } from './work_queue.js';

/** The model of a run directory, alone and with its adapter where it has one. */
export interface ServedModels {
  readonly about: Omit<ModelAnswer, 'limits'>;
  /** These notes tell what is worth knowing of how the models were opened. */
  readonly notes: readonly string[];
  /** Whether `prepare` has ended. */
  readonly isReady: boolean;
  /** Makes what is made for the first text, so that it is answered as fast as later ones; others can run in between. */
  prepare(): Promise<void>;
  /** Returns the classifier for `adapter`, one of `about.adapters`. */
  classifier(adapter: AdapterName): TextClassifier;
  /** Frees the native memory. */
  dispose(): void;
}

/** Asks for the index of the features and for all layers. */
const firstText = 'A film.';

interface ServedModelsOptions {
  /** The adapter of requests that ask for none, as TextClassifier takes it; requests know a folder as `on`. */
  adapter?: string | undefined;
  /** How classes are chosen, as TextClassifier takes it. */
  decision?: DecisionName | undefined;
  /** The number of threads of the whole process. */
  threads?: number | undefined;
}

/** @throws what TextClassifier.open throws */
export async function openModels(path: string, options: ServedModelsOptions = {}): Promise<ServedModels> {
  const chosen = options.adapter ?? defaultAdapter(path);
  const adapters = servedAdapters(path, chosen);
  const classifiers = new Map<AdapterName, TextClassifier>();
  const dispose = (): void => {
    for (const classifier of classifiers.values()) classifier.dispose();
  };
  try {
    for (const [name, adapter] of adapters) {
      classifiers.set(name, await TextClassifier.open(path, { ...options, adapter }));
    }
    const about = describe(await readRunDocument(path), path, classifiers, nameOf(chosen));
    let isReady = false;
    const prepare = async (): Promise<void> => {
      for (const classifier of classifiers.values()) {
        await setImmediate();
        explainText(classifier, firstText);
      }
      isReady = true;
    };
    return {
      about,
      get isReady() {
        return isReady;
      },
      prepare,
      notes: [...classifiers.values()].flatMap(({ notes }) => notes),
      classifier: (name) => classifiers.get(name) ?? fail(name),
      dispose,
    };
  } catch (error) {
    dispose();
    throw error;
  }
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
  path: string,
  classifiers: ReadonlyMap<AdapterName, TextClassifier>,
  adapter: AdapterName,
): Omit<ModelAnswer, 'limits'> {
  const { description, featurizer } = classifiers.get('off') ?? fail('off');
  const { name, command, test } = summarizeRun(basename(resolve(path)), run);
  const { classes } = classifiers.get(adapter) ?? fail(adapter);
  // The test of the run says nothing of an adapter for another task.
  const isOfRun = isDeepStrictEqual(classes, description.classes);
  return {
    name,
    version: packageVersion(),
    command,
    test: isOfRun ? test : null,
    classes: [...classes],
    classesByAdapter: Object.fromEntries([...classifiers].map(([one, classifier]) => [one, [...classifier.classes]])),
    features: featurizer.vocabulary.size,
    hidden: description.hidden,
    adapters: [...classifiers.keys()],
    adapter,
  };
}

function fail(adapter: AdapterName): never {
  throw new RangeError(`Expected an adapter that the service has but received ${adapter}.`);
}

/** The most text that is classified at once, which takes some milliseconds. */
const charactersPerSlice = 1 << 15;
const textsPerSlice = 64;

/** Returns the predictions in the order of the texts, and gives way every few milliseconds. */
export function* predictInSlices(classifier: TextClassifier, texts: readonly string[]): Slices<Prediction[]> {
  const predictions: Prediction[] = [];
  let start = 0;
  while (start < texts.length) {
    if (start > 0) yield;
    let end = start;
    let characters = 0;
    while (end < texts.length && end - start < textsPerSlice && characters < charactersPerSlice) {
      characters += texts[end]?.length ?? 0;
      end += 1;
    }
    predictions.push(...classifier.predict(texts.slice(start, end)));
    start = end;
  }
  return predictions;
}
