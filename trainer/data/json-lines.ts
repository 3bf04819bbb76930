/** JSON lines: one object a line, its fields the columns. Strings, numbers and truth values count as text. */
import { DataError, listSome, place, shorten } from './record.ts';
import type { RawTable } from './table.ts';
import type { Row } from './text-file.ts';

export function readJsonLines(path: string, text: string, wanted: readonly string[]): RawTable {
  if (text.trimStart().startsWith('[')) {
    throw new DataError(
      `${path}: is one JSON array, not JSON lines; write one object a line (jq -c '.[]' FILE > FILE.jsonl)`,
    );
  }
  const header = [...new Set(wanted)];
  const rows: Row[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const object = parseObject(line, path, index + 1);
    rows.push({ line: index + 1, fields: header.map((name) => field(object, name, path, index + 1)) });
  }
  return { header, rows };
}

function parseObject(line: string, path: string, number: number): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    const why = shorten((error as Error).message, 120);
    throw new DataError(`${place(path, number)}: is not JSON (${why}); every line must be one whole object`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new DataError(`${place(path, number)}: is not a JSON object; write {"text": ..., "label": ...}`);
  }
  return value as Record<string, unknown>;
}

function field(object: Record<string, unknown>, name: string, path: string, line: number): string {
  if (!Object.hasOwn(object, name)) {
    throw new DataError(
      `${place(path, line)}: has no column "${shorten(name)}"; there are ${listSome(Object.keys(object), 20)}`,
    );
  }
  const value = object[name];
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new DataError(`${place(path, line)}: "${shorten(name)}" is neither a string nor a number`);
}
