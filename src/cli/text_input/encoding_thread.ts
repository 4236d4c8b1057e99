import { on } from 'node:events';
import { fstatSync, statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { ImdbTorchError, type ErrorCode } from '../../errors.js';
import type { Featurizer } from '../../text/featurizer.js';
import type { EncodedLines } from './encoded_lines.js';
import type { TextLine } from './text_lines.js';

/** What the other thread is to do: `readTextLines` of `file`, encoded for the model of `run`. */
export interface EncodingTask {
  readonly run: string;
  readonly file: string;
  readonly textColumn: string | undefined;
}

/** What it says. It is told once lines, or texts, have been used, in the same order. */
export type EncodingMessage =
  | { kind: 'lines'; lines: EncodedLines; bytes: number }
  | { kind: 'texts'; texts: TextLine[]; bytes: number }
  | { kind: 'end' }
  | { kind: 'error'; code: ErrorCode; message: string };

/**
 * Reads and encodes lines in another thread, from now on: while this one loads libtorch and the model, and then beside
 * it. So much of what is encoded waits at most that the memory does not depend on the length of the input. When nothing
 * waits, it hands over texts as they are, for this thread to encode.
 */
export class EncodingThread {
  readonly #worker: Worker;
  readonly #messages: AsyncIterable<[EncodingMessage]>;

  constructor(
    task: EncodingTask,
    private readonly signal: AbortSignal,
  ) {
    this.#worker = new Worker(new URL('./encoding_worker.js', import.meta.url), { workerData: task });
    // From here on nothing that it says, or fails with, is lost.
    this.#messages = on(this.#worker, 'message', { signal }) as AsyncIterable<[EncodingMessage]>;
  }

  /**
   * All lines, encoded in either thread; can be asked for once.
   * @param featurizer of the model that it reads
   * @throws what `readFeaturizer` and `readTextLines` throw
   */
  async *lines(featurizer: Featurizer): AsyncGenerator<EncodedLines> {
    const { encodeLines } = await import('./encoded_lines.js');
    try {
      for await (const [message] of this.#messages) {
        if (message.kind === 'end') return;
        if (message.kind === 'error') throw new ImdbTorchError(message.code, message.message);
        if (message.kind === 'lines') yield message.lines;
        else yield* encodeLines(featurizer, message.texts);
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

/** Whether another thread can read this input: not one that it could wait for without end, such as a terminal. */
export function canReadInThread(file: string): boolean {
  if (file !== '-') return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
  const input = fstatSync(process.stdin.fd);
  return input.isFile() || input.isFIFO() || input.isSocket();
}
