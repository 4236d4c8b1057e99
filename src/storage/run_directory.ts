import { aMap, aNumber, aString, anObject, fields, instance, listOf, optional, wholeFrom } from '../arguments.js';
import { mkdir, open, readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ImdbTorchError } from '../errors.js';
import { writeFileAtomic } from '../system/atomic_file.js';
import { outputError, systemCode } from '../system/file_errors.js';
import { makeFolders } from '../system/make_folders.js';
import {
  adapterConfigName,
  adapterFolder,
  adapterTensorsName,
  anAdapter,
  writeAdapter,
  type Adapter,
} from './adapter.js';
import { eventFileName, scalarsRecord, versionRecord, type Scalar } from './event_file.js';
import { modelDescriptionName, type ModelDescription } from './model_description.js';
import { describeFile, formatRunDocument, type StoredFile } from './recorded_files.js';
import type { RunDocument } from './run_document.js';
import { writeSafetensors } from './safetensors.js';
import { clearKilledRun, markUnfinished, noteWritten, removeMark } from './unfinished_run.js';
import type { StoredTensor } from './stored_tensor.js';
import { featureFields, type FeatureOptions } from '../text/features.js';
import { Vocabulary } from '../text/vocabulary.js';
import { featuresName, writeFeatures } from './features_file.js';
import { writeVocabulary } from './vocabulary_file.js';

const metricsName = 'metrics.jsonl';
const triedName = 'tried.jsonl';

const checkOptions = fields({ out: optional(aString), command: aString });
const checkScalar = fields({ tag: aString, value: aNumber });

export interface RunDirectoryOptions {
  /** The folder; without it a new one, `runs/<UTC time>-<command>` in the working folder. */
  out?: string | undefined;
  command: string;
}

/**
 * Makes the folder of a run and claims it, so that a second process cannot take it too. What a run left there that was
 * killed is removed.
 * @throws ERR_OUTPUT when `out` holds something else already, or when it cannot be written
 */
export async function createRunDirectory(options: RunDirectoryOptions): Promise<RunDirectory> {
  checkOptions(options, 'options');
  const { out, command } = options;
  const path = resolve(out ?? join('runs', `${timeStamp()}-${command}`));
  return asOutput(path, async () => {
    const folders = out === undefined ? await makeFreeFolder(path) : await makeEmptyFolder(path);
    const run = new RunDirectory(folders[0] ?? path, folders);
    try {
      await markUnfinished(run.path);
    } catch (error) {
      await removeFolders(folders);
      throw error;
    }
    try {
      await noteWritten(run.path, [metricsName]);
      await (await open(join(run.path, metricsName), 'wx')).close();
    } catch (error) {
      await removeMark(run.path);
      await removeFolders(folders);
      throw error;
    }
    return run;
  });
}

/**
 * Makes the folder of a run for `work`, and removes it again when that fails.
 * @throws what `createRunDirectory` and `work` throw
 */
export async function withRunDirectory<T>(
  options: RunDirectoryOptions,
  work: (directory: RunDirectory) => Promise<T>,
): Promise<T> {
  const directory = await createRunDirectory(options);
  try {
    return await work(directory);
  } catch (error) {
    await directory.discard();
    throw error;
  }
}

/** The folder of one run. Its files are written one after the other, each whole or not at all. */
export class RunDirectory {
  readonly #madeFiles = new Set([metricsName]);
  #last: Promise<unknown> = Promise.resolve();
  #eventFile: string | null = null;

  /**
   * @param madeFolders folders that `discard` may remove, the innermost first
   * @internal use createRunDirectory
   */
  constructor(
    readonly path: string,
    private readonly madeFolders: readonly string[],
  ) {}

  /** Adds a line to `metrics.jsonl`. */
  async appendMetrics(record: object): Promise<void> {
    anObject(record, 'record');
    await this.#write([metricsName], async (path) => {
      await append(path, `${JSON.stringify(record)}\n`);
    });
  }

  /** Adds a line to `tried.jsonl`, which a search writes while it goes on. */
  async appendTried(record: object): Promise<void> {
    anObject(record, 'record');
    await this.#write([triedName], async (path) => {
      await append(path, `${JSON.stringify(record)}\n`);
    });
  }

  /** Adds numbers of a step to the event file of TensorBoard, `events.out.tfevents.<seconds since 1970>.imdb-torch`. */
  async appendScalars(step: number, scalars: readonly Scalar[]): Promise<void> {
    wholeFrom(0)(step, 'step');
    listOf(checkScalar)(scalars, 'scalars');
    const seconds = Date.now() / 1000;
    const start = this.#eventFile === null ? [versionRecord(seconds)] : [];
    const name = (this.#eventFile ??= eventFileName(seconds));
    const records = Buffer.concat([...start, scalarsRecord(seconds, step, scalars)]);
    await this.#write([name], (path) => append(path, records));
  }

  /** Writes `config.json`: the options with which `--config` makes the same run again. */
  async writeConfig(document: object): Promise<void> {
    anObject(document, 'document');
    await this.#write(['config.json'], (path) => writeFileAtomic(path, [`${JSON.stringify(document, null, 2)}\n`]));
  }

  /**
   * Writes `vocabulary.txt`: one word per line, whose number less one is the id.
   * @param features how texts become these words; with them `features.bin` is written, too, and the run opens at once
   * @throws ImdbTorchError ERR_RUN when a word comes twice
   */
  async writeVocabulary(vocabulary: Vocabulary, features?: FeatureOptions): Promise<void> {
    instance(Vocabulary)(vocabulary, 'vocabulary');
    optional(fields(featureFields))(features, 'features');
    await this.#write(['vocabulary.txt'], (path) => writeVocabulary(path, vocabulary));
    if (features !== undefined) await this.#write([featuresName], (path) => writeFeatures(path, vocabulary, features));
  }

  /** Writes `model.json`: what the tensors mean. */
  async writeDescription(description: ModelDescription): Promise<void> {
    anObject(description, 'description');
    const text = `${JSON.stringify(description, null, 2)}\n`;
    await this.#write([modelDescriptionName], (path) => writeFileAtomic(path, [text]));
  }

  /** Writes `<name>.safetensors`, such as `model` or `merged`; `metadata` are strings to keep with them. */
  async writeModel(
    name: string,
    tensors: ReadonlyMap<string, StoredTensor>,
    metadata?: Readonly<Record<string, string>>,
  ): Promise<{ sha256: string }> {
    aString(name, 'name');
    aMap(tensors, 'tensors');
    optional(anObject)(metadata, 'metadata');
    return this.#write([`${name}.safetensors`], (path) => writeSafetensors(path, tensors, metadata));
  }

  /** Writes a folder, `adapter` unless it is named, in the layout of Hugging Face PEFT. */
  async writeAdapter(adapter: Adapter, folder = adapterFolder): Promise<void> {
    anAdapter(adapter, 'adapter');
    aString(folder, 'folder');
    const files = [join(folder, adapterTensorsName), join(folder, adapterConfigName)] as const;
    await this.#write(files, (path) => writeAdapter(dirname(path), adapter));
  }

  /** The files written so far, by name. */
  async listFiles(): Promise<StoredFile[]> {
    return this.#inTurn(() =>
      asOutput(this.path, () => Promise.all([...this.#madeFiles].sort().map((name) => describeFile(this.path, name)))),
    );
  }

  /** Writes `run.json`. To be called last: a folder that has it is complete. */
  async writeRun(document: RunDocument): Promise<void> {
    anObject(document, 'document');
    await this.#write(['run.json'], async (path) => {
      await writeFileAtomic(path, [formatRunDocument(document)]);
      await removeMark(this.path);
    });
  }

  /** Removes what this run has made, once what is being written is done, and nothing else. */
  async discard(): Promise<void> {
    await this.#inTurn(async () => {
      for (const name of this.#madeFiles) await rm(join(this.path, name), { force: true });
      await removeMark(this.path);
      const folders = new Set([...this.#madeFiles].map((name) => dirname(join(this.path, name))));
      await removeFolders([...[...folders].filter((folder) => folder !== this.path), ...this.madeFolders]);
    });
  }

  #write<T>(names: readonly [string, ...string[]], write: (path: string) => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      const path = join(this.path, names[0]);
      return asOutput(path, async () => {
        const made = names.filter((name) => !this.#madeFiles.has(name));
        if (made.length > 0) await noteWritten(this.path, made);
        for (const name of made) this.#madeFiles.add(name);
        return write(path);
      });
    });
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** Returns what `fn` returns; a system error in it becomes an ERR_OUTPUT that names `path`. */
async function asOutput<T>(path: string, fn: () => Promise<T>): Promise<T> {
  try {
    return await fn();
  } catch (error) {
    throw outputError(path, error);
  }
}

/** Such as 20261231T235959Z. */
function timeStamp(): string {
  return new Date().toISOString().replace(/[-:]|\.\d+/g, '');
}

/** Makes `path`, or `path-2`, `path-3`, ...: the first that is free. */
async function makeFreeFolder(path: string): Promise<string[]> {
  const parents = await makeFolders(dirname(path));
  for (let number = 1; ; number++) {
    const free = number === 1 ? path : `${path}-${number}`;
    try {
      await mkdir(free);
      return [free, ...parents];
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
    }
  }
}

async function makeEmptyFolder(path: string): Promise<string[]> {
  const made = await makeFolders(path);
  if (made.length === 0 && (await readdir(path)).length > 0 && !(await clearKilledRun(path))) {
    throw new ImdbTorchError(
      'ERR_OUTPUT',
      `Expected a new or empty folder but ${path} has files in it; choose another one or empty it.`,
    );
  }
  return made;
}

/** Removes those of `folders` that are empty. */
async function removeFolders(folders: readonly string[]): Promise<void> {
  for (const folder of folders) await rmdir(folder).catch(() => undefined);
}

/** Appends a record whole or, when the disk is full, not at all. */
async function append(path: string, record: string | Uint8Array): Promise<void> {
  const handle = await open(path, 'a');
  try {
    const { size } = await handle.stat();
    try {
      await handle.appendFile(record);
    } catch (error) {
      await handle.truncate(size);
      throw error;
    }
  } finally {
    await handle.close();
  }
}
