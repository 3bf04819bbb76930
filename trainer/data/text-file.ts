/** Reads a whole text file, refusing what is none, and the unquoted TSV that GLUE and corpora use. */
import { readFileSync } from 'node:fs';
import { DataError, place } from './record.ts';

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file',
  EISDIR: 'is a folder; give a file',
  EACCES: 'may not be read (permission denied)',
  EPERM: 'may not be read (permission denied)',
};

/** The file's text without a byte order mark. Throws a DataError for unreadable, empty and binary files. */
export function readText(path: string, bytes = readBytes(path)): string {
  if (bytes.length === 0) throw new DataError(`${path}: the file is empty`);
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw new DataError(`${path}: is UTF-16; save it as UTF-8`);
  }
  const nul = bytes.indexOf(0);
  if (nul >= 0) {
    throw new DataError(
      `${place(path, lineOfByte(bytes, nul))}: is a binary file, not text (it has NUL bytes)`,
    );
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const line = lineOfByte(bytes, firstInvalidByte(bytes));
    throw new DataError(`${place(path, line)}: is not UTF-8 text; convert the file to UTF-8`);
  }
  if (text.trim() === '') throw new DataError(`${path}: the file is empty`);
  return text;
}

/** The file's bytes. @throws DataError that says why there are none to have */
export function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** The DataError for a file or folder that the system would not give. */
export function unreadable(path: string, error: unknown): DataError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new DataError(`${path}: ${REASONS[code ?? ''] ?? `can't be read (${code ?? message})`}`);
}

/** Offset near the first byte that is not well-formed UTF-8; the caller knows there is one. */
function firstInvalidByte(bytes: Uint8Array): number {
  let valid = 0;
  let invalid = bytes.length;
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (isPrefixOfUtf8(bytes.subarray(0, middle))) valid = middle;
    else invalid = middle;
  }
  return valid;
}

/** Whether the bytes are UTF-8, the last character possibly cut short. */
function isPrefixOfUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** The number of the line, counted from 1, that holds the byte at this offset. */
function lineOfByte(bytes: Uint8Array, offset: number): number {
  let line = 1;
  for (let i = 0; i < offset; i++) if (bytes[i] === 0x0a) line++;
  return line;
}

/** A row of a table and the line on which it starts, counted from 1. */
export interface Row {
  line: number;
  fields: string[];
}

/** Rows of an unquoted TSV; LF or CRLF; blank lines are passed over. */
export function splitTsv(text: string): Row[] {
  const rows: Row[] = [];
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i].endsWith('\r') ? lines[i].slice(0, -1) : lines[i];
    if (line.trim() !== '') rows.push({ line: i + 1, fields: line.split('\t') });
  }
  return rows;
}
