/**
 * A trained model without libtorch and without Node: `load` opens what `imdb-torch export` has written, in browsers, workers,
 * Node, Deno and Bun. It needs `TextEncoder`, `TextDecoder` and typed arrays, and `fetch` for a URL. The file `classifier.js`
 * of an export is this module in one piece.
 * @module imdb-torch/portable
 */
export { ImdbTorchError, type ErrorCode } from '../errors.js';
export { load } from './load.js';
export type {
  LoadModelOptions,
  PortableEncoding,
  PortableExplanation,
  PortableModel,
  PortablePrediction,
  PortableWord,
} from './portable_model.js';
