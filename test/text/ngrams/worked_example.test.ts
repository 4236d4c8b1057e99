/** The example in the description of `NgramCounter`, step by step. */
import { expect, test } from '@jest/globals';
import { TimeSlices } from '../../../src/system/time_slices.js';
import { ContinuationCounts } from '../../../src/text/ngrams/continuation_counts.js';
import { NgramCorpus } from '../../../src/text/ngrams/ngram_corpus.js';
import { NgramCounter } from '../../../src/text/ngrams/ngram_counter.js';
import { NgramsOfOrder } from '../../../src/text/ngrams/ngram_extender.js';
import { markOf, newText, noNgram, numberOf, sameText } from '../../../src/text/ngrams/occurrences.js';
import { selectFeatures } from '../../../src/text/ngrams/selected_features.js';
import { concatenateTokens } from '../../../src/text/ngrams/token_sequence.js';
import { TokenLists } from '../../../src/text/tokens/token_lists.js';

const slices = new TimeSlices();
const tokens = new TokenLists('words-and-punctuation');
const rows = Int32Array.from(['a b a c', 'a b a b'], (text) => tokens.add(Buffer.from(text)));
const [ngrams, minimumCount] = [3, 2];

/** A packed number as the description writes it: `'` marks the first occurrence of a text. */
function written(packed: number): string {
  if (packed === noNgram) return '-';
  return `${numberOf(packed)}${markOf(packed) === newText ? "'" : ''}`;
}

test('when the n-grams of the example are counted then each array holds what the description says', async () => {
  const orders = Array.from({ length: ngrams }, () => new NgramsOfOrder());
  const [single, bigrams, trigrams] = orders as [NgramsOfOrder, NgramsOfOrder, NgramsOfOrder];
  const counts = new ContinuationCounts(tokens.interner.size);
  for (const row of rows) counts.addText(tokens.list(row), row);
  counts.select(minimumCount, (token, count) => single.push(token, token, count));
  expect(single).toEqual({ prefix: [0, 1], lastToken: [0, 1], counts: [4, 3] });

  const kept = Int32Array.of(0, 1, noNgram);
  expect([0, 1, 2].map((token) => counts.ngramOf(token))).toEqual([...kept]);
  const sequence = await concatenateTokens(tokens, rows, kept, false, slices);
  expect([...sequence.tokens]).toEqual([0, 1, 0, -1, -1, 0, 1, 0, 1, -1]);
  expect([...sequence.starts]).toEqual([0, 5, 10]);

  const limits = { ngrams, letters: null };
  const grouping = { tokens: 2, counted: 2, longest: ngrams, limits, isShared: false };
  const corpus = await NgramCorpus.group(sequence, grouping, slices);
  const { occurrences, occurrenceStarts } = corpus.arrays;
  const column = (k: number): number[] => [...occurrences.data].filter((_, i) => i % 2 === k);
  expect([...occurrenceStarts]).toEqual([0, 3, 5]);
  expect(column(0).map(written)).toEqual(["1'", "1'", '1', "0'", "0'"]);
  expect(markOf(column(0)[2] ?? 0)).toBe(sameText);
  expect(column(1)).toEqual([0, 0, -1, -1, 1]);

  await corpus.extend({ start: 0, end: 2 }, [bigrams, trigrams], minimumCount, slices);
  expect(bigrams).toEqual({ prefix: [0, 1], lastToken: [1, 0], counts: [3, 2] });
  expect(trigrams).toEqual({ prefix: [0], lastToken: [0], counts: [2] });
  expect(column(0).map(written)).toEqual(["0'", "0'", '0', "1'", "1'"]);
  expect(column(1).map(written)).toEqual(["0'", "0'", '-', '-', '-']);

  const selection = { vocabularySize: null, hasUnknown: false };
  const { names, ids } = selectFeatures(orders, (token) => tokens.interner.token(token), selection);
  expect(names).toEqual(['a', 'b', 'a b', 'b a', 'a b a']);
  expect(ids.map((own) => [...own])).toEqual([[0, 1], [2, 3], [4]]);

  await corpus.putIds({ start: 0, end: 2 }, ids.slice(1), slices);
  expect([...occurrences.data]).toEqual([2, 4, 2, 4, 2, -1, 3, -1, 3, -1]);
});

test('when the counter gets the texts of the example then it encodes them as the description says', async () => {
  const options = { counted: 2, minimumCount, ngrams, vocabularySize: null, hasUnknown: false };
  const counter = await NgramCounter.count(tokens, rows, options, slices);
  const [encoded] = await counter.makeBags([{ start: 0, end: 2 }], true);

  expect(counter.features).toEqual(['a', 'b', 'a b', 'b a', 'a b a']);
  expect(encoded).toEqual({
    ids: Uint16Array.of(0, 1, 2, 3, 4, 0, 1, 2, 3, 4),
    offsets: Int32Array.of(0, 5, 10),
    counts: Int32Array.of(2, 1, 1, 1, 1, 2, 2, 2, 1, 1),
  });
});
