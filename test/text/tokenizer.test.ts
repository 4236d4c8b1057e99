import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { tokenize } from '../../src/text/tokenizer.js';
import { unicodeVersion } from '../../src/text/unicode_tables.js';

interface Fixture {
  unicodeVersion: string;
  blockSize: number;
  blocks: string[];
  texts: [text: string, words: string[]][];
}

const fixture = JSON.parse(readFileSync('test/fixtures/tokenizer.json', 'utf8')) as Fixture;

const { fromCodePoint } = String;

/** The text of scripts/make_unicode_tables.py: every code point of a block in each surrounding that matters. */
function blockText(start: number): string {
  const forms: string[] = [];
  for (let code = start; code < start + fixture.blockSize; code += 1) {
    const c = fromCodePoint(code);
    // Two lone surrogates of one kind never make a pair, so `${c}${c}` is two code points for Python, too.
    forms.push(`${code.toString(16)} ${c} a${c}b A${c}Σ ${c}Σ AΣ${c} AΣ${c}a ${c}${c}`);
  }
  return forms.join(' ');
}

function digest(words: readonly string[]): string {
  return createHash('sha256').update(words.join('\n')).digest('hex').slice(0, 16);
}

test('when every code point stands in every surrounding then the words are those of Python 3.11', () => {
  const blocks = fixture.blocks.map((_, index) => digest(tokenize(blockText(index * fixture.blockSize))));

  expect(fixture.unicodeVersion).toBe(unicodeVersion);
  expect(blocks).toHaveLength(0x110000 / fixture.blockSize);
  expect(blocks).toEqual(fixture.blocks);
});

test('when texts mix scripts, marks, white space and lone surrogates then the words are those of Python 3.11', () => {
  expect(fixture.texts.map(([text]) => tokenize(text))).toEqual(fixture.texts.map(([, words]) => words));
});

test('when JavaScript and Python differ on white space, letters and lower-casing then Python decides', () => {
  expect(tokenize('a\u001cb\u0085c\ufeffd\u180ee')).toEqual(['a', 'b', 'cde']);
  expect(tokenize('½ ² Ⅻ ٣ x_y')).toEqual(['½', '²', 'ⅻ', '٣', 'x_y']);
  expect(tokenize('İstanbul ΟΔΥΣΣΕΥΣ. Σ ΑΣ’Α')).toEqual(['istanbul', 'οδυσσευς', 'σ', 'ασα']);
  expect(tokenize("It's <br /><br />GREAT!!! -- 10/10")).toEqual(['its', 'br', 'br', 'great', '1010']);
  expect(tokenize('')).toEqual([]);
});

const python = `
import json, re, sys, unicodedata
texts = json.load(sys.stdin)
words = [re.sub(r"[^\\w\\s]", "", s.lower()).split() for s in texts]
print(json.dumps({"version": unicodedata.unidata_version, "words": words}))`;

test('when the machine has a Python with the same Unicode version then it agrees live', () => {
  const texts = fixture.texts.map(([text]) => text);
  const run = spawnSync('python3', ['-c', python], { input: JSON.stringify(texts), encoding: 'utf8' });
  if (run.status !== 0) {
    console.log('skipped: no python3 here');
    return;
  }
  const { version, words } = JSON.parse(run.stdout) as { version: string; words: string[][] };
  if (version !== unicodeVersion) {
    console.log(`skipped: python3 has Unicode ${version}, the tables ${unicodeVersion}`);
    return;
  }
  expect(texts.map(tokenize)).toEqual(words);
});
