/**
 * Columns of a Parquet file as text. hyparquet does the work; its own `parquetRead` awaits bytes that may
 * come over a network, and since ours are all there, its parts are called here without waiting, as every
 * other reader of this folder works. The parts are no published interface, so its version is pinned.
 */
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { decompress as unzstd } from 'fzstd';
import { type Compressors, type FileMetaData, parquetMetadata, parquetSchema } from 'hyparquet';
import { readColumn } from 'hyparquet/src/column.js';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { parquetPlan } from 'hyparquet/src/plan.js';
import { getTreePath, isFlatColumn } from 'hyparquet/src/schema.js';
import { flatten } from 'hyparquet/src/utils.js';
import { DataError, listSome, place, shorten } from './record.ts';
import type { RawTable } from './table.ts';
import { readBytes } from './text-file.ts';

const MAGIC = [0x50, 0x41, 0x52, 0x31]; // PAR1

/** Besides snappy, which hyparquet has. LZ4 and LZO are left out: hardly anyone writes them. */
const COMPRESSORS: Compressors = {
  GZIP: (bytes) => gunzipSync(bytes),
  BROTLI: (bytes) => brotliDecompressSync(bytes),
  ZSTD: (bytes, length) => unzstd(bytes, new Uint8Array(length)),
};

/** Whether a file's first bytes are those of Parquet. */
export function isParquet(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

/**
 * The wanted columns of a file, rows counted from 1. Numbers and truth values become text; so do the
 * classes of a `ClassLabel`, whose names model hubs keep in the file; an empty value is ''.
 * @throws DataError
 */
export function readParquet(path: string, wanted: readonly string[], bytes = readBytes(path)): RawTable {
  const header = [...new Set(wanted)];
  const metadata = sound(path, () => parquetMetadata(bytes));
  const names = parquetSchema(metadata).children.map(({ element }) => element.name);
  const missing = header.find((name) => !names.includes(name));
  if (missing !== undefined) {
    throw new DataError(`${path}: has no column "${shorten(missing)}"; there are ${listSome(names, 20)}`);
  }
  const classes = classNames(metadata);
  const columns = header.map((name) => {
    const values = sound(path, () => readFlatColumn(path, bytes, metadata, name));
    return values.map((value, row) => textOf(value, classes[name], path, name, row + 1));
  });
  const rows = Array.from({ length: columns[0].length }, (_, row) => ({
    line: row + 1,
    fields: columns.map((column) => column[row]),
  }));
  if (rows.length === 0) throw new DataError(`${path}: has no rows`);
  return { header, rows };
}

/** The names of a file's columns. @throws DataError */
export function parquetColumns(path: string, bytes = readBytes(path)): string[] {
  const metadata = sound(path, () => parquetMetadata(bytes));
  return parquetSchema(metadata).children.map(({ element }) => element.name);
}

/** One column's values, row group after row group. */
function readFlatColumn(path: string, bytes: Uint8Array, metadata: FileMetaData, name: string): unknown[] {
  const schema = parquetSchema(metadata);
  const file = { byteLength: bytes.length, slice: () => new ArrayBuffer(0) };
  const { groups } = parquetPlan({ file, metadata, columns: [name] });
  return groups.flatMap((group) =>
    group.chunks.flatMap(({ columnMetadata, range: { startByte, endByte } }) => {
      const pathInSchema = columnMetadata.path_in_schema;
      const schemaPath = getTreePath(schema, pathInSchema);
      if (pathInSchema.length > 1 || !isFlatColumn(schemaPath)) {
        throw new DataError(`${path}: column "${shorten(name)}" holds lists or records, not one value a row`);
      }
      const view = new DataView(bytes.buffer, bytes.byteOffset + startByte, endByte - startByte);
      const { element } = schemaPath[schemaPath.length - 1];
      const { data } = readColumn({ view, offset: 0 }, group, {
        ...columnMetadata,
        pathInSchema,
        schemaPath,
        element,
        parsers: DEFAULT_PARSERS,
        compressors: COMPRESSORS,
      });
      const values = Array.from(flatten(data));
      if (values.length !== group.groupRows) throw new Error(`column "${name}" ends early`);
      return values;
    }),
  );
}

/** Names of classes by column, where the file was written by Hugging Face's datasets. */
function classNames({ key_value_metadata: pairs = [] }: FileMetaData): Record<string, string[] | undefined> {
  const text = pairs.find(({ key }) => key === 'huggingface')?.value;
  if (text === undefined) return {};
  try {
    const features = JSON.parse(text).info.features as Record<string, { _type?: string; names?: string[] }>;
    return Object.fromEntries(
      Object.entries(features).flatMap(([name, { _type, names }]) =>
        _type === 'ClassLabel' && Array.isArray(names) ? [[name, names]] : [],
      ),
    );
  } catch {
    // Another program's metadata: the numbers stand for themselves.
    return {};
  }
}

function textOf(
  value: unknown,
  names: string[] | undefined,
  path: string,
  column: string,
  row: number,
): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'bigint') return names?.[Number(value)] ?? String(value);
  if (typeof value === 'boolean') return String(value);
  throw new DataError(`${place(path, row)}: "${shorten(column)}" is neither text nor a number`);
}

/** Whatever the library throws means that the file is damaged, or of a kind that it does not read. */
function sound<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DataError) throw error;
    const why = shorten((error as Error).message, 120);
    throw new DataError(`${path}: is a Parquet file that can't be read (${why})`);
  }
}
