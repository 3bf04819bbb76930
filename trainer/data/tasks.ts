/**
 * GLUE's tasks in the form in which GLUE gives them out (https://gluebenchmark.com/tasks): a folder a
 * task, unquoted TSV, columns as in the table below. Labels get names, in the order of their index.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { hubFiles, readHubFiles } from './hub.ts';
import {
  DataError,
  type Dataset,
  listSome,
  type MetricName,
  place,
  shorten,
  type TextRecord,
} from './record.ts';
import { type Row, readText, splitTsv } from './text-file.ts';

export interface Task {
  /** As GLUE writes it; also the folder's name. */
  name: string;
  metric: MetricName;
  /** Class names in the order of their index. */
  labels: string[];
  /** What the file writes in the label's column, and the class it means. */
  codes: Record<string, string>;
  columns: { text: string; pair?: string; label: string };
  /** Positions of the columns, for the task whose files have no header. */
  positions?: { text: number; label: number };
  /** File of the development split. */
  dev: string;
  /** Official files that hold rows to pass over: cut ones (QQP), ones without agreement (MNLI's "-"). */
  passOver?: 'short' | 'unlabelled';
}

const ENTAILMENT = ['not_entailment', 'entailment'];
const ENTAILMENT_BY_NAME = { not_entailment: 'not_entailment', entailment: 'entailment' };

export const TASKS: readonly Task[] = [
  {
    name: 'SST-2',
    metric: 'accuracy',
    labels: ['negative', 'positive'],
    codes: { 0: 'negative', 1: 'positive' },
    columns: { text: 'sentence', label: 'label' },
    dev: 'dev.tsv',
  },
  {
    name: 'CoLA',
    metric: 'matthews',
    labels: ['unacceptable', 'acceptable'],
    codes: { 0: 'unacceptable', 1: 'acceptable' },
    columns: { text: 'sentence', label: 'label' },
    positions: { text: 3, label: 1 },
    dev: 'dev.tsv',
  },
  {
    name: 'MRPC',
    metric: 'accuracy+f1',
    labels: ['not_equivalent', 'equivalent'],
    codes: { 0: 'not_equivalent', 1: 'equivalent' },
    columns: { text: '#1 String', pair: '#2 String', label: 'Quality' },
    dev: 'dev.tsv',
  },
  {
    name: 'RTE',
    metric: 'accuracy',
    labels: ENTAILMENT,
    codes: ENTAILMENT_BY_NAME,
    columns: { text: 'sentence1', pair: 'sentence2', label: 'label' },
    dev: 'dev.tsv',
  },
  {
    name: 'WNLI',
    metric: 'accuracy',
    labels: ENTAILMENT,
    codes: { 0: 'not_entailment', 1: 'entailment' },
    columns: { text: 'sentence1', pair: 'sentence2', label: 'label' },
    dev: 'dev.tsv',
  },
  {
    name: 'QNLI',
    metric: 'accuracy',
    labels: ENTAILMENT,
    codes: ENTAILMENT_BY_NAME,
    columns: { text: 'question', pair: 'sentence', label: 'label' },
    dev: 'dev.tsv',
  },
  {
    name: 'QQP',
    metric: 'accuracy+f1',
    labels: ['not_duplicate', 'duplicate'],
    codes: { 0: 'not_duplicate', 1: 'duplicate' },
    columns: { text: 'question1', pair: 'question2', label: 'is_duplicate' },
    dev: 'dev.tsv',
    passOver: 'short',
  },
  {
    name: 'MNLI',
    metric: 'accuracy',
    labels: ['contradiction', 'neutral', 'entailment'],
    codes: { contradiction: 'contradiction', neutral: 'neutral', entailment: 'entailment' },
    columns: { text: 'sentence1', pair: 'sentence2', label: 'gold_label' },
    dev: 'dev_matched.tsv',
    passOver: 'unlabelled',
  },
];

/** The task of this name, however it is written: `sst2`, `SST-2`. Throws a DataError where there is none. */
export function findTask(name: string): Task {
  const plain = plainName(name);
  const found = TASKS.find((task) => plainName(task.name) === plain);
  if (found) return found;
  if (plain === 'stsb') {
    throw new DataError(
      'STS-B: its labels are scores from 0 to 5 (regression); only classification can be trained',
    );
  }
  const names = TASKS.map((task) => task.name).join(', ');
  throw new DataError(
    `no task "${shorten(name)}"; there are ${names}; for own data give files with --train and --dev`,
  );
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Both splits of a task. `directory` is the task's own folder or GLUE's root. */
export function loadTask(name: string, directory: string): Dataset {
  const task = findTask(name);
  return {
    name: task.name,
    labels: task.labels,
    pair: task.columns.pair !== undefined,
    metric: task.metric,
    train: loadTaskSplit(task, directory, 'train'),
    dev: loadTaskSplit(task, directory, 'dev'),
  };
}

/**
 * One split of a task. `directory` is the task's own folder or the root above it, in GLUE's form or in
 * that of model hubs (hub.ts).
 */
export function loadTaskSplit(task: Task, directory: string, split: 'train' | 'dev'): TextRecord[] {
  const file = split === 'dev' ? task.dev : 'train.tsv';
  // GLUE's own archive names some folders in other ways: SST-2 and sst2, CoLA and cola.
  const names = [task.name, task.name.replace('-', ''), task.name.toLowerCase(), plainName(task.name)];
  const folders = ['', ...names].map((name) => join(directory, name));
  // GLUE's root holds no train.tsv, so the first that exists is the one.
  const path = folders.map((folder) => join(folder, file)).find((candidate) => existsSync(candidate));
  if (path) return readTaskFile(task, path);
  const shards = hubFiles(task, [...folders, join(directory, 'data')], split);
  if (shards.length > 0) return readHubFiles(task, shards);
  throw new DataError(
    `${directory}: has neither ${file} nor ${task.name}/${file}, nor Parquet files of that split; ` +
      "give the task's folder or GLUE's root",
  );
}

/** The records of one file of a task. */
export function readTaskFile(task: Task, path: string): TextRecord[] {
  const rows = splitTsv(readText(path));
  const { text, pair, label } = task.positions ? headerless(task, rows, path) : byHeader(task, rows, path);
  const width = Math.max(text, pair ?? 0, label) + 1;
  const records: TextRecord[] = [];
  for (const { line, fields } of rows) {
    if (fields.length < width) {
      if (task.passOver === 'short') continue;
      throw new DataError(
        `${place(path, line)}: has ${fields.length} columns, ${task.name} needs ${width}; ` +
          'columns are separated by tabs, without quotes',
      );
    }
    const code = fields[label].trim();
    const meant = task.codes[code];
    if (meant === undefined) {
      if (task.passOver === 'unlabelled' && code === '-') continue;
      throw new DataError(
        `${place(path, line)}: label "${shorten(code)}" is none of ${task.name}'s (${Object.keys(task.codes).join(', ')})`,
      );
    }
    records.push({
      text: fields[text].trim(),
      ...(pair === undefined ? {} : { pair: fields[pair].trim() }),
      label: meant,
    });
  }
  if (records.length === 0) throw new DataError(`${path}: has no rows`);
  return records;
}

interface Positions {
  text: number;
  pair?: number;
  label: number;
}

function byHeader(task: Task, rows: Row[], path: string): Positions {
  const names = (rows.shift() as Row).fields.map((name) => name.trim());
  const { text, pair, label } = task.columns;
  const find = (column: string): number => {
    const at = names.indexOf(column);
    if (at >= 0) return at;
    if (column === label) refuseTestFile(task, path);
    throw new DataError(
      `${place(path, 1)}: ${task.name} needs a column "${column}"; there are ${listSome(names)}`,
    );
  };
  return { text: find(text), label: find(label), ...(pair === undefined ? {} : { pair: find(pair) }) };
}

function headerless(task: Task, rows: Row[], path: string): Positions {
  // The test file, unlike the others, has a header: index, sentence.
  if (rows[0].fields[0] === 'index') refuseTestFile(task, path);
  return task.positions as Positions;
}

function refuseTestFile(task: Task, path: string): never {
  throw new DataError(
    `${path}: has no labels (GLUE keeps those of its test files to itself); use ${task.name}'s ${task.dev}`,
  );
}
