/** Writes Parquet for tests, as other programs do: snappy unless told otherwise. */
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';

export type Codec = 'SNAPPY' | 'GZIP' | 'BROTLI' | 'ZSTD' | 'UNCOMPRESSED' | 'LZ4_RAW';

export interface ParquetOptions {
  codec?: Codec;
  rowGroupSize?: number;
  /** Names of the classes of column `label`, as Hugging Face's datasets keep them. */
  classes?: string[];
}

export function parquetBytes(columns: ColumnSource[], options: ParquetOptions = {}): Uint8Array {
  const { codec = 'SNAPPY', rowGroupSize = 1000, classes } = options;
  const info = { info: { features: { label: { names: classes, _type: 'ClassLabel' } } } };
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: columns,
      codec,
      rowGroupSize,
      compressors: {
        GZIP: (bytes) => gzipSync(bytes),
        BROTLI: (bytes) => brotliCompressSync(bytes),
        ZSTD: zstdStored,
        LZ4_RAW: (bytes) => bytes,
      },
      ...(classes ? { kvMetadata: [{ key: 'huggingface', value: JSON.stringify(info) }] } : {}),
    }),
  );
}

/**
 * A Zstandard frame (RFC 8878) whose one block is stored as it is: magic, a header with the content's
 * size in four bytes, the block's header of three bytes, the bytes.
 */
function zstdStored(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + bytes.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, 0xfd2fb528, true);
  view.setUint8(4, 0xa0);
  view.setUint32(5, bytes.length, true);
  const block = (bytes.length << 3) | 1;
  out.set([block & 0xff, (block >> 8) & 0xff, block >> 16], 9);
  out.set(bytes, 12);
  return out;
}
