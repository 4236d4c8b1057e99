import type { FeatureOptions } from '../../text/features.js';
import type { OnnxGraph } from './graph.js';

/** The names of what a graph knows of its texts. */
interface Bags {
  /** `[entries]`: the features of all texts, one text after the other. */
  readonly ids: string;
  /** `[entries]`: how often the text has the feature; null where that does not matter. */
  readonly counts: string | null;
  /** `[entries]`: the number of the text that each belongs to. */
  readonly textOf: string;
  /** `[texts]`: the number of features of each text. */
  readonly lengths: string;
  /** `[1]`: the number of texts. */
  readonly texts: string;
}

/** What the features of a text are multiplied by, and the first layer's weight. */
export interface FirstLayer {
  readonly options: Pick<FeatureOptions, 'counts' | 'normalize' | 'gain'>;
  /** `[features]`: the factor of each; null: 1. */
  readonly factors: Float32Array | null;
  /** `[features, width]`, row-major */
  readonly weight: Float32Array;
  readonly width: number;
}

/**
 * Adds the inputs, and the sums of the rows of the weight that texts have: each row times its value, the sum divided as
 * `normalize` says, times the gain. Memory grows with the features of the texts, not with texts times features.
 * @returns the name of `[texts, width]`
 */
export function sumBags(graph: OnnxGraph, { options, factors, weight, width }: FirstLayer): string {
  const features = weight.length / width;
  const bags = addInputs(graph, features, options.counts === 'counts');
  const values = addValues(graph, bags, factors);
  const rows = graph.node('rows', 'Gather', [graph.constant('fc1.weight', weight, [features, width]), bags.ids]);
  const scaled = values === null ? rows : graph.node('scaled_rows', 'Mul', [rows, column(graph, values)]);
  const shape = graph.node('shape_of_sums', 'Concat', [bags.texts, graph.integers('width', [width])], { axis: 0 });
  const noSums = graph.node('no_sums', 'ConstantOfShape', [shape]);
  const sums = graph.node('sums', 'ScatterND', [noSums, column(graph, bags.textOf), scaled], { reduction: 'add' });
  return scaleSums(graph, sums, { bags, values, options });
}

/**
 * Adds the inputs: the features of all texts one after the other and, as in `EncodedTexts`, where each text starts with the
 * end of the last one behind. That is one number more than PyTorch's EmbeddingBag takes by default, and lets a run fail
 * where offsets do not belong to the ids.
 */
function addInputs(graph: OnnxGraph, features: number, areCounted: boolean): Bags {
  const given = graph.input('ids', {
    type: 'int64',
    shape: ['entries'],
    description: 'The features of all texts, one text after the other, each feature once in a text.',
  });
  const offsets = graph.input('offsets', {
    type: 'int64',
    shape: ['texts_and_one'],
    description: 'Where each text starts in ids, the first at 0, and behind these the number of ids.',
  });
  const entries = graph.part('entries', offsets, [-1]);
  const starts = graph.part('starts', offsets, [0, -1]);
  const ends = graph.part('ends', offsets, [1]);
  const lengths = graph.node('lengths', 'Sub', [ends, starts]);
  const first = graph.part('first', offsets, [0, 1]);
  return {
    ids: checkIds(graph, given, { features, entries, first, lengths }),
    counts: areCounted ? addCounts(graph, entries) : null,
    textOf: textOfEntries(graph, ends, entries),
    lengths,
    texts: graph.node('texts', 'Shape', [lengths]),
  };
}

function addCounts(graph: OnnxGraph, entries: string): string {
  const counts = graph.input('counts', {
    type: 'float',
    shape: ['entries'],
    description: 'How often the text has each feature of ids.',
  });
  return ofLength(graph, 'as_many_counts', counts, entries);
}

/**
 * Adds what lets a run fail where the offsets do not go up from 0 to the number of ids, and where an id is negative, which
 * would count from the end. ONNX has no operator that only checks.
 */
function checkIds(
  graph: OnnxGraph,
  ids: string,
  { features, entries, first, lengths }: { features: number; entries: string; first: string; lengths: string },
): string {
  // More than the last offset where the first is not 0, or one is lower than that before it.
  const steps = graph.node('steps', 'Concat', [first, first, lengths], { axis: 0 });
  const distances = graph.node('distances', 'Abs', [steps]);
  const way = graph.node('way', 'ReduceSum', [distances, graph.integers('only_axis', [0])], { keepdims: 1 });
  const asManyAsLast = ofLength(graph, 'as_many_ids', ids, entries);
  const asManyAsAll = ofLength(graph, 'ids_of_ascending_offsets', asManyAsLast, way);
  const isNegative = graph.node('is_negative', 'Less', [asManyAsAll, graph.integers('least_id', 0)]);
  return graph.node('known_ids', 'Where', [isNegative, graph.integers('features', features), asManyAsAll]);
}

/** Adds a node that fails where a list has another length. */
function ofLength(graph: OnnxGraph, name: string, list: string, length: string): string {
  return graph.node(name, 'Reshape', [list, length], { allowzero: 1 });
}

/** Adds the number of the text of each entry, which is the number of texts that end before it or where it is. */
function textOfEntries(graph: OnnxGraph, ends: string, entries: string): string {
  // A place more, for texts that end behind all entries.
  const places = graph.node('places', 'Add', [entries, graph.integers('one', [1])]);
  const none = graph.node('no_ends', 'ConstantOfShape', [places], { value: BigInt64Array.of(0n) });
  const shape = graph.node('shape_of_ends', 'Shape', [ends]);
  const ones = graph.node('ones', 'ConstantOfShape', [shape], { value: BigInt64Array.of(1n) });
  const marks = graph.node('ends_at', 'ScatterElements', [none, ends, ones], { axis: 0, reduction: 'add' });
  const counted = graph.node('ends_until', 'CumSum', [marks, graph.integers('sum_axis', 0)]);
  return graph.part('text_of_entry', counted, [0, -1]);
}

/** Adds the values of the entries, not normalised; returns their name, or null where all are 1. */
function addValues(graph: OnnxGraph, { ids, counts }: Bags, factors: Float32Array | null): string | null {
  if (factors === null) return counts;
  const weights = graph.node('weights', 'Gather', [graph.constant('feature_weights', factors), ids]);
  return counts === null ? weights : graph.node('values', 'Mul', [counts, weights]);
}

/** Adds the division by the norm, and the gain; returns the name of what comes out. */
function scaleSums(
  graph: OnnxGraph,
  sums: string,
  { bags, values, options }: { bags: Bags; values: string | null; options: FirstLayer['options'] },
): string {
  const { normalize, gain } = options;
  if (normalize === false && gain === 1) return sums;
  const factor = graph.constant('gain', Float32Array.of(gain));
  if (normalize === false) return graph.node('input', 'Mul', [sums, factor]);
  const isEach1 = normalize === 'length' || values === null;
  const squares = isEach1 ? graph.floats('float_lengths', bags.lengths) : sumSquares(graph, bags, values);
  // A text without values has sums of 0, which no division by 0 may change.
  const least = graph.constant('least_square', Float32Array.of(2 ** -126));
  const norms = graph.node('norms', 'Sqrt', [graph.node('positive_squares', 'Max', [squares, least])]);
  const scales = graph.node('scales', 'Div', [factor, norms]);
  return graph.node('input', 'Mul', [sums, column(graph, scales)]);
}

function sumSquares(graph: OnnxGraph, { texts, textOf }: Bags, values: string): string {
  const squares = graph.node('squares', 'Mul', [values, values]);
  const none = graph.node('no_squares', 'ConstantOfShape', [texts]);
  return graph.node('sums_of_squares', 'ScatterElements', [none, textOf, squares], { axis: 0, reduction: 'add' });
}

/** Adds a list as a matrix of one column. */
function column(graph: OnnxGraph, list: string): string {
  return graph.node(`column_of_${list}`, 'Unsqueeze', [list, graph.integers(`axis_of_${list}`, [1])]);
}
