/**
 * Named float arrays in one file, in the safetensors layout (an 8-byte little-endian length, that much
 * JSON, then the raw little-endian values), so that a checkpoint opens in other tools too.
 */

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

/** Thrown by `decodeTensors`; the message says what is wrong, the caller names the file. */
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

/** Reads F32 tensors. @throws TensorFileError when the bytes are damaged or hold another type. */
export function decodeTensors(bytes: Uint8Array): TensorFile {
  if (bytes.length < LENGTH_BYTES) throw new TensorFileError('it is shorter than a header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = Number(view.getBigUint64(0, true));
  const dataStart = LENGTH_BYTES + headerBytes;
  if (dataStart > bytes.length) throw new TensorFileError('its header is cut off');
  let header: Record<string, unknown>;
  try {
    header = JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(LENGTH_BYTES, dataStart)),
    );
  } catch {
    throw new TensorFileError('its header is not JSON');
  }
  const metadata = (header['__metadata__'] ?? {}) as Record<string, string>;
  const tensors = new Map<string, TensorEntry>();
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    tensors.set(name, decodeTensor(name, value as HeaderEntry, bytes.subarray(dataStart)));
  }
  return { tensors, metadata };
}

function decodeTensor(name: string, entry: HeaderEntry, data: Uint8Array): TensorEntry {
  if (entry.dtype !== 'F32') throw new TensorFileError(`tensor ${name} is of type ${entry.dtype}, not F32`);
  const [start, end] = entry.data_offsets;
  const size = entry.shape.reduce((product, length) => product * length, 1);
  if (!(start >= 0 && end <= data.length && end - start === size * 4)) {
    throw new TensorFileError(`tensor ${name} lies outside the file or does not fit its shape`);
  }
  // Copied by the constructor: values need an alignment that their place in the file need not have.
  return { shape: entry.shape, values: new Float32Array(new Uint8Array(data.subarray(start, end)).buffer) };
}
