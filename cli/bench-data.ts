/** The labelled texts that `beex bench` measures on: a GLUE task's dev split, or a file of one's own. */
import type { TextRecord } from '../trainer/data/record.ts';
import { readLabelled } from './labelled-data.ts';

export interface Where {
  task?: string;
  data?: string;
  dev?: string;
  column?: string;
  pair?: string;
  label?: string;
}

/** @throws DataError when options are missing, or a text has a label that the model does not know */
export async function readRecords(
  { column, ...where }: Where,
  labels: readonly string[],
): Promise<{ name: string; records: TextRecord[] }> {
  const { name, records } = await readLabelled({ ...where, text: column }, 'dev', labels, '--column');
  return { name: where.task === undefined ? name : `${name} dev`, records };
}
