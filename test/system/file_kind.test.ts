import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { foreignKind, isParquet, isTar, wideEncoding } from '../../src/system/file_kind.js';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const zip = (name: string): Buffer => latin1(`PK\x03\x04\x14\0\0\0\x08\0xxxxxxxxxxxxxxxx\x0f\0\0\0${name}\x01\x02`);
const utf32 = (text: string): Buffer =>
  Buffer.concat(Array.from(text, (one) => Buffer.concat([latin1(one), Buffer.alloc(3)])));

test.each<[string, Buffer]>([
  ['compressed twice by gzip', gzipSync('text')],
  ['an Excel workbook', zip('[Content_Types].xml and xl/workbook.xml')],
  ['a text processor document', zip('word/document.xml')],
  ['an OpenDocument file', zip('mimetypeapplication/vnd.oasis.opendocument.spreadsheet')],
  ['a zip file as `torch.save` writes', zip('archive/data.pkl')],
  ['a zip file of NumPy arrays', zip('arr_0.npy')],
  ['a zip archive', zip('reviews.csv')],
  ['a zip archive', latin1(`PK\x05\x06${'\0'.repeat(18)}`)],
  ['an old Excel or Word document', latin1('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0')],
  ['compressed by bzip2', latin1('BZh91AY&SY\x01\x02')],
  ['compressed by xz', latin1('\xfd7zXZ\0\0\x04')],
  ['compressed by zstd', latin1('\x28\xb5\x2f\xfd\x04\x58')],
  ['compressed by lz4', latin1('\x04\x22\x4d\x18\x64')],
  ['a 7z archive', latin1('7z\xbc\xaf\x27\x1c\0\x04')],
  ['a RAR archive', latin1('Rar!\x1a\x07\x01\0')],
  ['an Arrow or Feather file', latin1('ARROW1\0\0\xff\xff\xff\xff')],
  ['an Arrow or Feather file', latin1('\xff\xff\xff\xff\x78\x01\0\0\x10\0')],
  ['a Feather file', latin1('FEA1\0\0')],
  ['an encrypted Parquet file', latin1('PARE\x15\0')],
  ['an Avro file', latin1('Obj\x01\x04')],
  ['an ORC file', latin1('ORC\n\x01\x02\0')],
  ['an HDF5 file', latin1('\x89HDF\r\n\x1a\n')],
  ['a NumPy array', latin1('\x93NUMPY\x01\0')],
  ['a Python pickle', latin1('\x80\x04\x95\x10\0')],
  ['a safetensors file', latin1('\x58\x01\0\0\0\0\0\0{"a":{}}')],
  ['an SQLite database', latin1('SQLite format 3\0\x10\0')],
  [
    'a Git LFS pointer, which stands for the file',
    latin1('version https://git-lfs.github.com/spec/v1\noid sha256:1\n'),
  ],
  ['a web page, as a login or a download that failed leaves', latin1('\n <!DOCTYPE HTML>\n<html>')],
  ['a web page, as a login or a download that failed leaves', latin1('<html lang="en">\n<body>')],
  ['an XML document', latin1('<?xml version="1.0"?>\n<a>b</a>')],
  ['a PDF document', latin1('%PDF-1.7\n')],
  ['an RTF document', latin1('{\\rtf1\\ansi')],
  ['an image', latin1('\x89PNG\r\n\x1a\n')],
  ['an image', latin1('\xff\xd8\xff\xe0')],
  ['sound or video', latin1('RIFF\x24\x08\0\0WAVEfmt ')],
  ['an image', latin1('GIF89a\x20\x03\x58\x02\xf7\0\0')],
  ['an image', latin1('RIFF\x24\x08\0\0WEBPVP8 ')],
  ['sound or video', latin1('\0\0\0\x20ftypisom')],
  ['a program', latin1('\x7fELF\x02\x01')],
  ['UTF-32 text', Buffer.concat([latin1('\xff\xfe\0\0'), utf32('text')])],
  ['UTF-32 text', utf32('text,label')],
  ['binary data and no text', randomBytes(5000)],
  ['binary data and no text', Buffer.of(1, 2, 0, 3)],
])('when a file is %s then it is named so', (name, head) => {
  expect(foreignKind(head)).toMatchObject({ name, remedy: expect.stringMatching(/^[a-z]/) });
});

test.each<[string, Buffer]>([
  ['plain text', latin1('a good film\nBZh is no name')],
  ['nothing', Buffer.alloc(0)],
  ['JSON', latin1('{"text": "a"}\n')],
  ['Latin-1', latin1('caf\xe9 cr\xe8me\n\x80 5 \x93quoted\x94')],
  ['Windows-1252 that begins with a euro sign', latin1('\x80 20 is too much')],
  ['a text with a zero in it', latin1('a good film\0and more\n')],
  ['Chinese that is cut in a character', Buffer.from('好电影').subarray(0, 8)],
  ['lines of whole pages', latin1('<html><body>good</body></html>\n<html>bad</html>\n')],
  ['coloured text', latin1('\x1b[1mgood\x1b[0m film, \x1b[1mbad\x1b[0m film\n')],
  ['a header that begins as encrypted Parquet', latin1('PARENT_ID,text,label\n1,a good film,pos\n')],
  ['a header that begins as Arrow', latin1('ARROW1,text\n1,a good film\n')],
  ['a header that begins as Feather', latin1('FEA1,text\n1,a good film\n')],
  ['a quotation', latin1('\x93NUMPY is no film\x94, he said\n')],
  ['about ORC, with a zero far behind', latin1(`ORCS are in this film${' and more'.repeat(20)}\0\n`)],
  ['about bzip2', latin1('BZh91AY&SY is how bzip2 begins\n')],
  ['about GIF', latin1('GIF89a pictures are all that moves here\n')],
  ['about RIFF', latin1('RIFF or WAVE, what a film\n')],
  ['about MP4', latin1('The ftyp box comes first\n')],
  ['about PDF', latin1('%PDF-1.7 is a good start\n')],
  ['about PNG', latin1('\x89PNG\r\nis a picture\r\n')],
  ['about RTF', latin1('{\\rtf is how it begins}\n')],
  ['about Git', latin1('version https://git-lfs.github.com is worth a visit\n')],
  ['UTF-16', Buffer.from('a good film', 'utf16le')],
  ['Parquet', latin1('PAR1\x15\0\x15\0')],
  ['tar', Buffer.concat([Buffer.alloc(257, 'x'), latin1('ustar\x0000')])],
])('when a file is %s then it is of no foreign kind', (_, head) => {
  expect(foreignKind(head)).toBeNull();
});

test('when a text has what marks a tar or a Parquet file then it is none of these', () => {
  expect(isParquet(latin1('PAR1,text,label\n'))).toBe(false);
  expect(isTar(Buffer.concat([Buffer.alloc(256, 'x'), latin1('mustard and cress\n')]))).toBe(false);
});

const swapped = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

test.each<[string, Buffer, ReturnType<typeof wideEncoding>]>([
  ['a mark of UTF-16LE', latin1('\xff\xfea\0'), 'utf-16le'],
  ['a mark of UTF-16BE', latin1('\xfe\xff\0a'), 'utf-16be'],
  ['English without a mark', Buffer.from('good', 'utf16le'), 'utf-16le'],
  ['English without a mark, the other way round', swapped('good'), 'utf-16be'],
  ['Chinese without a mark', Buffer.from('这部电影很好看\n我不喜欢这部电影\n'.repeat(9), 'utf16le'), 'utf-16le'],
  ['Chinese without a mark, the other way round', swapped('这部电影很好看\n我不喜欢这部电影\n'.repeat(9)), 'utf-16be'],
  ['one zero in English', latin1('good\0film and bad film'), null],
  ['one zero in Latin-1', latin1('caf\xe9\0 and more of this, all of it in one line'), null],
  ['one zero in Chinese UTF-8', Buffer.from('好电影\0好'), null],
  ['small numbers', Buffer.from(new Uint16Array([1, 2, 3, 4, 5, 6, 7, 8]).buffer), null],
  ['nothing', Buffer.alloc(0), null],
])('when the start of a file has %s then its encoding is known', (_, head, encoding) => {
  expect(wideEncoding(head)).toBe(encoding);
});
