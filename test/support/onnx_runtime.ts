import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { EncodedTexts } from '../../src/text/bag_writer.js';

/** What a model says of texts. */
export interface OnnxAnswers {
  /** `[texts, classes]`, row-major */
  readonly logits: number[];
  /** `[texts, classes]`, row-major */
  readonly probabilities: number[];
  /** `[texts]`: class numbers */
  readonly label: number[];
  /** The shapes of the three. */
  readonly shapes: { readonly logits: number[]; readonly probabilities: number[]; readonly label: number[] };
}

interface RawTensor {
  data: ArrayLike<number | bigint>;
  dims: readonly number[];
}

/** A model in onnxruntime-node, in a thread of its own. */
export class OnnxModel {
  readonly #worker = new Worker(fileURLToPath(new URL('onnx_runtime_worker.mjs', import.meta.url)));

  /** @throws Error of onnxruntime for a model that it does not take */
  static async open(model: Uint8Array): Promise<OnnxModel> {
    const opened = new OnnxModel();
    try {
      await opened.#ask({ model });
      return opened;
    } catch (error) {
      await opened.close();
      throw error;
    }
  }

  /** @throws Error of onnxruntime for texts that the model does not take */
  async run({ ids, offsets, counts }: EncodedTexts): Promise<OnnxAnswers> {
    const integers = (values: Iterable<number>): object => {
      const data = BigInt64Array.from(Array.from(values, BigInt));
      return { type: 'int64', data, dims: [data.length] };
    };
    const floats = counts && { type: 'float32', data: Float32Array.from(counts), dims: [counts.length] };
    const feeds = { ids: integers(ids), offsets: integers(offsets), ...(floats && { counts: floats }) };
    const { logits, probabilities, label } = (await this.#ask({ feeds })) as Record<keyof OnnxAnswers, RawTensor>;
    const numbers = ({ data }: RawTensor): number[] => Array.from(data, Number);
    return {
      ...{ logits: numbers(logits), probabilities: numbers(probabilities), label: numbers(label) },
      shapes: { logits: [...logits.dims], probabilities: [...probabilities.dims], label: [...label.dims] },
    };
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  async #ask(message: object): Promise<unknown> {
    const answer = once(this.#worker, 'message');
    this.#worker.postMessage(message);
    const [{ result, error }] = (await answer) as [{ result?: unknown; error?: string }];
    if (error !== undefined) throw new Error(error);
    return result;
  }
}
