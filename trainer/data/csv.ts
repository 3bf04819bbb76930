/** CSV as RFC 4180 has it: quoted fields may hold separators, quotes (doubled) and line breaks. */
import { CsvError, parse } from 'csv-parse/sync';
import { DataError, place } from './record.ts';
import type { Row } from './text-file.ts';

/** csv-parse's row with `info: true`. */
interface Parsed {
  record: string[];
  /** `lines` is the number of the line on which the row ends. */
  info: { lines: number };
}

export function readCsv(path: string, text: string): Row[] {
  let parsed: Parsed[];
  try {
    // csv-parse counts a CRLF within quotes as two lines.
    parsed = parse(text.replace(/\r\n/g, '\n'), {
      delimiter: delimiterOf(text),
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as Parsed[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new DataError(`${place(path, lineOf(error))}: ${reason(error)}`);
  }
  return parsed.map(({ record, info }) => ({ line: info.lines - lineBreaks(record), fields: record }));
}

/** Spreadsheets write semicolons where the comma is the decimal sign. */
function delimiterOf(text: string): string {
  const firstLine = text.split('\n', 1)[0];
  return !firstLine.includes(',') && firstLine.includes(';') ? ';' : ',';
}

function lineBreaks(fields: string[]): number {
  return fields.reduce((sum, field) => sum + field.split('\n').length - 1, 0);
}

function lineOf(error: CsvError): number | undefined {
  const { lines } = error as unknown as { lines?: unknown };
  return typeof lines === 'number' ? lines : undefined;
}

function reason({ code, message }: CsvError): string {
  if (code === 'CSV_QUOTE_NOT_CLOSED')
    return 'a quote is opened here or above and never closed; close it, or double quotes within a field';
  if (code === 'INVALID_OPENING_QUOTE' || code === 'CSV_INVALID_CLOSING_QUOTE') {
    return 'a quote within a field; put the whole field in quotes and double those within';
  }
  return message.replace(/\s+/g, ' ');
}
