import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import { ImdbTorchError, type ErrorCode } from '../../errors.js';
import { threadFile } from '../../setup/package_root.js';
import type { Featurizer } from '../../text/featurizer.js';
import type { EncodedLines } from './encoded_lines.js';
import { inputStatus } from './input_status.js';
import type { TextSource } from './read_texts.js';
import type { TextLine } from './text_lines.js';

/** The worker reads the texts and encodes them for the model of `run`. */
export interface EncodingTask extends TextSource {
  readonly run: string;
}

/** Lines: encoded, or as texts that the main thread is to encode. */
export type LineBatch =
  { kind: 'encoded'; lines: EncodedLines; bytes: number } | { kind: 'texts'; lines: TextLine[]; bytes: number };

/** The worker sends batches in the order of the input; the main thread answers each with a message when it has used it. */
export type WorkerMessage =
  | LineBatch
  | { kind: 'note'; sentence: string }
  | { kind: 'end' }
  | { kind: 'error'; code: ErrorCode; message: string };

/**
 * Reads and encodes lines in a worker from now on: while the main thread loads libtorch and the model, and then beside
 * it. From the answers the worker knows what is unused. When that is too much it waits, so that the memory does not depend
 * on the length of the input; when it is nearly nothing, it hands over the next texts for the main thread to encode.
 */
export class EncodingThread {
  readonly #worker: Worker;
  readonly #messages: AsyncIterable<[WorkerMessage]>;

  constructor(
    task: EncodingTask,
    private readonly signal: AbortSignal,
  ) {
    this.#worker = new Worker(threadFile(new URL('./encoding_worker.js', import.meta.url)), { workerData: task });
    // Messages and errors are collected from here on, though `lines` may be called much later.
    this.#messages = on(this.#worker, 'message', { signal }) as AsyncIterable<[WorkerMessage]>;
  }

  /**
   * Yields all lines, encoded in either thread. Can be called once.
   * @param featurizer of the model of the run
   * @throws what `readFeaturizer` and `readTexts` throw
   */
  async *lines(featurizer: Featurizer, onNote: (sentence: string) => void): AsyncGenerator<EncodedLines> {
    const { encodeLines } = await import('./encoded_lines.js');
    try {
      for await (const [message] of this.#messages) {
        if (message.kind === 'end') return;
        if (message.kind === 'error') throw new ImdbTorchError(message.code, message.message);
        if (message.kind === 'note') {
          onNote(message.sentence);
          continue;
        }
        if (message.kind === 'encoded') yield message.lines;
        else yield* encodeLines(featurizer, message.lines);
        this.#worker.postMessage(null);
      }
    } catch (error) {
      this.signal.throwIfAborted();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** Whether a worker can read this input: not one that it might wait for without end, such as a terminal. */
export function canReadInThread(file: string): boolean {
  const status = inputStatus(file);
  if (status === null) return false;
  return status.isFile() || (file === '-' && (status.isFIFO() || status.isSocket()));
}
