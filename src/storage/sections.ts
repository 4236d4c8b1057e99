import { messageOf } from '../errors.js';
import { crc32 } from './numbers/crc32.js';

/** An array of numbers in a file. */
export type SectionArray = Uint8Array | Int8Array | Uint16Array | Int32Array | Float32Array | Float64Array;

interface SectionTypes {
  uint8: Uint8Array;
  int8: Int8Array;
  uint16: Uint16Array;
  int32: Int32Array;
  float32: Float32Array;
  float64: Float64Array;
}

export type SectionDtype = keyof SectionTypes;

type ArrayConstructor = (new (buffer: ArrayBufferLike, byteOffset: number, length: number) => SectionArray) & {
  readonly BYTES_PER_ELEMENT: number;
};

const arrays: Readonly<Record<SectionDtype, ArrayConstructor>> = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
};

/** The number of characters, ASCII, that a file of sections begins with: they say what it is. */
const magicLength = 8;
const alignment = 8;
const checksumStart = magicLength + Uint32Array.BYTES_PER_ELEMENT;
const headerStart = checksumStart + Uint32Array.BYTES_PER_ELEMENT;
const blank = 0x20;

/** What the header says of a section, in the order of their bytes. */
interface SectionEntry {
  readonly name: string;
  readonly dtype: SectionDtype;
  /** From where the data start, which is behind the header; a multiple of 8. */
  readonly offset: number;
  /** Number of elements. */
  readonly length: number;
  readonly crc32: number;
}

/** A file of sections as it was read. */
export interface SectionFile {
  /** The fields of the header, `sections` among them, unchecked but for that. */
  readonly header: Readonly<Record<string, unknown>>;
  /** The arrays, which are views of the file where that is aligned in memory to 8 bytes, as what `fetch` gives is. */
  readonly sections: ReadonlyMap<string, SectionArray>;
}

/**
 * Returns a file of named arrays of numbers: 8 characters that say what it is; the length of the header in bytes and its
 * CRC-32, both uint32; the header, JSON in UTF-8 that ends with blanks so that the data start at a multiple of 8 bytes; the
 * arrays, each at a multiple of 8 bytes, with zeros between them. All numbers are little-endian.
 * @param magic 8 ASCII characters
 * @param header what else the header is to say: anything but `sections`
 */
export function writeSections(
  magic: string,
  header: Readonly<Record<string, unknown>>,
  sections: Readonly<Record<string, SectionArray>>,
): Uint8Array<ArrayBuffer> {
  let end = 0;
  const named = Object.entries(sections);
  const entries = named.map(([name, array]): SectionEntry => {
    const offset = end;
    end = aligned(offset + array.byteLength);
    return { name, dtype: dtypeOf(array), offset, length: array.length, crc32: crc32(bytesOf(array)) };
  });
  const json = new TextEncoder().encode(JSON.stringify({ ...header, sections: entries }));
  const dataStart = aligned(headerStart + json.length);
  const file = new Uint8Array(dataStart + end);
  file.set(new TextEncoder().encode(magic));
  file.fill(blank, headerStart, dataStart).set(json, headerStart);
  const view = new DataView(file.buffer);
  view.setUint32(magicLength, dataStart - headerStart, true);
  view.setUint32(checksumStart, crc32(file.subarray(headerStart, dataStart)), true);
  named.forEach(([, array], index) => {
    file.set(bytesOf(array), dataStart + (entries[index]?.offset ?? 0));
  });
  return file;
}

/**
 * Reads what `writeSections` has written. What it returns is whole; what the numbers mean is for the caller to check.
 * @param magic 8 ASCII characters
 * @param options.refuse makes what is thrown of what is wrong, such as "its header is no JSON"
 * @param options.checksum a faster CRC-32, where there is one
 */
export function readSections(
  bytes: Uint8Array,
  magic: string,
  { refuse, checksum = crc32 }: { refuse: (fault: string) => Error; checksum?: (bytes: Uint8Array) => number },
): SectionFile {
  if (!isLittleEndian()) throw refuse('this machine has the bytes of numbers in another order than the file');
  const { header, dataStart } = readHeader(bytes, magic, refuse);
  const file = bytes.byteOffset % alignment === 0 ? bytes : bytes.slice();
  const sections = new Map<string, SectionArray>();
  let end = 0;
  for (const entry of entriesOf(header.sections, refuse)) {
    const { name, dtype, offset, length } = entry;
    const size = length * arrays[dtype].BYTES_PER_ELEMENT;
    if (offset !== end || dataStart + offset + size > file.length) throw refuse(`its section ${name} is elsewhere`);
    if (sections.has(name)) throw refuse(`its section ${name} comes twice`);
    const array = new arrays[dtype](file.buffer, file.byteOffset + dataStart + offset, length);
    if (checksum(bytesOf(array)) !== entry.crc32) throw refuse(`its section ${name} is damaged`);
    sections.set(name, array);
    end = aligned(offset + size);
  }
  if (dataStart + end !== file.length) throw refuse('it has another length than its header says');
  return { header, sections };
}

/** Takes an array out of a file. @throws what `refuse` makes when it is not there, or of another type or length */
export function takeSection<D extends SectionDtype>(
  { sections }: SectionFile,
  name: string,
  { dtype, length, refuse }: { dtype: D; length?: number; refuse: (fault: string) => Error },
): SectionTypes[D] {
  const array = sections.get(name);
  if (array === undefined) throw refuse(`it has no section ${name}`);
  if (dtypeOf(array) !== dtype) throw refuse(`its section ${name} has no numbers of the type ${dtype}`);
  if (length !== undefined && array.length !== length) {
    throw refuse(`its section ${name} has ${array.length} numbers in place of ${length}`);
  }
  return array as SectionTypes[D];
}

function readHeader(
  bytes: Uint8Array,
  magic: string,
  refuse: (fault: string) => Error,
): { header: Record<string, unknown>; dataStart: number } {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  const isKnown = new TextEncoder().encode(magic).every((byte, index) => byte === bytes[index]);
  if (bytes.length < headerStart || !isKnown) throw refuse(`it does not begin with ${JSON.stringify(magic)}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dataStart = headerStart + view.getUint32(magicLength, true);
  if (dataStart > bytes.length || dataStart % alignment !== 0) throw refuse('it ends within its header');
  const json = bytes.slice(headerStart, dataStart);
  if (view.getUint32(checksumStart, true) !== crc32(json)) throw refuse('its header is damaged');
  let header: unknown;
  try {
    header = JSON.parse(utf8.decode(json));
  } catch (error) {
    throw refuse(`its header is no JSON (${messageOf(error)})`);
  }
  if (!isRecord(header)) throw refuse('its header is no object');
  return { header, dataStart };
}

function entriesOf(sections: unknown, refuse: (fault: string) => Error): SectionEntry[] {
  if (!Array.isArray(sections) || !sections.every(isEntry)) throw refuse('its header lists no sections');
  return sections;
}

function isEntry(value: unknown): value is SectionEntry {
  if (!isRecord(value)) return false;
  const { name, dtype, offset, length } = value;
  const isKnown = typeof dtype === 'string' && Object.hasOwn(arrays, dtype);
  return isKnown && typeof name === 'string' && isCount(offset) && isCount(length) && isCount(value.crc32);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function aligned(offset: number): number {
  return Math.ceil(offset / alignment) * alignment;
}

function bytesOf({ buffer, byteOffset, byteLength }: SectionArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** By the name of its type: an array may come from another realm. */
function dtypeOf(array: SectionArray): SectionDtype {
  return array[Symbol.toStringTag].replace('Array', '').toLowerCase() as SectionDtype;
}

function isLittleEndian(): boolean {
  return new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
}
