import { joinNumbers } from '../../data/numbers/gather.js';
import { hasUnknown } from '../../text/features.js';
import type { FeatureNames } from '../../text/feature_names.js';
import { isLogOdds, modelFileMagic, type ModelFileHeader, type Precision } from '../../portable/model_file.js';
import type { PortableParts } from '../../portable/portable_classifier.js';
import { writeSections, type SectionArray } from '../../storage/sections.js';
import { frontCoded, inBits, inPlanes } from './numbers/coding.js';
import { effectsOf, type Effects } from './numbers/effects.js';
import { arranged, groupFactors, quantize } from './numbers/quantize.js';
import { splitNames, type FeatureSequences } from './numbers/sequences.js';
import { growTree, type FeatureTree } from './numbers/trie.js';

export type NamedParts = PortableParts & { readonly names: FeatureNames };

/** A model, with what every file of it needs. */
export interface WrittenModel {
  readonly parts: NamedParts;
  readonly sequences: FeatureSequences;
  readonly effects: Effects;
  /** `[features]`: the factor of each in the norm of a text; null where that is of no account. */
  readonly factors: Float64Array | null;
  /** `[features]`: how often texts have each, as far as that is known. */
  readonly frequencies: Float64Array;
}

export interface ModelFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** `[features of the file]`: the id that each has in the model. */
  readonly ids: Int32Array;
}

/** What a file is written with. */
export interface WritingOptions {
  readonly precision: Precision;
  /** The number of factors that are told apart, at most 256; `float32` has them all. */
  readonly factorLevels: number;
}

/** Prepares a model to be written. @param frequencies `[features]`: how often texts have each */
export function prepareModel(parts: NamedParts, frequencies: Float64Array): WrittenModel {
  const { description, weights, layers, names } = parts;
  const { features } = description;
  const isNormed = features.normalize === true && weights !== null;
  return {
    parts,
    sequences: splitNames(names, {
      hasUnknown: hasUnknown(features),
      hasCharacters: features.characters !== undefined,
    }),
    effects: effectsOf(layers, weights, isLogOdds(description)),
    factors: isNormed ? Float64Array.from(weights, Math.abs) : null,
    frequencies,
  };
}

/**
 * Writes a model file, as `docs/model_bin.md` describes it.
 * @param isKept `[features]`: 1 for the features that it is to have, else 0; what stands for unknown tokens is kept anyway
 */
export function writeModelFile(model: WrittenModel, isKept: Uint8Array, options: WritingOptions): ModelFile {
  const { precision } = options;
  const { parts, sequences, effects } = model;
  const { description, names, layers, loss = 'logits' } = parts;
  const unknown = hasUnknown(description.features) ? names.word(0) : null;
  const tree = growTree(sequences, isKept);
  const characters = keptCharacters(sequences, isKept);
  const ids = joinNumbers([
    Int32Array.from(unknown === null ? [] : [0]),
    tree.ids.filter((id) => id >= 0),
    Int32Array.from(characters, ({ id }) => id),
  ]);
  const { weight, scales } = quantize(
    effects.columns.map((column) => arranged(column, ids)),
    precision,
  );
  const factors = storedFactors(model, ids, options);
  const header: ModelFileHeader = {
    ...{ model: description, loss, precision, features: ids.length, longest: tree.levels.length + 1, unknown, scales },
    factors: factors?.table ?? null,
  };
  const sections = {
    ...treeSections(tree),
    ...(description.features.characters &&
      sectionsOfNames(
        'characters',
        characters.map(({ name }) => name),
      )),
    ...{ weight, bias: effects.bias },
    ...(factors && { factors: factors.numbers }),
    ...(layers.output && { 'output.weight': Float64Array.from(layers.output.weight) }),
    ...(layers.output && { 'output.bias': Float64Array.from(layers.output.bias) }),
  };
  return { bytes: writeSections(modelFileMagic, { ...header }, sections), ids };
}

function keptCharacters({ characters }: FeatureSequences, isKept: Uint8Array): { id: number; name: string }[] {
  const kept = characters.flatMap((name, id) => (name !== undefined && isKept[id] === 1 ? [{ id, name }] : []));
  return kept.sort((one, other) => (one.name < other.name ? -1 : 1));
}

function treeSections({ tokens, levels, ids }: FeatureTree): Record<string, SectionArray> {
  const sections: Record<string, SectionArray> = sectionsOfNames('tokens', tokens);
  levels.forEach(({ children, ranks }, index) => {
    sections[`children${index + 2}`] = inPlanes(children);
    sections[`ranks${index + 2}`] = inPlanes(ranks);
  });
  if (ids.includes(-1)) sections.isFeature = inBits(ids);
  return sections;
}

function sectionsOfNames(section: string, names: readonly string[]): Record<string, SectionArray> {
  const { shared, rest } = frontCoded(names);
  return { [`${section}.shared`]: shared, [`${section}.rest`]: rest };
}

function storedFactors(
  { factors, frequencies }: WrittenModel,
  ids: Int32Array,
  { precision, factorLevels }: WritingOptions,
): { numbers: Float32Array | Uint8Array; table: readonly number[] | null } | null {
  if (factors === null) return null;
  const own = arranged(factors, ids);
  if (precision === 'float32') return { numbers: Float32Array.from(own), table: null };
  const grouped = groupFactors(own, arranged(frequencies, ids), factorLevels);
  return { numbers: grouped.numbers, table: grouped.factors };
}
