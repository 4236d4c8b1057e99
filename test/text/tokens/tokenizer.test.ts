import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import type { BuiltInTokenizer } from '../../../src/text/features.js';
import { tokenize, tokenSpans } from '../../../src/text/tokens/tokenizer.js';
import { unicodeVersion } from '../../../src/text/tokens/unicode_tables.js';

interface Fixture {
  unicodeVersion: string;
  blockSize: number;
  blocks: string[];
  texts: [text: string, words: string[]][];
}

/** Each tokenizer, its fixture and what it is in Python. */
const tokenizers = [
  {
    tokenizer: 'notebook',
    file: 'tokenizer.json',
    python: String.raw`re.sub(r"[^\w\s]", "", s.lower()).split()`,
  },
  {
    tokenizer: 'words-and-punctuation',
    file: 'punctuation_tokenizer.json',
    python: String.raw`re.findall(r"[^\W_]+(?:['\u2019][^\W_]+)*|\.{2,}|[^\w\s]", re.sub(r"<br\s*/?>", " ", s.lower()))`,
  },
  { tokenizer: 'unicode', file: 'unicode_tokenizer.json', python: 'unicode_tokens(s)' },
] as const;

function readFixture(file: string): Fixture {
  return JSON.parse(readFileSync(`test/fixtures/${file}`, 'utf8')) as Fixture;
}

function tokensOf(text: string, tokenizer: BuiltInTokenizer): string[] {
  return tokenSpans(text, tokenizer).map(({ token }) => token);
}

const { fromCodePoint } = String;

/** The text of scripts/make_unicode_tables.py: every code point of a block in each surrounding that matters. */
function blockText(start: number, blockSize: number): string {
  const forms: string[] = [];
  for (let code = start; code < start + blockSize; code += 1) {
    const c = fromCodePoint(code);
    // Two lone surrogates of one kind never make a pair, so `${c}${c}` is two code points for Python, too.
    forms.push(`${code.toString(16)} ${c} a${c}b A${c}Σ ${c}Σ AΣ${c} AΣ${c}a ${c}${c}`);
  }
  return forms.join(' ');
}

function digest(words: readonly string[]): string {
  return createHash('sha256').update(words.join('\n')).digest('hex').slice(0, 16);
}

test.each(tokenizers)(
  'when every code point stands in every surrounding then the tokens of $tokenizer are those of Python 3.11',
  ({ tokenizer, file }) => {
    const fixture = readFixture(file);
    const { blockSize } = fixture;
    const blocks = fixture.blocks.map((_, index) =>
      digest(tokensOf(blockText(index * blockSize, blockSize), tokenizer)),
    );

    expect(fixture.unicodeVersion).toBe(unicodeVersion);
    expect(blocks).toHaveLength(0x110000 / blockSize);
    expect(blocks).toEqual(fixture.blocks);
  },
);

test.each(tokenizers)(
  'when texts mix scripts, marks, white space and lone surrogates then the tokens of $tokenizer are those of Python 3.11',
  ({ tokenizer, file }) => {
    const { texts } = readFixture(file);

    expect(texts.map(([text]) => tokensOf(text, tokenizer))).toEqual(texts.map(([, words]) => words));
  },
);

test('when words and marks are asked for then line breaks are none and apostrophes stay inside words', () => {
  const text = `It's <br /><BR>"ROCK'N'ROLL"... don’t_stop' 10/10 naïve — İ`;
  const spans = tokenSpans(text, 'words-and-punctuation');

  expect(spans.map(({ token }) => token)).toEqual(
    `it's " rock'n'roll " ... don’t stop ' 10 / 10 naïve — i \u0307`.split(' '),
  );
  expect(spans.slice(0, -2).map(({ start, end }) => text.slice(start, end).toLowerCase())).toEqual(
    spans.slice(0, -2).map(({ token }) => token),
  );
});

test('when JavaScript and Python differ on white space, letters and lower-casing then Python decides', () => {
  expect(tokenize('a\u001cb\u0085c\ufeffd\u180ee')).toEqual(['a', 'b', 'cde']);
  expect(tokenize('½ ² Ⅻ ٣ x_y')).toEqual(['½', '²', 'ⅻ', '٣', 'x_y']);
  expect(tokenize('İstanbul ΟΔΥΣΣΕΥΣ. Σ ΑΣ’Α')).toEqual(['istanbul', 'οδυσσευς', 'σ', 'ασα']);
  expect(tokenize("It's <br /><br />GREAT!!! -- 10/10")).toEqual(['its', 'br', 'br', 'great', '1010']);
  expect(tokenize('')).toEqual([]);
});

test.each(tokenizers)(
  'when the machine has a Python with the same Unicode version then $tokenizer agrees with it live',
  ({ tokenizer, file, python }) => {
    const texts = readFixture(file).texts.map(([text]) => text);
    const script = `
import json, re, sys, unicodedata
sys.path.insert(0, "scripts")
${tokenizer === 'unicode' ? 'from unicode_tokenizer import unicode_tokens' : ''}
texts = json.load(sys.stdin)
words = [${python} for s in texts]
print(json.dumps({"version": unicodedata.unidata_version, "words": words}))`;
    const run = spawnSync('python3', ['-c', script], { input: JSON.stringify(texts), encoding: 'utf8' });
    if (run.status !== 0) {
      console.log('skipped: no python3 here');
      return;
    }
    const { version, words } = JSON.parse(run.stdout) as { version: string; words: string[][] };
    if (version !== unicodeVersion) {
      console.log(`skipped: python3 has Unicode ${version}, the tables ${unicodeVersion}`);
      return;
    }
    expect(texts.map((text) => tokensOf(text, tokenizer))).toEqual(words);
  },
);
