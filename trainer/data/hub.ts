/**
 * GLUE's tasks as model hubs publish them: Parquet files named by split, columns and class numbers of
 * their own. Numbers are not GLUE's: RTE's 0, for one, is entailment there.
 *
 *   sst2/train-00000-of-00001.parquet, sst2/validation-00000-of-00001.parquet, or in several shards
 *   sst2/train/0000.parquet, sst2/validation/0000.parquet
 *   train.parquet, validation.parquet
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parquetColumns, readParquet } from './parquet.ts';
import { DataError, place, shorten, type TextRecord } from './record.ts';
import type { Task } from './tasks.ts';
import { readBytes } from './text-file.ts';

interface HubForm {
  columns: { text: string; pair?: string };
  /** Class names in the order of the hub's numbers. */
  classes: string[];
  /** What the development split is called; `validation` unless given. */
  dev?: string;
}

const LABEL = 'label';
/** What stands where a label is kept secret. */
const UNLABELLED = '-1';
const ENTAILMENT = ['entailment', 'not_entailment'];
const SENTENCES = { text: 'sentence1', pair: 'sentence2' };

const FORMS: Record<string, HubForm> = {
  'SST-2': { columns: { text: 'sentence' }, classes: ['negative', 'positive'] },
  CoLA: { columns: { text: 'sentence' }, classes: ['unacceptable', 'acceptable'] },
  MRPC: { columns: SENTENCES, classes: ['not_equivalent', 'equivalent'] },
  RTE: { columns: SENTENCES, classes: ENTAILMENT },
  WNLI: { columns: SENTENCES, classes: ['not_entailment', 'entailment'] },
  QNLI: { columns: { text: 'question', pair: 'sentence' }, classes: ENTAILMENT },
  QQP: { columns: { text: 'question1', pair: 'question2' }, classes: ['not_duplicate', 'duplicate'] },
  MNLI: {
    columns: { text: 'premise', pair: 'hypothesis' },
    classes: ['entailment', 'neutral', 'contradiction'],
    dev: 'validation_matched',
  },
};

/** The Parquet files of a split in one of `folders`, in order; none where there are none. */
export function hubFiles(task: Task, folders: readonly string[], split: 'train' | 'dev'): string[] {
  const name = split === 'train' ? 'train' : (FORMS[task.name].dev ?? 'validation');
  for (const folder of folders) {
    const whole = join(folder, `${name}.parquet`);
    if (existsSync(whole)) return [whole];
    const shards = namesIn(folder).filter((file) => file.startsWith(`${name}-`) && file.endsWith('.parquet'));
    if (shards.length > 0) return complete(folder, shards);
    const inner = join(folder, name);
    const parts = namesIn(inner).filter((file) => file.endsWith('.parquet'));
    if (parts.length > 0) return complete(inner, parts);
  }
  return [];
}

/** All records of a split's files. @throws DataError */
export function readHubFiles(task: Task, files: readonly string[]): TextRecord[] {
  const { columns, classes } = FORMS[task.name];
  const { text, pair } = columns;
  const known = new Set(classes);
  return files.flatMap((path) => {
    const bytes = readBytes(path);
    if (!parquetColumns(path, bytes).includes(LABEL)) throw noLabels(task, path);
    const { rows } = readParquet(path, [text, LABEL, ...(pair === undefined ? [] : [pair])], bytes);
    return rows.map(({ line, fields }): TextRecord => {
      const [of, code, other] = fields.map((field) => field.trim());
      if (code === UNLABELLED) throw noLabels(task, path);
      const label = known.has(code) ? code : classes[Number(code || Number.NaN)];
      if (label === undefined) {
        throw new DataError(
          `${place(path, line)}: label "${shorten(code)}" is none of ${task.name}'s ` +
            `(${classes.map((name, index) => `${index} ${name}`).join(', ')})`,
        );
      }
      return { text: of, ...(pair === undefined ? {} : { pair: other }), label };
    });
  });
}

function noLabels(task: Task, path: string): DataError {
  return new DataError(
    `${path}: has no labels (GLUE keeps those of its test files to itself); use ${task.name}'s validation split`,
  );
}

function namesIn(folder: string): string[] {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder).sort() : [];
}

/** Shards say how many they are: `train-00000-of-00002.parquet`. */
function complete(folder: string, shards: readonly string[]): string[] {
  const total = /-of-(\d+)\.parquet$/.exec(shards[0])?.[1];
  if (total !== undefined && Number(total) !== shards.length) {
    throw new DataError(`${folder}: has ${shards.length} of ${Number(total)} shards such as ${shards[0]}`);
  }
  return shards.map((shard) => join(folder, shard));
}
