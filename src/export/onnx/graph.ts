/**
 * Graphs in the format of ONNX, as messages of its onnx.proto
 * (https://github.com/onnx/onnx/blob/004aa57f442055b51af980769883b544ac4f87f2/onnx/onnx.proto).
 */
import { bytesField, messageField, stringField, varintField, type Fields } from '../../storage/protobuf.js';

/** The numbers that onnx.proto has for the types of elements. */
const elementTypes = { float: 1, int64: 7 } as const;
type ElementType = keyof typeof elementTypes;

/** The numbers that onnx.proto has for the types of attributes. */
const attributeTypes = { integer: 2, string: 3, tensor: 4 } as const;

/** What an input or an output is. */
export interface ValueOptions {
  readonly type: ElementType;
  /** Its sizes: a number, or the name of one that is not known before a run. */
  readonly shape: readonly (number | string)[];
  /** What it is, for people. */
  readonly description: string;
}

/** The attributes of a node by their names. */
type Attributes = Readonly<Record<string, number | string | Float32Array | BigInt64Array>>;

/** The text that belongs to a model. */
export interface ModelText {
  readonly name: string;
  /** What the model is and how to use it, for people. */
  readonly description: string;
  /** The version of this package. */
  readonly version: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The version of the operators: the first with sums by index (16) that every runtime of these years has. */
const operatorVersion = 17;
/** The version of the format that came with these operators. */
const formatVersion = 8;

/** A graph in the making. Values are named by what makes them; a node stands behind those that it takes from. */
export class OnnxGraph {
  readonly #nodes: Fields[] = [];
  readonly #constants: Fields[] = [];
  readonly #inputs: Fields[] = [];
  readonly #outputs: Fields[] = [];

  /** Adds an input and returns its name. */
  input(name: string, options: ValueOptions): string {
    this.#inputs.push(valueInfo(name, options));
    return name;
  }

  /** Adds the value of a node to what a run returns. */
  output(name: string, options: ValueOptions): void {
    this.#outputs.push(valueInfo(name, options));
  }

  /** Adds numbers that are the same in every run, row-major, and returns their name. */
  constant(name: string, data: Float32Array | BigInt64Array, shape: readonly number[] = [data.length]): string {
    this.#constants.push([...stringField(8, name), ...tensor(data, shape)]);
    return name;
  }

  /** Adds whole numbers, or a single one without a dimension, and returns their name. */
  integers(name: string, values: number | readonly number[]): string {
    const data = BigInt64Array.from([values].flat(), BigInt);
    return this.constant(name, data, typeof values === 'number' ? [] : [data.length]);
  }

  /** Adds a part of a list, by where it starts and, if that is not the end of the list, ends; negative: from its end. */
  part(name: string, list: string, [start, end = Number.MAX_SAFE_INTEGER]: readonly [number, number?]): string {
    const bounds = [this.integers(`${name}_from`, [start]), this.integers(`${name}_to`, [end])];
    return this.node(name, 'Slice', [list, ...bounds]);
  }

  /** Adds a node of the standard operators and returns the name of what it makes. */
  node(name: string, operator: string, inputs: readonly string[], attributes: Attributes = {}): string {
    this.#nodes.push([
      ...inputs.flatMap((input) => stringField(1, input)),
      ...stringField(2, name),
      ...stringField(3, name),
      ...stringField(4, operator),
      ...Object.entries(attributes).flatMap(([key, value]) => messageField(5, attribute(key, value))),
    ]);
    return name;
  }

  /** Adds a node that makes floats of whole numbers. */
  floats(name: string, integers: string): string {
    return this.node(name, 'Cast', [integers], { to: elementTypes.float });
  }

  /** Returns the message of a model with this graph. */
  model({ name, description, version, metadata }: ModelText): Fields {
    return [
      ...varintField(1, formatVersion),
      ...stringField(2, 'imdb-torch'),
      ...stringField(3, version),
      ...stringField(6, description),
      ...messageField(7, this.#message(name)),
      ...messageField(8, varintField(2, operatorVersion)),
      ...Object.entries(metadata).flatMap(([key, value]) =>
        messageField(14, [...stringField(1, key), ...stringField(2, value)]),
      ),
    ];
  }

  #message(name: string): Fields {
    const repeated = (field: number, messages: readonly Fields[]): Fields =>
      messages.flatMap((fields) => messageField(field, fields));
    return [
      ...repeated(1, this.#nodes),
      ...stringField(2, name),
      ...repeated(5, this.#constants),
      ...repeated(11, this.#inputs),
      ...repeated(12, this.#outputs),
    ];
  }
}

/** The fields of a tensor without its name. */
function tensor(data: Float32Array | BigInt64Array, shape: readonly number[]): Fields {
  const type = data instanceof Float32Array ? elementTypes.float : elementTypes.int64;
  // As they lie in memory: every platform that Node runs on has the lowest byte first, as the format has.
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return [...shape.flatMap((size) => varintField(1, size)), ...varintField(2, type), ...bytesField(9, bytes)];
}

function attribute(name: string, value: Attributes[string]): Fields {
  const ofType = (type: keyof typeof attributeTypes, field: Fields): Fields => [
    ...stringField(1, name),
    ...field,
    ...varintField(20, attributeTypes[type]),
  ];
  if (typeof value === 'number') return ofType('integer', varintField(3, value));
  if (typeof value === 'string') return ofType('string', stringField(4, value));
  return ofType('tensor', messageField(5, tensor(value, [value.length])));
}

function valueInfo(name: string, { type, shape, description }: ValueOptions): Fields {
  const sizes = shape.flatMap((size) =>
    messageField(1, typeof size === 'number' ? varintField(1, size) : stringField(2, size)),
  );
  const ofTensor = [...varintField(1, elementTypes[type]), ...messageField(2, sizes)];
  return [...stringField(1, name), ...messageField(2, messageField(1, ofTensor)), ...stringField(3, description)];
}
