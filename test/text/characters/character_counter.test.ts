import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { PythonRandom } from '../../../src/data/numbers/python_random.js';
import { TimeSlices } from '../../../src/system/time_slices.js';
import type { EncodedTexts } from '../../../src/text/bag_writer.js';
import type { CharacterRange } from '../../../src/text/characters/character_ngrams.js';
import { notebookFeatures, type BuiltInTokenizer, type FeatureOptions } from '../../../src/text/features.js';
import { Featurizer } from '../../../src/text/featurizer.js';
import type * as Counter from '../../../src/text/ngrams/ngram_counter.js';
import { TokenLists } from '../../../src/text/tokens/token_lists.js';
import { tokenSpans } from '../../../src/text/tokens/tokenizer.js';
import { Vocabulary } from '../../../src/text/vocabulary.js';

// The second thread runs what `npm run build` has compiled.
const compiled = new URL('../../../dist/text/ngrams/ngram_counter.js', import.meta.url).href;
const { NgramCounter } = (await import(compiled)) as typeof Counter;

interface Case extends Pick<FeatureOptions, 'tokenizer' | 'ngrams' | 'minimumCount'> {
  texts: readonly string[];
  counted?: number;
  characters?: CharacterRange | undefined;
  vocabularySize?: number | null;
  counts?: 'binary' | 'counts';
  isThreaded?: boolean;
}

type Bag = Record<string, number>;

interface Counted {
  names: readonly string[];
  encoded: EncodedTexts;
  bags: Bag[];
}

async function count({ texts, counted = texts.length, tokenizer, counts, ...rest }: Case): Promise<Counted> {
  const tokens = new TokenLists(tokenizer, { room: 1 << 10 });
  const rows = Int32Array.from(texts, (text) => tokens.add(Buffer.from(text)));
  const options = { isThreaded: false, vocabularySize: null, ...rest, counted, hasUnknown: tokenizer === 'notebook' };
  const counter = await NgramCounter.count(tokens, rows, options, new TimeSlices());
  try {
    const [encoded] = await counter.makeBags([{ start: 0, end: texts.length }], counts === 'counts');
    if (encoded === undefined) throw new Error('Expected encoded texts.');
    return { names: counter.features, encoded, bags: bagsOf(encoded, counter.features) };
  } finally {
    await counter.stop();
  }
}

function bagsOf({ ids, offsets, counts }: EncodedTexts, names: readonly string[]): Bag[] {
  return Array.from(offsets.subarray(1), (end, text) => {
    const start = offsets[text] ?? 0;
    const own = ids.subarray(start, end);
    expect(Array.from(own)).toEqual(Array.from(new Set(own)).sort((one, other) => one - other));
    return Object.fromEntries(
      Array.from(own, (id, i): [string, number] => [names[id] ?? '', counts?.[start + i] ?? 1]).sort(),
    );
  });
}

const isPart = (name: string): boolean => /^~[^ ]/u.test(name);

/** The n-grams of the characters of a text, the slow way. */
function partsOf(text: string, tokenizer: BuiltInTokenizer, [least, most]: CharacterRange): Bag {
  const found: Bag = {};
  for (const { token } of tokenSpans(text, tokenizer)) {
    const isLetterAlone = /^[\u4e00-\u9fff\u0e01-\u0e2f]\p{M}*$/u.test(token);
    if (!/[\p{L}\p{Nd}]/u.test(token) || isLetterAlone) continue;
    const characters = ['^', ...Array.from(token), '$'];
    for (let size = least; size <= most; size += 1) {
      for (let k = 0; k === 0 || k + size <= characters.length; k += 1) {
        const name = `~${characters.slice(k, k + size).join('')}`;
        found[name] = (found[name] ?? 0) + 1;
      }
      if (size >= characters.length) break;
    }
  }
  return found;
}

const words = [
  'a',
  'film',
  'films',
  'banana',
  "don't",
  'café',
  'слово',
  '𐐷𐐸𐐷',
  '好',
  '不',
  'ก็',
  '!',
  '...',
  '~',
  '👍',
  '9',
];

function* someCases(): Generator<Required<Case>> {
  for (let seed = 0; seed < 80; seed += 1) {
    const random = new PythonRandom(seed);
    const texts = Array.from({ length: 9 }, () =>
      Array.from({ length: random.below(9) }, () => words[random.below(words.length)] ?? '').join(' '),
    );
    const least = 1 + random.below(4);
    yield {
      texts,
      counted: 3 + random.below(7),
      tokenizer: (['unicode', 'words-and-punctuation', 'notebook'] as const)[seed % 3] ?? 'unicode',
      ngrams: 1 + random.below(3),
      minimumCount: 1 + random.below(4),
      characters: [least, least + random.below(4)],
      vocabularySize: null,
      counts: random.below(2) === 0 ? 'binary' : 'counts',
      isThreaded: false,
    };
  }
}

test('when texts are small then characters are those of CountVectorizer', async () => {
  const { texts, cases } = JSON.parse(readFileSync('test/fixtures/characters.json', 'utf8')) as {
    texts: string[];
    cases: (Pick<FeatureOptions, 'minimumCount' | 'counts' | 'characters'> & { rows: Bag[] })[];
  };
  for (const { rows, ...options } of cases) {
    const { bags } = await count({ texts, tokenizer: 'words-and-punctuation', ngrams: 1, ...options });
    const parts = bags.map((bag) => Object.fromEntries(Object.entries(bag).filter(([name]) => isPart(name))));
    expect(parts).toEqual(rows);
  }
});

test('when enough counted texts have an n-gram of characters then each text has it as often as its words do', async () => {
  for (const options of someCases()) {
    const { texts, counted, tokenizer, characters = [3, 5], minimumCount, counts } = options;
    const all = texts.map((text) => partsOf(text, tokenizer as BuiltInTokenizer, characters));
    const isKept = (name: string): boolean => all.slice(0, counted).filter((bag) => name in bag).length >= minimumCount;
    const expected = all.map((bag) =>
      Object.entries(bag)
        .filter(([name]) => isKept(name))
        .map(([name, times]) => [name, counts === 'counts' ? times : 1]),
    );
    const { bags } = await count(options);
    const found = bags.map((bag) => Object.entries(bag).filter(([name]) => isPart(name)));
    expect({ options, found: found.map((bag) => bag.sort()) }).toEqual({
      options,
      found: expected.map((bag) => bag.sort()),
    });
  }
});

test('when characters count as well then the other features are those without them, and those of fewer n-grams', async () => {
  for (const options of someCases()) {
    const { names } = await count(options);
    const lower = 1 + (options.texts.join().length % options.ngrams);
    const { names: plain } = await count({ ...options, ngrams: lower, characters: undefined });
    const isLetter = (token: string): boolean => /^(好|不|ก็)$/u.test(token);
    const isWithin = (name: string): boolean => {
      const tokens = name.split(' ');
      return tokens.length <= lower || (options.tokenizer === 'unicode' && tokens.every(isLetter));
    };
    const restricted = names.filter((name) => !isPart(name) && isWithin(name));
    expect({ options, lower, restricted }).toEqual({ options, lower, restricted: plain });
  }
});

test('when features are limited then the most frequent ones are kept, of tokens first where they are equally frequent', async () => {
  const texts = ['ab ab cd', 'ab cd x'];
  const all = await count({ texts, tokenizer: 'unicode', ngrams: 2, minimumCount: 1, characters: [3, 3] });
  expect(all.names).toEqual(['ab', '~^ab', '~ab$', 'cd', 'ab cd', '~^cd', '~cd$', 'x', 'ab ab', 'cd x', '~^x$']);
  for (let vocabularySize = 2; vocabularySize < all.names.length; vocabularySize += 1) {
    const options = { texts, tokenizer: 'unicode', ngrams: 2, minimumCount: 1, characters: [3, 3] } as const;
    const { names } = await count({ ...options, vocabularySize });
    expect(names).toEqual(all.names.slice(0, vocabularySize));
  }
});

test('when a featurizer encodes a text then it has what the counter gave it, new words included', async () => {
  for (const options of someCases()) {
    const { texts, tokenizer, ngrams, characters, counts } = options;
    const { names, encoded, bags } = await count(options);
    const featurizer = new Featurizer({
      options: { ...notebookFeatures, tokenizer, ngrams, characters, counts },
      vocabulary: Vocabulary.of(names),
      weights: null,
    });
    expect({ options, encoded: featurizer.encodeBatch(texts) }).toEqual({ options, encoded });
    expect(await featurizer.encodeInSlices(texts)).toEqual(encoded);
    expect(texts.map((text) => bagsOf(featurizer.encodeBatch([text]), names)[0])).toEqual(bags);
  }
});

test('when a second thread counts n-grams then the features and texts are the same', async () => {
  let left = 6;
  for (const options of someCases()) {
    if (left-- === 0) return;
    expect(await count({ ...options, ngrams: 3, isThreaded: true })).toEqual(await count({ ...options, ngrams: 3 }));
  }
});

test('when more new words came than are kept then words are still known by their characters', () => {
  const options = { ...notebookFeatures, tokenizer: 'unicode', characters: [3, 3], vocabularySize: null } as const;
  const vocabulary = Vocabulary.of(['good', '~goo', '~od$']);
  const featurizer = new Featurizer({ options, vocabulary, weights: null });
  for (let round = 0; round < 3; round += 1) {
    const others = Array.from({ length: 70_000 }, (_, k) => `w${round}x${k}`).join(' ');
    expect(Array.from(featurizer.encode(`${others} good`).ids)).toEqual([0, 1, 2]);
    expect(Array.from(featurizer.encode('xgoox mood').ids)).toEqual([1, 2]);
  }
});

test('when a tilde has a combining mark on it then it is a token, not characters', async () => {
  const texts = ['~\u0308 ~\u0308 q\u0308\u0308a', 'q\u0308\u0308a ~'];
  const options = { texts, tokenizer: 'unicode', ngrams: 2, minimumCount: 1, characters: [1, 3] } as const;
  const { names, encoded } = await count(options);
  expect(names).toEqual(expect.arrayContaining(['~\u0308', '~\u0308 ~\u0308', '~\u0308a', '~q\u0308']));
  expect(names).not.toContain('~\u0308\u0308');
  const featurizer = new Featurizer({
    options: { ...notebookFeatures, tokenizer: 'unicode', ngrams: 2, characters: [1, 3] },
    vocabulary: Vocabulary.of(names),
    weights: null,
  });
  expect(featurizer.encodeBatch(texts)).toEqual(encoded);
});
