import { ImdbTorchError } from '../../errors.js';
import type { Featurizer } from '../../text/featurizer.js';
import { columnFlag } from './column_choice.js';
import type { EncodedLines } from './encoded_lines.js';
import { canReadInThread, EncodingThread } from './encoding_thread.js';
import type { TextSource } from './read_texts.js';

/** Texts that are given, or where they are. */
export type TextInput = readonly string[] | TextSource;

/** @throws ImdbTorchError ERR_USAGE unless exactly one kind of input is given */
export function chooseInput(
  texts: readonly string[],
  { file, ...source }: Omit<TextSource, 'file'> & { file: string | undefined },
): TextInput {
  const named = file ?? (texts.length === 1 && texts[0] === '-' ? '-' : null);
  if ((file === undefined) === (texts.length === 0) || (named === null && texts.includes('-'))) {
    throw new ImdbTorchError('ERR_USAGE', 'Expected either texts, or - for standard input, or --file.');
  }
  if (named !== null) return { file: named, ...source };
  const flag = columnFlag(source);
  if (flag === null) return texts;
  throw new ImdbTorchError('ERR_USAGE', `Expected --file or - with ${flag}: texts have no columns.`);
}

/** How an input is encoded. */
interface EncodedInputOptions {
  /** Whether to encode it in this thread, since there is no time to save. */
  readonly isHere: boolean;
  readonly signal: AbortSignal;
}

/** An input that is encoded for the model of a run: from now on in a second thread where it can be read there. */
export class EncodedInput {
  readonly #thread: EncodingThread | null;
  readonly #signal: AbortSignal;

  constructor(
    run: string,
    private readonly input: TextInput,
    { isHere, signal }: EncodedInputOptions,
  ) {
    this.#signal = signal;
    const source = isHere || isTexts(input) || !canReadInThread(input.file) ? null : input;
    this.#thread = source === null ? null : new EncodingThread({ run, ...source }, signal);
  }

  /**
   * Yields all lines. Can be called once.
   * @param featurizer of the model of the run
   * @param onNote takes whole sentences about what is unusual in the input
   */
  lines(featurizer: Featurizer, onNote: (sentence: string) => void): AsyncGenerator<EncodedLines> {
    return this.#thread?.lines(featurizer, onNote) ?? this.#linesInThisThread(featurizer, onNote);
  }

  async *#linesInThisThread(featurizer: Featurizer, onNote: (sentence: string) => void): AsyncGenerator<EncodedLines> {
    const { encodeLines } = await import('./encoded_lines.js');
    const { checkedText } = await import('./text_lines.js');
    const { input } = this;
    const signal = this.#signal;
    if (isTexts(input)) {
      const lines = input.map((text, index) => ({ line: index + 1, ...checkedText(text, null) }));
      yield* encodeLines(featurizer, lines);
      return;
    }
    const { readTexts } = await import('./read_texts.js');
    for await (const lines of readTexts(input, { signal, onNote })) yield* encodeLines(featurizer, lines);
  }

  async stop(): Promise<void> {
    await this.#thread?.stop();
  }
}

function isTexts(input: TextInput): input is readonly string[] {
  return Array.isArray(input);
}
