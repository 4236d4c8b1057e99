import { ImdbTorchError } from '../../errors.js';
import type { Featurizer } from '../../text/featurizer.js';
import type { EncodedLines } from './encoded_lines.js';
import { canReadInThread, EncodingThread } from './encoding_thread.js';
import { readTextLines } from './text_lines.js';

/** Texts that are given, or the file whose lines they are, and where in a line the text is. */
interface TextInput {
  readonly texts: readonly string[] | null;
  readonly file: string;
  readonly textColumn: string | undefined;
}

/** @throws ImdbTorchError ERR_USAGE unless exactly one kind of input is given */
export function chooseInput(
  texts: readonly string[],
  { file, textColumn }: { file: string | undefined; textColumn: string | undefined },
): TextInput {
  const named = file ?? (texts.length === 1 && texts[0] === '-' ? '-' : null);
  if ((file === undefined) === (texts.length === 0) || (named === null && texts.includes('-'))) {
    throw new ImdbTorchError('ERR_USAGE', 'Expected either texts, or - for standard input, or --file.');
  }
  if (named !== null) return { texts: null, file: named, textColumn };
  if (textColumn === undefined) return { texts, file: '', textColumn };
  throw new ImdbTorchError('ERR_USAGE', 'Expected --file or - with --text-column: texts have no columns.');
}

/** An input that is encoded for the model of a run: from now on in a second thread where it can be read there. */
export class EncodedInput {
  readonly #thread: EncodingThread | null;

  constructor(
    run: string,
    private readonly input: TextInput,
    private readonly signal: AbortSignal,
  ) {
    const { texts, file, textColumn } = input;
    const isThreaded = texts === null && canReadInThread(file);
    this.#thread = isThreaded ? new EncodingThread({ run, file, textColumn }, signal) : null;
  }

  /** Yields all lines. Can be called once. @param featurizer of the model of the run */
  lines(featurizer: Featurizer): AsyncGenerator<EncodedLines> {
    return this.#thread?.lines(featurizer) ?? this.#linesInThisThread(featurizer);
  }

  async *#linesInThisThread(featurizer: Featurizer): AsyncGenerator<EncodedLines> {
    const { encodeLines } = await import('./encoded_lines.js');
    const { texts, file, textColumn } = this.input;
    if (texts !== null) {
      const lines = texts.map((text, index) => ({ line: index + 1, text, problem: null }));
      yield* encodeLines(featurizer, lines);
      return;
    }
    const { signal } = this;
    for await (const lines of readTextLines(file, { textColumn, signal })) yield* encodeLines(featurizer, lines);
  }

  async stop(): Promise<void> {
    await this.#thread?.stop();
  }
}
