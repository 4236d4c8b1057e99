import { ImdbTorchError, messageOf } from '../errors.js';
import { findJsonFault } from './safetensors_json.js';
import { elementCount, elementSize, type StoredDtype, type StoredTensor } from './stored_tensor.js';

/** The limit of the format's own library, https://github.com/huggingface/safetensors. */
export const maximumHeaderBytes = 100_000_000;

/** The data follow the header and are aligned to the largest element. */
const alignment = 8;

/** Half-precision numbers, which are read as float32. */
export type HalfDtype = 'F16' | 'BF16';

interface ReadDtype {
  dtype: StoredDtype;
  half?: HalfDtype;
}

const dtypes: ReadonlyMap<unknown, ReadDtype> = new Map<unknown, ReadDtype>([
  ['F32', { dtype: 'float32' }],
  ['F64', { dtype: 'float64' }],
  ['I64', { dtype: 'int64' }],
  ['F16', { dtype: 'float32', half: 'F16' }],
  ['BF16', { dtype: 'float32', half: 'BF16' }],
]);
const halfSize = 2;
const names: Readonly<Record<StoredDtype, string>> = { float32: 'F32', float64: 'F64', int64: 'I64' };

/** The order in which the format's own library writes tensors: by dtype, the largest first, then by name. */
const writingOrder: readonly StoredDtype[] = ['int64', 'float64', 'float32'];

export interface TensorEntry {
  name: string;
  dtype: StoredDtype;
  /** How the file has it, where that is not as `dtype`. */
  half?: HalfDtype;
  shape: readonly number[];
  /** Where its bytes begin and end, from the end of the header. */
  begin: number;
  end: number;
}

interface Header {
  metadata: ReadonlyMap<string, string>;
  /** The tensors in the order of their bytes, which they cover without hole or overlap. */
  entries: readonly TensorEntry[];
}

/** Returns the entries of `tensors` in the order of writing. */
export function layOut(tensors: ReadonlyMap<string, StoredTensor>): TensorEntry[] {
  const order = [...tensors].sort(
    ([nameA, a], [nameB, b]) =>
      writingOrder.indexOf(a.dtype) - writingOrder.indexOf(b.dtype) ||
      Buffer.compare(Buffer.from(nameA), Buffer.from(nameB)),
  );
  let begin = 0;
  return order.map(([name, { dtype, shape, data }]) => {
    const entry = { name, dtype, shape, begin, end: begin + data.byteLength };
    begin = entry.end;
    return entry;
  });
}

/** Returns the length field and the header, padded with spaces. */
export function encodeHeader(entries: readonly TensorEntry[], metadata: Readonly<Record<string, string>>): Uint8Array {
  const fields = [`"__metadata__":${JSON.stringify(metadata)}`];
  for (const { name, dtype, shape, begin, end } of entries) {
    const info = { dtype: names[dtype], shape, data_offsets: [begin, end] };
    fields.push(`${JSON.stringify(name)}:${JSON.stringify(info)}`);
  }
  const json = Buffer.from(`{${fields.join()}}`);
  const padded = Math.ceil(json.length / alignment) * alignment;
  const header = Buffer.alloc(8 + padded, ' ');
  header.writeBigUInt64LE(BigInt(padded));
  json.copy(header, 8);
  return header;
}

/**
 * Reads and checks a header.
 * @param file the file's name, for errors
 * @param json the bytes between the length field and the data
 * @param dataBytes the number of bytes after it, to the end of the file
 * @throws ERR_SAFETENSORS for everything that the format forbids, and for other dtypes than F16, BF16, F32, F64 and I64
 */
export function decodeHeader(file: string, json: Uint8Array, dataBytes: number): Header {
  const fail = (problem: string): never => {
    throw new ImdbTorchError('ERR_SAFETENSORS', `${file} is no intact safetensors file: ${problem}.`);
  };
  const metadata = new Map<string, string>();
  const entries: TensorEntry[] = [];
  for (const [name, value] of Object.entries(parseObject(json, fail))) {
    if (!isUnicode(name)) fail(`the name ${JSON.stringify(name)} is no Unicode text`);
    if (name !== '__metadata__') entries.push(readEntry(name, value, fail));
    else for (const [key, text] of readMetadata(value, fail)) metadata.set(key, text);
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== covered) fail(`"${name}" starts at byte ${begin} of the data where ${covered} was expected`);
    covered = end;
  }
  if (covered !== dataBytes) fail(`its header describes ${covered} bytes of data and ${dataBytes} are there`);
  return { metadata, entries };
}

type Fail = (problem: string) => never;

function parseObject(bytes: Uint8Array, fail: Fail): object {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    if (!text.startsWith('{') || !isObject(value)) return fail('its header is no JSON object');
    const fault = findJsonFault(text);
    return fault === null ? value : fail(fault);
  } catch (error) {
    if (error instanceof ImdbTorchError) throw error;
    return fail(`its header is no JSON in UTF-8 (${messageOf(error)})`);
  }
}

function readMetadata(value: unknown, fail: Fail): [string, string][] {
  if (!isObject(value)) return fail('its metadata is no JSON object');
  return Object.entries(value).map(([key, text]: [string, unknown]) =>
    typeof text === 'string' && isUnicode(key) && isUnicode(text)
      ? [key, text]
      : fail(`its metadata "${key}" is no string of Unicode text`),
  );
}

function readEntry(name: string, value: unknown, fail: Fail): TensorEntry {
  const { dtype, shape, data_offsets: offsets } = (isObject(value) ? value : {}) as Record<string, unknown>;
  const known = dtypes.get(dtype);
  if (known === undefined) return fail(`"${name}" has dtype ${String(dtype)}, expected F16, BF16, F32, F64 or I64`);
  const count = Array.isArray(shape) ? elementCount(shape) : null;
  if (count === null) return fail(`"${name}" has no valid shape`);
  const [begin, end, ...rest] = (Array.isArray(offsets) ? offsets : []) as unknown[];
  if (!isOffset(begin) || !isOffset(end) || rest.length > 0) return fail(`"${name}" has no valid offsets`);
  const size = known.half === undefined ? elementSize(known.dtype) : halfSize;
  if (end - begin !== count * size) {
    return fail(`"${name}" has ${end - begin} bytes, which its shape and dtype do not fit`);
  }
  return { name, ...known, shape: shape as number[], begin, end };
}

/** Whether UTF-8 can hold the text: it has no half of a surrogate pair. */
export function isUnicode(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOffset(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
