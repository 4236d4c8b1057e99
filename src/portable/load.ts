import { aString, fields, kind, optional } from '../arguments.js';
import { ImdbTorchError, messageOf } from '../errors.js';
import { anOwnTokenizer, assertSameTokenizer } from '../text/tokens/own_tokenizer.js';
import type { BaseClassifier } from './base_classifier.js';
import { byClass } from './by_class.js';
import { explainText } from './explanation.js';
import { readModelFile } from './model_file.js';
import { PortableClassifier } from './portable_classifier.js';
import type { LoadModelOptions, PortableExplanation, PortableModel } from './portable_model.js';

const checkOptions = fields({ tokenizer: optional(anOwnTokenizer) });
const aSource = kind(
  'a URL, or the bytes of a model file as an ArrayBuffer or a Uint8Array',
  (value) => typeof value === 'string' || isUrl(value) || bytesOf(value) !== null,
);

/**
 * Opens a model file that `imdb-torch export` has written.
 * @param source its bytes, or its URL, which is fetched
 * @throws ImdbTorchError ERR_RUN when it is no model file or is damaged; ERR_DOWNLOAD when it cannot be fetched; ERR_TOKENIZER
 *   when the model was trained with another tokenizer; TypeError when an argument is of another type
 */
export async function load(
  source: string | URL | ArrayBuffer | Uint8Array,
  options: LoadModelOptions = {},
): Promise<PortableModel> {
  aSource(source, 'source');
  checkOptions(options, 'options');
  const { tokenizer } = options;
  const parts = readModelFile(bytesOf(source) ?? (await fetchBytes((source as string | URL).toString())));
  assertSameTokenizer(parts.description.features.tokenizer, tokenizer);
  return modelOf(new PortableClassifier(parts, tokenizer));
}

function modelOf(classifier: BaseClassifier): PortableModel {
  const { classes, featurizer } = classifier;
  return Object.freeze({
    classes,
    predict(text: string) {
      aString(text, 'text');
      return classifier.predict([text])[0];
    },
    explain(text: string): PortableExplanation {
      const { prediction, words } = explainText(classifier, text);
      return {
        ...prediction,
        words: words.map(({ word, spans, effects }) => ({
          word,
          spans: spans.map(({ start, end }) => ({ start, end })),
          effects: byClass(classes, effects),
        })),
      };
    },
    encode(text: string) {
      aString(text, 'text');
      const { ids, counts } = featurizer.encode(text);
      return { ids: Int32Array.from(ids), counts };
    },
  });
}

async function fetchBytes(url: string): Promise<Uint8Array> {
  let status: string;
  try {
    const response = await fetch(url);
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
    status = `${response.status} ${response.statusText}`.trimEnd();
  } catch (error) {
    // There is no `fetch`, nobody answers, or the answer breaks off.
    status = messageOf(error);
  }
  throw notFetched(url, status);
}

function notFetched(url: string, why: string): ImdbTorchError {
  return new ImdbTorchError(
    'ERR_DOWNLOAD',
    `Expected a model file at ${url} but it cannot be fetched (${why}); put model.bin there, or read it and give its bytes.`,
  );
}

/** Returns the bytes of a buffer, of whatever realm it is; null for anything else. */
function bytesOf(value: unknown): Uint8Array | null {
  if (ArrayBuffer.isView(value)) {
    return tagOf(value) === 'Uint8Array' ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : null;
  }
  return tagOf(value) === 'ArrayBuffer' ? new Uint8Array(value as ArrayBuffer) : null;
}

function isUrl(value: unknown): boolean {
  return tagOf(value) === 'URL';
}

function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}
