/** What the page and its worker say to each other, and how a model answers. */
import type { LoadModel, PortableModel } from '../../portable/portable_model.js';
import type { PredictionAnswer, WordAnswer } from '../../report/documents/answers.js';

/** Where the model is, and the code that opens it. */
export interface Opening {
  /** The address of the module `classifier.js`; null where the worker has its code. */
  readonly classifier: string | null;
  /** The model file, compressed with gzip, in base64; or its address. */
  readonly model: { readonly base64: string } | { readonly url: string };
}

export interface Question {
  readonly text: string;
  /** Whether the words are asked for as well. */
  readonly isExplained: boolean;
}

export interface TextAnswer {
  readonly prediction: PredictionAnswer;
  readonly words: readonly WordAnswer[];
}

export type ToWorker = { readonly open: Opening } | { readonly question: Question };
export type FromWorker =
  { readonly classes: readonly string[] } | { readonly answer: TextAnswer } | { readonly problem: string };

/** @param embedded what opens a model where `opening` names no module */
export async function openModel({ classifier, model }: Opening, embedded?: LoadModel): Promise<PortableModel> {
  const module = classifier === null ? null : ((await import(classifier)) as { readonly load: LoadModel });
  const open = module?.load ?? embedded;
  if (open === undefined) throw new Error('There is code that opens models.');
  return open('url' in model ? model.url : await decompress(decodeBase64(model.base64)));
}

export function answerOf(model: PortableModel, { text, isExplained }: Question): TextAnswer {
  if (!isExplained) return { prediction: model.predict(text), words: [] };
  const { words, label, probability, probabilities } = model.explain(text);
  return {
    prediction: { label, probability, probabilities },
    words: words.map(({ word, spans, effects }) => ({
      word,
      spans: spans.map(({ start, end }): [number, number] => [start, end]),
      effects,
    })),
  };
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let k = 0; k < bytes.length; k += 1) bytes[k] = characters.charCodeAt(k);
  return bytes;
}

async function decompress(bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
}
