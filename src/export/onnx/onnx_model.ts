import { ImdbTorchError } from '../../errors.js';
import type { PortableLayers, PortableParts } from '../../portable/portable_classifier.js';
import { packageVersion } from '../../setup/package_root.js';
import { encodeMessage } from '../../storage/protobuf.js';
import { areFinite } from '../../storage/numbers/floats.js';
import { sumBags } from './bag_nodes.js';
import { OnnxGraph } from './graph.js';

/** What a file of protocol buffers may hold. */
const mostBytes = 2 ** 31 - 1;

/**
 * Returns a model as an ONNX file with float32 numbers, for every runtime that has the operators of version 17. Its inputs
 * are texts as lists of features, as `encode` of the exported model gives them; docs/onnx.md describes them.
 * @param parts with whatever an adapter adds worked into the layers
 * @throws ImdbTorchError ERR_USAGE for a model that is larger than such a file may be; ERR_NON_FINITE when a number of it
 *   is beyond float32
 */
export function onnxModel(parts: Omit<PortableParts, 'branch'>): Uint8Array {
  const { description, layers } = parts;
  const { classes, features } = description;
  checkSize(layers);
  const graph = new OnnxGraph();
  const { weight, bias } = layers.first;
  const sums = sumBags(graph, {
    options: features,
    factors: parts.weights && float32('feature_weights', parts.weights),
    weight: float32('fc1.weight', weight),
    width: bias.length,
  });
  const logits = addLayers(graph, sums, layers);
  addAnswers(graph, logits, parts);
  const model = graph.model({
    name: 'text_classifier',
    version: packageVersion(),
    description: `Bags of features to the probabilities of the classes ${classes.join(', ')}.`,
    metadata: { classes: JSON.stringify(classes), features: JSON.stringify(features) },
  });
  return encodeMessage(model);
}

function checkSize({ first, output }: PortableLayers): void {
  const numbers = first.weight.length + (output?.weight.length ?? 0);
  if (4 * numbers < mostBytes) return;
  throw new ImdbTorchError(
    'ERR_USAGE',
    `Expected a model of less than 2 GB, the most that an ONNX file can hold, but received ${numbers} weights of 4 bytes; ` +
      'leave out features with --max-size.',
  );
}

/** Returns numbers as float32. @param name what messages call them */
function float32(name: string, values: Float32Array | Float64Array): Float32Array {
  const result = values instanceof Float32Array ? values : Float32Array.from(values);
  if (areFinite(result)) return result;
  throw new ImdbTorchError(
    'ERR_NON_FINITE',
    `Expected finite numbers that float32 can hold in ${name} but received others; train again with a lower learning rate.`,
  );
}

/** Adds what stands above the sums of the rows of the first layer's weight; returns the name of the logits. */
function addLayers(graph: OnnxGraph, sums: string, { first, output }: PortableLayers): string {
  const firstBias = graph.constant('fc1.bias', float32('fc1.bias', first.bias));
  if (output === null) return graph.node('logits', 'Add', [sums, firstBias]);
  const preactivation = graph.node('preactivation', 'Add', [sums, firstBias]);
  const hidden = graph.node('hidden', 'Relu', [preactivation]);
  const { weight, bias } = output;
  const shape = [bias.length, first.bias.length];
  return graph.node(
    'logits',
    'Gemm',
    [
      hidden,
      graph.constant('fc2.weight', float32('fc2.weight', weight), shape),
      graph.constant('fc2.bias', float32('fc2.bias', bias)),
    ],
    { transB: 1 },
  );
}

/** Adds the outputs. */
function addAnswers(graph: OnnxGraph, logits: string, { description }: PortableParts): void {
  const { classes, decision } = description;
  const shape = ['texts', classes.length];
  graph.output(logits, { type: 'float', shape, description: 'What the layers say of each class, not calibrated.' });
  const calibrated = calibrate(graph, logits, description.calibration);
  const probabilities = graph.node('probabilities', 'Softmax', [calibrated], { axis: 1 });
  const names = classes.join(', ');
  graph.output(probabilities, { type: 'float', shape, description: `The probability of each class: ${names}.` });
  // ln(p) is the calibrated logit and a number that is the same for all classes of a text.
  const scores =
    decision === undefined
      ? calibrated
      : graph.node('scores', 'Add', [
          calibrated,
          graph.constant('decision_offsets', float32('decision.offsets', Float64Array.from(decision.offsets))),
        ]);
  graph.node('label', 'ArgMax', [scores], { axis: 1, keepdims: 0 });
  graph.output('label', { type: 'int64', shape: ['texts'], description: `The predicted class, from 0: ${names}.` });
}

/** Adds what the calibration makes of the logits; returns the name of what softmax takes. */
function calibrate(graph: OnnxGraph, logits: string, calibration: PortableParts['description']['calibration']): string {
  const single = (name: string, value: number): string =>
    graph.constant(name, float32(`the calibration's ${name}`, Float64Array.of(value)));
  if (calibration === null) return logits;
  if (calibration.kind === 'temperature') {
    return graph.node('calibrated_logits', 'Div', [logits, single('temperature', calibration.temperature)]);
  }
  // As a matrix: with the logits of two classes it gives their difference times the scale, beside a 0 for the first class.
  const { scale, bias } = calibration;
  return graph.node('calibrated_logits', 'Gemm', [
    logits,
    graph.constant('sigmoid_scale', float32("the calibration's scale", Float64Array.of(0, -scale, 0, scale)), [2, 2]),
    graph.constant('sigmoid_bias', float32("the calibration's bias", Float64Array.of(0, bias))),
  ]);
}
