/* eslint-disable no-control-regex -- binary files begin with control characters */
import { isUtf8 } from 'node:buffer';

/** A kind of file that is neither text nor anything else that is read here. */
export interface FileKind {
  /** Completes a sentence: `it is a zip archive`. */
  readonly name: string;
  /** What to do, as half a sentence. */
  readonly remedy: string;
  /** Says that it is text all the same. */
  readonly isMarkup: boolean;
}

/** The number of bytes that kinds are told by. */
const lookedAtBytes = 1 << 13;

/** Control characters, halves of pairs and what no text has. */
const strangeCharacters = /[\0-\x08\x0e-\x1f\x7f-\x9f\ufffd-\uffff\ud800-\udfff\ue000-\uf8ff]/gu;

const toTable = 'write it as CSV or Parquet, for instance with pandas';

/** How files begin, as Latin-1: more special kinds first. Where letters begin one, bytes that no text has must follow. */
const kinds: readonly (readonly [beginning: RegExp, name: string, remedy: string])[] = [
  [/^\x1f\x8b/, 'compressed twice by gzip', 'unpack it once with `gunzip`'],
  [/^PK\x03\x04[^]*?xl\//, 'an Excel workbook', 'save it as CSV (UTF-8)'],
  [/^PK\x03\x04[^]*?(word\/|opendocument\.text)/, 'a text processor document', 'save it as plain text'],
  [/^PK\x03\x04[^]*?opendocument/, 'an OpenDocument file', 'save it as CSV (UTF-8) or plain text'],
  [/^PK\x03\x04[^]*?data\.pkl/, 'a zip file as `torch.save` writes', `load it with PyTorch and ${toTable}`],
  [/^PK\x03\x04[^]*?\.npy/, 'a zip file of NumPy arrays', `load it with NumPy and ${toTable}`],
  [/^PK(\x03\x04|\x05\x06|\x07\x08)/, 'a zip archive', 'unpack it with `unzip`'],
  [/^\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1/, 'an old Excel or Word document', 'save it as CSV (UTF-8) or plain text'],
  [/^BZh[1-9](1AY&SY[^]{0,4}[\0-\x08]|\x17rE8P\x90)/, 'compressed by bzip2', 'unpack it with `bunzip2`'],
  [/^\xfd7zXZ\0/, 'compressed by xz', 'unpack it with `unxz`'],
  [/^\x5d\0\0[^]{2}\xff/, 'compressed by lzma', 'unpack it with `unlzma`'],
  [/^\x28\xb5\x2f\xfd/, 'compressed by zstd', 'unpack it with `unzstd`'],
  [/^\x04\x22\x4d\x18/, 'compressed by lz4', 'unpack it with `unlz4`'],
  [/^\x1f\x9d/, 'compressed by compress', 'unpack it with `uncompress`'],
  [/^7z\xbc\xaf\x27\x1c/, 'a 7z archive', 'unpack it with `7z x`'],
  [/^Rar!\x1a\x07/, 'a RAR archive', 'unpack it with `unrar x`'],
  [
    /^(ARROW1\0\0|\xff\xff\xff\xff[^]{3}\0)/,
    'an Arrow or Feather file',
    'write it as Parquet, for instance with pandas',
  ],
  [/^FEA1\0/, 'a Feather file', 'write it as Parquet, for instance with pandas'],
  [/^PARE[^]{0,12}[\0-\x08]/, 'an encrypted Parquet file', 'write it without encryption'],
  [/^Obj\x01/, 'an Avro file', toTable],
  [/^ORC[^]{0,60}[\0-\x08]/, 'an ORC file', toTable],
  [/^\x89HDF\r\n\x1a\n/, 'an HDF5 file', toTable],
  [/^\x93NUMPY[\x01-\x03]/, 'a NumPy array', toTable],
  [/^\x80[\x02-\x05]/, 'a Python pickle', `load it with the program that wrote it and ${toTable}`],
  [/^[^]{2,4}\0{4,6}\{"/, 'a safetensors file', 'give a file of texts'],
  [/^SQLite format 3\0/, 'an SQLite database', "export a table with `sqlite3 -header -csv FILE 'select ...'`"],
  [
    /^version https:\/\/git-lfs\S*\s+(ext|oid|$)/,
    'a Git LFS pointer, which stands for the file',
    'fetch the file itself with `git lfs pull`',
  ],
  [
    /^\s*(<!--[^]*?-->\s*)?<(!doctype html|html)\b(?![^\n]*<\/html>)/i,
    'a web page, as a login or a download that failed leaves',
    'fetch the file itself',
  ],
  [/^\s*<\?xml\b(?![^\n]*<\/)/i, 'an XML document', 'write its texts as CSV or JSON Lines'],
  [/^%PDF-\d\.\d\s*[\r\n]/, 'a PDF document', 'extract its text, for instance with `pdftotext`'],
  [/^\{\\rtf\d*\s*[\\{]/, 'an RTF document', 'save it as plain text'],
  [
    /^(\x89PNG\r\n\x1a|\xff\xd8\xff|GIF8[79]a[^]{0,7}[\0-\x08]|RIFF[^]{3}[\0-\x1f\xff]WEBP|II\*\0|MM\0\*)/,
    'an image',
    'give a file of texts',
  ],
  [
    /^(ID3[\x02-\x04]|OggS\0|fLaC\0|RIFF[^]{3}[\0-\x1f\xff](WAVE|AVI )|\0\0[^]{2}ftyp)/,
    'sound or video',
    'give a file of texts',
  ],
  [/^(\x7fELF|MZ[^]{2}[^]*\0\0\0|\xcf\xfa\xed\xfe|\xca\xfe\xba\xbe)/, 'a program', 'give a file of texts'],
  [
    /^(\xff\xfe\0\0|\0\0\xfe\xff|([^\0]\0{3}){2}|(\0{3}[^\0]){2})/,
    'UTF-32 text',
    'convert it with `iconv -f UTF-32 -t UTF-8`',
  ],
];

/**
 * Returns what a file is by how it begins, where it is neither text in UTF-8 or another 8-bit or 16-bit encoding nor a tar
 * or Parquet file; null where it may be one of these.
 * @param head its beginning, inflated where it is compressed by gzip
 */
export function foreignKind(head: Uint8Array): FileKind | null {
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, lookedAtBytes));
  if (isTar(bytes) || isParquet(bytes)) return null;
  const start = bytes.toString('latin1');
  const known = kinds.find(([beginning]) => beginning.test(start));
  if (known !== undefined) return { name: known[1], remedy: known[2], isMarkup: start.trimStart().startsWith('<') };
  const controls = start.match(/[\0-\x08\x0e-\x1f]/g)?.length ?? 0;
  // Text has few control characters, and binary data are hardly ever UTF-8.
  const isBinary = controls > start.length * (isText(bytes) ? 0.3 : 0.02) && wideEncoding(bytes) === null;
  return isBinary ? { name: 'binary data and no text', remedy: 'give a file of texts', isMarkup: false } : null;
}

/** Takes nothing but zeros for a tar file too, one without an entry. */
export function isTar(head: Buffer): boolean {
  return (
    /^ustar(\0| {2}\0)/.test(head.toString('latin1', 257, 265)) ||
    (head.length >= 512 && head.every((byte) => byte === 0))
  );
}

export function isParquet(head: Buffer): boolean {
  return /^PAR1($|[^]{0,7}[\0-\x08\x0e-\x1f])/.test(head.toString('latin1', 0, 12));
}

/** Returns the encoding of UTF-16 text, with or without a byte order mark; null for anything else. */
export function wideEncoding(head: Buffer): 'utf-16le' | 'utf-16be' | null {
  const mark = head.toString('latin1', 0, 2);
  if (mark === '\xff\xfe') return 'utf-16le';
  if (mark === '\xfe\xff') return 'utf-16be';
  const start = head.subarray(0, Math.min(head.length, lookedAtBytes) & ~1);
  if (!start.includes(0)) return null;
  // Blanks, line ends and all of ASCII have a zero, always on the same side.
  const evenZeros = start.filter((byte, index) => byte === 0 && index % 2 === 0).length;
  const zeros = countOf(start, (byte) => byte === 0);
  const encoding = evenZeros === 0 ? 'utf-16le' : evenZeros === zeros ? 'utf-16be' : null;
  if (encoding === null || (zeros < start.length / 5 && looksNarrow(start))) return null;
  // As of a stream: the last character may be cut in two.
  const text = new TextDecoder(encoding).decode(start, { stream: true });
  const strange = text.match(strangeCharacters);
  return (strange?.length ?? 0) <= text.length / 100 ? encoding : null;
}

/** Says whether bytes with a few zeros are rather text of 8-bit characters. */
function looksNarrow(start: Buffer): boolean {
  return isText(start) || countOf(start, (byte) => byte >= 0x20 && byte < 0x7f) > start.length * 0.75;
}

/** Says whether the beginning of a file is UTF-8. */
function isText(start: Buffer): boolean {
  // What stands at the end may be the first bytes of a character.
  return [0, 1, 2, 3].some((cut) => isUtf8(start.subarray(0, start.length - cut)));
}

function countOf(bytes: Buffer, isMeant: (byte: number) => boolean): number {
  return bytes.reduce((sum, byte) => sum + Number(isMeant(byte)), 0);
}
