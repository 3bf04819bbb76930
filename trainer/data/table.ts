/**
 * A user's own records: CSV, TSV or JSON lines, told by extension or, where that says nothing, by
 * the first line; Parquet is told by its first bytes. Columns are named by the file's header; where all are given as numbers, counted
 * from 1, the file has no header.
 */
import { LIMIT_CLASSES } from '../../assembly/format.ts';
import { readCsv } from './csv.ts';
import { readJsonLines } from './json-lines.ts';
import { isParquet, readParquet } from './parquet.ts';
import { DataError, type Dataset, listSome, place, shorten, type TextRecord } from './record.ts';
import { type Row, readBytes, readText, splitTsv } from './text-file.ts';

/** Which column holds what: a name of the header, or a number counted from 1. */
export interface Columns {
  text: string;
  pair?: string;
  label: string;
}

export interface Table {
  path: string;
  records: TextRecord[];
  /** The line on which each record starts, counted from 1. */
  lines: number[];
}

export interface TableFiles {
  train: string;
  dev: string;
  columns: Columns;
}

/** Both files of a user's data, checked against each other. Classes are the labels of the training file. */
export function loadTables({ train, dev, columns }: TableFiles): Dataset {
  const trainTable = readTable(train, columns);
  const labels = labelsOf(trainTable);
  const devTable = readTable(dev, columns);
  checkLabels(devTable, labels, train);
  return {
    name: train,
    labels,
    pair: columns.pair !== undefined,
    metric: 'accuracy',
    train: trainTable.records,
    dev: devTable.records,
  };
}

export interface TableOptions {
  /** Pass over rows that are cut or unlabelled, as scraped corpora have them, in place of refusing the file. */
  passOverBroken?: boolean;
}

/** The records of one file. Throws a DataError for whatever is wrong with it. */
export function readTable(
  path: string,
  columns: Columns,
  { passOverBroken = false }: TableOptions = {},
): Table {
  const { header, rows } = readRows(path, columns);
  const text = findColumn(path, header, columns.text);
  const pair = columns.pair === undefined ? undefined : findColumn(path, header, columns.pair);
  const label = findColumn(path, header, columns.label);
  const records: TextRecord[] = [];
  const lines: number[] = [];
  for (const { line, fields } of rows) {
    if (passOverBroken && (fields.length !== header.length || fields[label].trim() === '')) continue;
    if (fields.length !== header.length) {
      throw new DataError(
        `${place(path, line)}: has ${fields.length} columns where the first row has ${header.length}; ` +
          'quote fields (CSV) or remove the separators in them',
      );
    }
    const named = fields[label].trim();
    if (named === '') {
      throw new DataError(`${place(path, line)}: the label is empty; give it one or remove the row`);
    }
    records.push({
      text: fields[text].trim(),
      ...(pair === undefined ? {} : { pair: fields[pair].trim() }),
      label: named,
    });
    lines.push(line);
  }
  if (records.length === 0) throw new DataError(`${path}: has a header but no rows`);
  return { path, records, lines };
}

/** The classes of a training file in their order: by number where all are whole numbers, otherwise by name. */
export function labelsOf({ path, records }: Table): string[] {
  const labels = [...new Set(records.map((record) => record.label))];
  if (labels.length === 1) {
    throw new DataError(
      `${path}: all ${records.length} rows are labelled "${shorten(labels[0])}"; training needs two labels or more`,
    );
  }
  if (labels.length > LIMIT_CLASSES) {
    throw new DataError(
      `${path}: has ${labels.length} different labels (${listSome(labels, 3)}), at most ${LIMIT_CLASSES} are possible; ` +
        'is --label the right column?',
    );
  }
  const numeric = labels.every((label) => /^-?\d{1,15}$/.test(label));
  return labels.sort(numeric ? (a, b) => Number(a) - Number(b) : (a, b) => (a < b ? -1 : 1));
}

/** Throws where a table has a label that the model doesn't know; `source` names what the labels come from. */
export function checkLabels(
  { path, records, lines }: Table,
  labels: readonly string[],
  source: string,
): void {
  const known = new Set(labels);
  const unknown = records.findIndex((record) => !known.has(record.label));
  if (unknown < 0) return;
  throw new DataError(
    `${place(path, lines[unknown])}: label "${shorten(records[unknown].label)}" is not in ${source} ` +
      `(it has ${listSome(labels)}); correct it, or add examples of it to the training data`,
  );
}

/** What the readers of the three forms give: column names (numbers where there is no header) and rows. */
export interface RawTable {
  header: string[];
  rows: Row[];
}

function readRows(path: string, columns: Columns): RawTable {
  const wanted = [columns.text, columns.label, ...(columns.pair === undefined ? [] : [columns.pair])];
  const bytes = readBytes(path);
  if (isParquet(bytes)) return readParquet(path, wanted, bytes);
  const text = readText(path, bytes);
  const form = formOf(path, text);
  if (form === 'jsonl') return readJsonLines(path, text, wanted);
  const rows = form === 'csv' ? readCsv(path, text) : splitTsv(text);
  if (wanted.every((name) => /^[1-9]\d*$/.test(name))) {
    return { header: rows[0].fields.map((_, index) => String(index + 1)), rows };
  }
  const [first, ...rest] = rows;
  return { header: first.fields.map((name) => name.trim()), rows: rest };
}

function formOf(path: string, text: string): 'csv' | 'tsv' | 'jsonl' {
  const extension = /\.([a-z]+)$/i.exec(path)?.[1].toLowerCase() ?? '';
  if (extension === 'csv') return 'csv';
  if (['tsv', 'tab'].includes(extension)) return 'tsv';
  if (['jsonl', 'ndjson', 'json'].includes(extension)) return 'jsonl';
  const start = text.trimStart();
  if (start.startsWith('{') || start.startsWith('[')) return 'jsonl';
  return start.split('\n', 1)[0].includes('\t') ? 'tsv' : 'csv';
}

function findColumn(path: string, header: string[], name: string): number {
  const at = header.indexOf(name);
  if (at < 0) {
    throw new DataError(`${path}: has no column "${shorten(name)}"; there are ${listSome(header, 20)}`);
  }
  if (header.indexOf(name, at + 1) >= 0) {
    throw new DataError(`${place(path, 1)}: has more than one column "${shorten(name)}"; rename one of them`);
  }
  return at;
}
