import { bytes } from '../arguments.js';
import { ImdbTorchError } from '../errors.js';
import type { ModelDescription } from '../storage/model_description.js';
import { areFinite, fromFloat16 } from '../storage/numbers/floats.js';
import { readSections, takeSection, type SectionFile } from '../storage/sections.js';
import { hasUnknown, longestNgram } from '../text/features.js';
import { checkDescription } from './model_file_description.js';
import { readFeatures } from './model_file_trie.js';
import type { PortableLayers, PortableParts } from './portable_classifier.js';

/** What a model file begins with. The last character is the version of the format. */
export const modelFileMagic = 'IMDBMDL1';

/** How a model file keeps the weights of its features. */
export const precisions = ['float32', 'float16', 'int8'] as const;
export type Precision = (typeof precisions)[number];

/** The fields of the header of a model file. */
export interface ModelFileHeader {
  /** The document of `model.json`. */
  readonly model: ModelDescription;
  /** The form of the loss that the model was trained with. */
  readonly loss: 'softmax' | 'logits';
  readonly precision: Precision;
  /** The number of features. */
  readonly features: number;
  /** The greatest number of tokens of a feature. */
  readonly longest: number;
  /** The name of the feature with id 0 where that stands for all unknown tokens, else null. */
  readonly unknown: string | null;
  /** What the stored weights of each column are multiplied by; null: nothing. */
  readonly scales: readonly number[] | null;
  /** The factors that the stored numbers of factors stand for; null: they are the factors themselves, or there are none. */
  readonly factors: readonly number[] | null;
}

/**
 * Reads a `model.bin`, as `docs/model_bin.md` describes it.
 * @throws ImdbTorchError ERR_RUN when it is damaged, of another version or anything but a model file
 */
export function readModelFile(file: Uint8Array): PortableParts {
  bytes(file, 'file');
  const stored = readSections(file, modelFileMagic, { refuse });
  const header = readHeader(stored.header);
  const { model } = header;
  const { index, names } = readFeatures(stored, { ...header, characters: model.features.characters ?? null }, refuse);
  const weights = readFactors(stored, header);
  const layers = readLayers(stored, header, weights);
  return { description: model, index, weights, layers, names, loss: header.loss };
}

function refuse(fault: string): ImdbTorchError {
  return new ImdbTorchError('ERR_RUN', `Expected an intact model file of this version but ${fault}; export it again.`);
}

function readHeader(fields: Readonly<Record<string, unknown>>): ModelFileHeader {
  const model = checkDescription(fields.model, refuse);
  const { features, longest, unknown, precision, loss } = fields;
  const isKnown =
    isWhole(features) &&
    isWhole(longest) &&
    (longest as number) <= longestNgram(model.features) &&
    precisions.some((known) => known === precision) &&
    (loss === 'softmax' || loss === 'logits') &&
    (typeof unknown === 'string') === hasUnknown(model.features);
  if (!isKnown || !isScales(fields.scales) || !isScales(fields.factors)) throw refuse('its header has other fields');
  return { ...(fields as unknown as ModelFileHeader), model, unknown: typeof unknown === 'string' ? unknown : null };
}

function isWhole(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function isScales(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.every((scale) => Number.isFinite(scale) && scale >= 0));
}

/** Reads the factor of each feature in the norm of a text. @returns null without factors */
function readFactors(file: SectionFile, { features, factors }: ModelFileHeader): Float32Array | null {
  if (!file.sections.has('factors')) return null;
  const dtype = factors === null ? 'float32' : 'uint8';
  const stored = takeSection(file, 'factors', { dtype, length: features, refuse });
  const values = new Float32Array(features);
  for (let id = 0; id < features; id += 1) {
    const factor = factors === null ? stored[id] : factors[stored[id]];
    // Neither is undefined, which stands for one that the header has not.
    if (!(factor >= 0 && factor < Infinity)) throw refuse('it has factors that are no numbers from 0 on');
    values[id] = factor;
  }
  return values;
}

function readLayers(file: SectionFile, header: ModelFileHeader, factors: Float32Array | null): PortableLayers {
  const { hidden, output: classes } = header.model;
  const isPair = isLogOdds(header.model);
  const columns = isPair ? 1 : hidden === 0 ? classes : hidden;
  const rows = readRows(file, header, columns, factors);
  const bias = readFloats(file, 'bias', columns);
  if (isPair) return { first: { weight: paired(rows), bias: paired(bias) }, output: null };
  if (hidden === 0) return { first: { weight: rows, bias }, output: null };
  const output = {
    weight: readFloats(file, 'output.weight', classes * hidden),
    bias: readFloats(file, 'output.bias', classes),
  };
  return { first: { weight: rows, bias }, output };
}

/** Whether a model file has one column for both logits: all that counts is the second one less the first one. */
export function isLogOdds({ hidden, output }: Pick<ModelDescription, 'hidden' | 'output'>): boolean {
  return hidden === 0 && output === 2;
}

/**
 * Reads the weights of the first layer, which a file has column by column and times the factors.
 * @returns `[features, columns]`, row-major
 */
function readRows(
  file: SectionFile,
  { features, precision, scales }: ModelFileHeader,
  columns: number,
  factors: Float32Array | null,
): Float32Array {
  if ((scales?.length ?? columns) !== columns) throw refuse(`its header has not ${columns} scales`);
  const stored = readStored(file, precision, features * columns);
  const rows = new Float32Array(stored.length);
  for (let column = 0; column < columns; column += 1) {
    const scale = scales?.[column] ?? 1;
    for (let id = 0; id < features; id += 1) {
      const factor = factors === null ? 1 : factors[id];
      const product = scale * stored[column * features + id];
      rows[id * columns + column] = factor === 0 ? 0 : product / factor;
    }
  }
  if (!areFinite(rows)) throw refuse('it has weights that are no numbers');
  return rows;
}

function readStored(file: SectionFile, precision: Precision, length: number): Float32Array | Int8Array {
  if (precision === 'float16') return fromFloat16(takeSection(file, 'weight', { dtype: 'uint16', length, refuse }));
  return takeSection(file, 'weight', { dtype: precision, length, refuse });
}

/** Splits the difference of two numbers between them. @returns `[n, 2]`, row-major */
function paired<T extends Float32Array | Float64Array>(differences: T): T {
  const pairs = new (differences.constructor as new (length: number) => T)(2 * differences.length);
  for (let k = 0; k < differences.length; k += 1) {
    pairs[2 * k] = -differences[k] / 2;
    pairs[2 * k + 1] = differences[k] / 2;
  }
  return pairs;
}

/** Copies numbers out of the file, whose bytes may be overwritten or given to another thread once the model is read. */
function readFloats(file: SectionFile, name: string, length: number): Float64Array {
  const values = takeSection(file, name, { dtype: 'float64', length, refuse }).slice();
  if (!areFinite(values)) throw refuse(`its section ${name} has a NaN or an infinity`);
  return values;
}
