/** The labelled texts that `beex bench` measures on: a GLUE task's dev split, or a file of one's own. */
import { DataError, type TextRecord } from '../trainer/data/record.ts';
import { readTable } from '../trainer/data/table.ts';
import { findTask, loadTaskSplit } from '../trainer/data/tasks.ts';

export interface Where {
  task?: string;
  data?: string;
  dev?: string;
  column?: string;
  pair?: string;
  label?: string;
}

/** @throws DataError when options are missing, or a text has a label that the model does not know */
export function readRecords(
  { task, data, dev, column, pair, label }: Where,
  labels: readonly string[],
): { name: string; records: TextRecord[] } {
  let name: string;
  let records: TextRecord[];
  if (task !== undefined) {
    if (data === undefined) throw new DataError('--task needs --data, the folder with dev.tsv');
    const found = findTask(task);
    name = `${found.name} dev`;
    records = loadTaskSplit(found, data, 'dev');
  } else {
    if (dev === undefined || column === undefined || label === undefined) {
      throw new DataError('--dev needs --column and --label, the names of its columns');
    }
    name = dev;
    ({ records } = readTable(dev, { text: column, label, ...(pair === undefined ? {} : { pair }) }));
  }
  const other = records.find((record) => !labels.includes(record.label));
  if (!other) return { name, records };
  throw new DataError(`${name}: label "${other.label}" is none of the model's (${labels.join(', ')})`);
}
