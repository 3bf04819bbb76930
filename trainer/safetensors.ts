/**
 * Named float arrays in one file, in the safetensors layout (an 8-byte little-endian length, that much
 * JSON, then the raw little-endian values), so that a checkpoint opens in other tools too.
 */

import { floatFromHalf } from '../host/model-file/half.ts';

export interface TensorEntry {
  shape: number[];
  /** Row-major. */
  values: Float32Array;
}

export interface TensorFile {
  tensors: Map<string, TensorEntry>;
  metadata: Record<string, string>;
}

interface HeaderEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** Thrown where bytes are no such file; the message says what is wrong, the caller names the file. */
export class TensorFileError extends Error {}

const LENGTH_BYTES = 8;

export function encodeTensors(file: TensorFile): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: file.metadata };
  let dataBytes = 0;
  for (const [name, { shape, values }] of file.tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [dataBytes, dataBytes + values.byteLength] };
    dataBytes += values.byteLength;
  }
  let json = new TextEncoder().encode(JSON.stringify(header));
  // The format wants the data aligned to 8 bytes: the JSON is padded with spaces.
  const padded = Math.ceil(json.length / 8) * 8;
  if (padded > json.length) {
    const spaces = new Uint8Array(padded).fill(0x20);
    spaces.set(json);
    json = spaces;
  }
  const out = new Uint8Array(LENGTH_BYTES + json.length + dataBytes);
  new DataView(out.buffer).setBigUint64(0, BigInt(json.length), true);
  out.set(json, LENGTH_BYTES);
  let at = LENGTH_BYTES + json.length;
  for (const { values } of file.tensors.values()) {
    out.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return out;
}

/** A file whose tensors are decoded one by one, as they are asked for: a published one may be large. */
export interface OpenTensors {
  metadata: Record<string, string>;
  names: string[];
  /** Decoded from F32, F16 or BF16. @throws TensorFileError for another type, or a place outside the file */
  tensor(name: string): TensorEntry | undefined;
}

/** Reads all tensors. @throws TensorFileError when the bytes are damaged or hold another type than floats. */
export function decodeTensors(bytes: Uint8Array): TensorFile {
  const { metadata, names, tensor } = openTensors(bytes);
  return { metadata, tensors: new Map(names.map((name) => [name, tensor(name) as TensorEntry])) };
}

/** @throws TensorFileError when there is no sound header */
export function openTensors(bytes: Uint8Array): OpenTensors {
  if (bytes.length < LENGTH_BYTES) throw new TensorFileError('it is shorter than a header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = Number(view.getBigUint64(0, true));
  const dataStart = LENGTH_BYTES + headerBytes;
  if (dataStart > bytes.length) throw new TensorFileError('its header is cut off');
  const { __metadata__: metadata, ...entries } = parseHeader(bytes.subarray(LENGTH_BYTES, dataStart));
  const data = bytes.subarray(dataStart);
  return {
    metadata: (metadata ?? {}) as Record<string, string>,
    names: Object.keys(entries),
    tensor: (name) => (Object.hasOwn(entries, name) ? decodeTensor(name, entries[name], data) : undefined),
  };
}

function parseHeader(json: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch {
    throw new TensorFileError('its header is not JSON');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw new TensorFileError('its header is no JSON object');
  }
  return header as Record<string, unknown>;
}

/** How an element of each type is made a single float. */
const DECODERS: Record<string, { bytes: number; decode: (data: Uint8Array) => Float32Array }> = {
  F32: { bytes: 4, decode: (data) => new Float32Array(data.buffer) },
  F16: { bytes: 2, decode: (data) => Float32Array.from(new Uint16Array(data.buffer), floatFromHalf) },
  BF16: { bytes: 2, decode: (data) => upperHalves(new Uint16Array(data.buffer)) },
};

/** A bfloat16 is the upper half of a single float. */
function upperHalves(halves: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
}

function decodeTensor(name: string, entry: unknown, data: Uint8Array): TensorEntry {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Partial<HeaderEntry>;
  const decoder = Object.hasOwn(DECODERS, String(dtype)) ? DECODERS[String(dtype)] : undefined;
  if (!decoder) {
    throw new TensorFileError(`tensor ${name} is of type ${dtype}, not ${Object.keys(DECODERS).join(', ')}`);
  }
  if (!isWholeNumbers(shape) || !isWholeNumbers(offsets) || offsets.length !== 2) {
    throw new TensorFileError(`tensor ${name} has no shape and place`);
  }
  const [start, end] = offsets;
  const size = shape.reduce((product, length) => product * length, 1);
  if (!(end <= data.length && end - start === size * decoder.bytes)) {
    throw new TensorFileError(`tensor ${name} lies outside the file or does not fit its shape`);
  }
  // Copied by the constructor: values need an alignment that their place in the file need not have.
  return { shape, values: decoder.decode(new Uint8Array(data.subarray(start, end))) };
}

function isWholeNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((number) => Number.isSafeInteger(number) && number >= 0);
}
