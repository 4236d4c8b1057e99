import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { archive, load, reviews, tar, temporaryFolder, type Entry } from './helpers.js';

const folder = temporaryFolder();

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function withEntry(name: string, entry: Entry): string {
  return archive(folder, name, [...reviews.slice(0, 5), entry, ...reviews.slice(5)]);
}

function pipe(name: string): string {
  execFileSync('mkfifo', [join(folder, name)]);
  return join(folder, name);
}

function bareFolder(): string {
  const path = join(folder, 'bare');
  mkdirSync(path);
  return path;
}

/** One sentence, with its code. */
function sentence(code: string, part: string): object {
  const message: unknown = expect.stringMatching(new RegExp(`^(?:Expected|Could not) [^\n]*${part}[^\n]*[.]$`));
  return expect.objectContaining({ code, message });
}

test.each([
  ['does not exist', () => join(folder, 'nowhere.tgz'), 'nowhere.tgz" does not exist'],
  ['is standard input', () => '-', 'write standard input to a file first'],
  ['is an address', () => 'https://example.org/reviews.csv', 'fetch it first'],
  ['is empty', () => file('empty.tgz', ''), 'empty.tgz is empty'],
  ['is the empty path', () => '', 'does not exist'],
  ['is an empty folder', () => bareFolder(), 'bare but it is empty'],
  ['is a text file', () => file('reviews.txt', 'text and label\n'.repeat(100)), 'is none of them'],
  ['is a binary file', () => file('reviews.bin', Buffer.of(1, 2, 0, 3)), 'is binary data and no text'],
  ['is a JSON array', () => file('array.json', '["text", "a"]'), 'a JSON array of something else'],
  ['is a folder in a folder that is a file', () => join(file('plain.txt', 'x'), 'train'), 'plain.txt'],
  [
    'is a web page of one line',
    () => file('page.csv', '<!DOCTYPE html><p>Log in, please; now</p></html>'),
    'a web page',
  ],
  ['is no tar inside', () => file('text.tgz', gzipSync('no tar\n'.repeat(500))), 'text.tgz is none of them'],
  ['is a pipe', () => pipe('pipe'), 'is a pipe, which can be read only once'],
  [
    'is an archive of tables',
    () => archive(folder, 'tables.tgz', [{ path: 'x/train.csv', content: 'a' }]),
    'it has x/train.csv',
  ],
  ['is an archive without files', () => archive(folder, 'none.tgz', []), 'none.tgz to be a whole tar'],
])('when the data %s then it says so', async (_, path, part) => {
  await expect(load(path())).rejects.toEqual(sentence('ERR_DATASET', part));
});

test('when a split is a pipe then it says so at once', async () => {
  await expect(load({ train: pipe('train') })).rejects.toEqual(sentence('ERR_DATASET', 'is a pipe'));
});

test.each(['train/pos', 'train/neg', 'test/pos', 'test/neg'])(
  'when %s is missing then it is named, for archives and folders',
  async (missing) => {
    const rest = reviews.filter(({ path }) => !path.includes(missing));
    const name = missing.replace('/', '-');
    await expect(load(archive(folder, `${name}.tgz`, rest))).rejects.toEqual(
      sentence('ERR_DATASET', `has no ${missing}`),
    );
    for (const { path, content = '' } of rest) {
      mkdirSync(join(folder, name, path, '..'), { recursive: true });
      writeFileSync(join(folder, name, path), content);
    }
    const unpacked = join(folder, name, 'aclImdb');
    await expect(load(unpacked)).rejects.toEqual(sentence('ERR_DATASET', `has no ${missing}`));
    mkdirSync(join(unpacked, missing), { recursive: true });
    await expect(load(unpacked)).rejects.toEqual(sentence('ERR_DATASET', `has no ${missing}`));
  },
);

test('when a compressed archive is cut anywhere then it is refused', async () => {
  const whole = gzipSync(tar(reviews));
  for (const length of [20, whole.length >> 1, whole.length - 9, whole.length - 1]) {
    const path = file('cut.tgz', whole.subarray(0, length));
    await expect(load(path)).rejects.toEqual(sentence('ERR_DATASET', 'cut.tgz .*damaged'));
  }
});

test('when an uncompressed archive is cut anywhere, also between two entries, then it is refused', async () => {
  const whole = tar(reviews);
  for (const length of [700, 1024, 2000, whole.length - 1024, whole.length - 600]) {
    const path = file('cut.tar', whole.subarray(0, length));
    await expect(load(path)).rejects.toEqual(sentence('ERR_DATASET', 'cut.tar .*damaged'));
  }
});

test('when a byte of an archive is changed then it is refused', async () => {
  const packed = gzipSync(tar(reviews));
  packed.writeUInt8(packed.readUInt8(packed.length >> 1) ^ 0xff, packed.length >> 1);
  await expect(load(file('changed.tgz', packed))).rejects.toEqual(sentence('ERR_DATASET', 'damaged'));

  const plain = tar(reviews);
  plain.write('x', 1024 + 5);
  await expect(load(file('changed.tar', plain))).rejects.toEqual(sentence('ERR_DATASET', 'damaged'));
});

test.each<[string, Entry, string]>([
  ['a symbolic link', { path: 'a/train/pos/8_8.txt', type: 'SymbolicLink', linkpath: '/etc/passwd' }, 'is a link'],
  ['a hard link', { path: 'a/README', type: 'Link', linkpath: '../../x' }, 'is a link'],
  ['a device', { path: 'a/tty', type: 'CharacterDevice' }, 'is neither a file nor a folder'],
  ['an absolute path', { path: '/train/pos/8_8.txt', content: 'x' }, 'is an absolute path'],
  ['a path that leaves it', { path: 'a/../../train/pos/8_8.txt', content: 'x' }, 'leaves the archive'],
  ['a review that is too long', { path: 'a/train/pos/8_8.txt', content: 'x'.repeat(2 ** 20 + 1) }, '1048577 bytes'],
  ['a review that claims to be too long', { path: 'a/train/pos/8_8.txt', size: 2 ** 40 }, '1099511627776 bytes'],
  [
    'a review that is not UTF-8',
    { path: 'a/train/pos/8_8.txt', content: Buffer.of(0x66, 0xe9) },
    'train/pos/8_8.txt is not',
  ],
  [
    'a review with a lone surrogate',
    { path: 'a/test/neg/8_8.txt', content: Buffer.of(0xed, 0xa0, 0x80) },
    'test/neg/8_8.txt is not',
  ],
  ['a review twice', { path: 'aclImdb/train/pos/1_7.txt', content: 'again' }, 'train/pos/1_7.txt twice'],
])('when an archive holds %s then it is refused', async (name, entry, part) => {
  await expect(load(withEntry(`${name.replaceAll(' ', '-')}.tgz`, entry))).rejects.toEqual(
    sentence('ERR_DATASET', part),
  );
});

test('when a folder holds a review that is not UTF-8 or too long then it is named', async () => {
  for (const { path, content = '' } of reviews) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const bad = join(folder, 'aclImdb/test/pos/3_9.txt');
  writeFileSync(bad, Buffer.of(0xff));
  await expect(load(join(folder, 'aclImdb'))).rejects.toEqual(sentence('ERR_DATASET', 'test/pos/3_9.txt is not'));
  writeFileSync(bad, 'x'.repeat(2 ** 20 + 1));
  await expect(load(join(folder, 'aclImdb'))).rejects.toEqual(sentence('ERR_DATASET', '3_9.txt has 1048577'));
});

test.each([
  ['valid', 6, '6 training reviews'],
  ['valid', -1, 'validation size but received -1'],
  ['valid', 1.5, 'validation size but received 1.5'],
  ['vocab', 1, 'vocabulary size but received 1'],
  ['vocab', Number.NaN, 'vocabulary size but received NaN'],
  ['seed', 0.5, 'seed but received 0.5'],
])('when %s is %d then it says what is expected', async (option, value, part) => {
  await expect(load(archive(folder, 'usage.tgz'), { [option]: value })).rejects.toEqual(sentence('ERR_USAGE', part));
});

test('when reading is aborted, before or on the way, then the reason is thrown and nothing is stored', async () => {
  const path = archive(folder, 'aborted.tgz');
  const cacheFolder = join(folder, 'never');
  const reason = new Error('stop');
  await expect(load(path, { cacheFolder, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  for (const stage of ['read', 'encode']) {
    for (const data of [path, 'sample']) {
      const controller = new AbortController();
      const onProgress = (progress: { stage: string }): void => {
        if (progress.stage === stage) controller.abort(reason);
      };
      await expect(load(data, { cacheFolder, signal: controller.signal, onProgress })).rejects.toBe(reason);
    }
  }
  expect(() => readdirSync(cacheFolder)).toThrow('ENOENT');
  expect(readFileSync(path).length).toBeGreaterThan(0);
});
