import { kind } from '../../arguments.js';
import { ImdbTorchError } from '../../errors.js';
import type { TokenSpan } from './token_span.js';

/**
 * A tokenizer of one's own: gives the tokens of a text, in their order. A token is a text without white space; what is to
 * be one feature, such as words in upper and in lower case, has to be one token. It must give the same tokens whenever it is
 * given the same text, and in the same thread.
 */
export type OwnTokenizer = (text: string) => readonly string[];

/** What stands for a tokenizer of one's own where the names of the others stand: its name behind `own:`. */
export type OwnTokenizerName = `own:${string}`;

const prefix = 'own:';
const ofOwn = /^own:[\p{L}\p{N}_$.-]+$/u;

/** Accepts functions. */
export const anOwnTokenizer = kind('a function', (value) => typeof value === 'function');

export function isOwnName(name: unknown): name is OwnTokenizerName {
  return typeof name === 'string' && ofOwn.test(name);
}

/**
 * Returns what stands for a tokenizer, by the name of the function.
 * @throws ImdbTorchError ERR_USAGE when it has no name
 */
export function nameOfOwn(tokenizer: OwnTokenizer): OwnTokenizerName {
  const name = `${prefix}${tokenizer.name}`;
  if (isOwnName(name)) return name;
  throw new ImdbTorchError(
    'ERR_USAGE',
    `Expected a function with a name of letters and digits as tokenizer, since a run keeps the name, but received one called ${JSON.stringify(tokenizer.name)}; name it.`,
  );
}

/**
 * Calls a tokenizer, and checks what it gives.
 * @throws ImdbTorchError ERR_TOKENIZER for what is no token; what the tokenizer throws
 */
export function ownTokens(text: string, tokenizer: OwnTokenizer): readonly string[] {
  const tokens: unknown = tokenizer(text);
  if (!Array.isArray(tokens)) throw notExpected(tokenizer, 'an array of tokens', tokens);
  for (const token of tokens) {
    if (typeof token !== 'string' || token === '' || /\s/u.test(token))
      throw notExpected(tokenizer, 'tokens that are texts without white space', token);
    // The vocabulary has n-grams of characters behind such a mark.
    if (token.length > 1 && token.startsWith('~'))
      throw notExpected(tokenizer, 'tokens that do not begin with "~"', token);
  }
  return tokens as string[];
}

function notExpected({ name }: OwnTokenizer, expected: string, received: unknown): ImdbTorchError {
  const shown = typeof received === 'string' ? JSON.stringify(received.slice(0, 60)) : describe(received);
  return new ImdbTorchError(
    'ERR_TOKENIZER',
    `Expected ${expected} from the tokenizer ${name} but received ${shown}; mend the tokenizer.`,
  );
}

function describe(value: unknown): string {
  return value instanceof Promise ? 'a promise' : `a value of the type ${typeof value}`;
}

/** Finds tokens in their text, one behind the other; one that was changed too much to be found has no place. */
export function ownSpans(text: string, tokenizer: OwnTokenizer): TokenSpan[] {
  const lower = text.toLowerCase();
  // Where lower case is of another length, places in it would be others.
  const places = lower.length === text.length ? lower : text;
  let end = 0;
  return ownTokens(text, tokenizer).map((token) => {
    const exact = text.indexOf(token, end);
    const start = exact === -1 ? places.indexOf(token.toLowerCase(), end) : exact;
    if (start === -1) return { start: end, end, token };
    end = start + token.length;
    return { start, end, token };
  });
}

/** @throws ImdbTorchError ERR_TOKENIZER */
export function noOwnTokenizer(name: OwnTokenizerName): ImdbTorchError {
  return new ImdbTorchError(
    'ERR_TOKENIZER',
    `Expected the tokenizer ${name.slice(prefix.length)}, which these features were made with, but there is none of that name: it is a program's own, which no file and no command has; ` +
      'open the run in a program, with the function as the option tokenizer.',
  );
}

/**
 * Checks that a tokenizer is the one that features were made with.
 * @throws ImdbTorchError ERR_TOKENIZER when it is another, or there is none
 */
export function assertSameTokenizer(name: string, given: OwnTokenizer | undefined): void {
  const received = given && nameOfOwn(given);
  if (received === undefined && !isOwnName(name)) return;
  if (received === name) return;
  if (received === undefined) throw noOwnTokenizer(name as OwnTokenizerName);
  const wanted = isOwnName(name) ? `the tokenizer ${name.slice(prefix.length)}` : `no tokenizer beside "${name}"`;
  throw new ImdbTorchError(
    'ERR_TOKENIZER',
    `Expected ${wanted}, which the run was made with, but received ${received.slice(prefix.length)}; give that of the run.`,
  );
}
