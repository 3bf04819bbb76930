/** Labelled texts for a model that is there already: what eval, calibrate and bench read. */
import { DataError, listSome, type MetricName, type TextRecord } from '../trainer/data/record.ts';
import { readTable } from '../trainer/data/table.ts';
import { findTask, loadTaskSplit } from '../trainer/data/tasks.ts';
import type { DataOptions } from './data-options.ts';

export interface LabelledTexts {
  /** The task, or the file. */
  name: string;
  metric: MetricName;
  records: TextRecord[];
}

/**
 * One split of the task or of the user's own files. `textOption` is what the text's column is given by.
 * @throws DataError when options are missing, or a text has a label that the model does not know
 */
export async function readLabelled(
  options: DataOptions,
  split: 'train' | 'dev',
  labels: readonly string[],
  textOption = '--text',
): Promise<LabelledTexts> {
  const { task, data, text, pair, label } = options;
  if (task !== undefined) {
    if (data === undefined) {
      throw new DataError("--task needs --data, the task's folder or GLUE's root");
    }
    const found = findTask(task);
    const records = loadTaskSplit(found, data, split);
    return { name: found.name, metric: found.metric, records: known(records, labels, found.name) };
  }
  const file = options[split];
  if (file === undefined) {
    throw new DataError(`give --task and --data, or --${split}, ${textOption} and --label`);
  }
  if (text === undefined || label === undefined) {
    throw new DataError(`--${split} needs ${textOption} and --label, the names of its columns`);
  }
  const { records } = readTable(file, { text, label, ...(pair === undefined ? {} : { pair }) });
  return { name: file, metric: 'accuracy', records: known(records, labels, file) };
}

function known(records: TextRecord[], labels: readonly string[], name: string): TextRecord[] {
  const other = records.find(({ label }) => !labels.includes(label));
  if (!other) return records;
  throw new DataError(`${name}: label "${other.label}" is none of the model's (${listSome(labels)})`);
}
