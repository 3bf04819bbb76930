/**
 * NumPy's .npy: a matrix of float16 or float32, little-endian, in C order
 * (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
 *
 *   0       6        8 (or 12)
 *   ├ magic ┼ 1.0 ───┼ header length u16 (u32 from version 2) ┼ header, a Python dict ┼ values ─
 */
import { DataError } from './record.ts';

export interface Matrix {
  rows: number;
  width: number;
  /** [rows, width] */
  values: Float32Array;
}

/** The matrix in the file's bytes; `path` is for messages. */
export function readNpy(path: string, bytes: Uint8Array): Matrix {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = String.fromCharCode(...bytes.subarray(0, 6));
  if (bytes.length < 12 || magic !== '\x93NUMPY') throw new DataError(`${path}: is not a .npy file`);
  const wide = bytes[6] >= 2;
  const start = wide ? 12 : 10;
  const end = start + (wide ? view.getUint32(8, true) : view.getUint16(8, true));
  const header = String.fromCharCode(...bytes.subarray(start, Math.min(end, bytes.length)));
  const type = /'descr':\s*'<f([24])'/.exec(header)?.[1];
  const shape = /'shape':\s*\((\d+),\s*(\d+),?\s*\)/.exec(header);
  if (!type || !shape || !/'fortran_order':\s*False/.test(header)) {
    throw new DataError(`${path}: is not a matrix of float16 or float32 in C order`);
  }
  const rows = Number(shape[1]);
  const width = Number(shape[2]);
  const valueBytes = Number(type);
  if (bytes.length !== end + rows * width * valueBytes) {
    throw new DataError(
      `${path}: is cut: ${bytes.length} bytes for ${rows} x ${width} values of ${valueBytes}`,
    );
  }
  const values = new Float32Array(rows * width);
  for (let i = 0; i < values.length; i++) {
    const at = end + i * valueBytes;
    values[i] = valueBytes === 2 ? halfToNumber(view.getUint16(at, true)) : view.getFloat32(at, true);
  }
  return { rows, width, values };
}

/** IEEE half float: 1 sign, 5 exponent, 10 fraction bits. */
function halfToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
