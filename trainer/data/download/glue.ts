/**
 * GLUE's tasks from where GLUE gives them out, into the folders that tasks.ts reads. What has come is
 * read and counted before it takes its place.
 *
 *   a task      BASE/glue/data/NAME.zip, with train.tsv and dev.tsv
 *   MRPC        Microsoft's file of pairs, and the ids of those that GLUE holds out (GLUE may not give
 *               out the corpus itself)
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { DataError } from '../record.ts';
import { findTask, readTaskFile, type Task } from '../tasks.ts';
import { readText, splitTsv } from '../text-file.ts';
import { DownloadError, fetchFile, type OnBytes } from './fetch-file.ts';

export const GLUE_BASE = 'https://dl.fbaipublicfiles.com';

interface Offer {
  /** Path below the base. MRPC has none: it is put together. */
  archive?: string;
  /** Records of the official splits. */
  train: number;
  dev: number;
}

const OFFERS: Record<string, Offer> = {
  'SST-2': { archive: 'glue/data/SST-2.zip', train: 67_349, dev: 872 },
  CoLA: { archive: 'glue/data/CoLA.zip', train: 8_551, dev: 1_043 },
  MRPC: { train: 3_668, dev: 408 },
  RTE: { archive: 'glue/data/RTE.zip', train: 2_490, dev: 277 },
  WNLI: { archive: 'glue/data/WNLI.zip', train: 635, dev: 71 },
  QNLI: { archive: 'glue/data/QNLIv2.zip', train: 104_743, dev: 5_463 },
  QQP: { archive: 'glue/data/QQP-clean.zip', train: 363_846, dev: 40_430 },
  MNLI: { archive: 'glue/data/MNLI.zip', train: 392_702, dev: 9_815 },
};
const MRPC_PAIRS = 'senteval/senteval_data/msr_paraphrase_train.txt';
const MRPC_DEV_IDS = 'glue/data/mrpc_dev_ids.tsv';
const TRAIN = 'train.tsv';

export interface DownloadOptions {
  /** In place of GLUE's own server. */
  base?: string;
  onBytes?: OnBytes;
}

export interface Downloaded {
  task: string;
  folder: string;
  train: number;
  dev: number;
  /** Whether it was there already, and nothing was fetched. */
  kept: boolean;
}

/**
 * Fetches a task into `OUT/NAME`. A folder that is there is checked and kept.
 * @throws DownloadError where the server fails or sends something else, DataError for an unknown task
 */
export async function downloadTask(
  name: string,
  out: string,
  options: DownloadOptions = {},
): Promise<Downloaded> {
  const task = findTask(name);
  const { archive, train, dev } = OFFERS[task.name];
  const base = (options.base ?? GLUE_BASE).replace(/\/+$/, '');
  const folder = join(out, task.name);
  const result = { task: task.name, folder, train, dev };
  if (existsSync(folder)) {
    const problem = problemOf(task, folder);
    if (problem === undefined) return { ...result, kept: true };
    throw new DataError(`${folder}: is there already, but ${problem}; remove it to fetch it anew`);
  }
  mkdirSync(out, { recursive: true });
  const work = mkdtempSync(join(out, `.${task.name}-`));
  try {
    const made = join(work, task.name);
    mkdirSync(made);
    const fetched = async (path: string): Promise<string> => {
      const file = join(work, path.replaceAll('/', '-'));
      await fetchFile(`${base}/${path}`, file, options.onBytes);
      return file;
    };
    if (archive !== undefined) unpack(task, await fetched(archive), made, `${base}/${archive}`);
    else splitPairs(await fetched(MRPC_PAIRS), await fetched(MRPC_DEV_IDS), made);
    const problem = problemOf(task, made);
    if (problem !== undefined) throw new DownloadError(`${base}: sent a ${task.name} whose ${problem}`);
    renameSync(made, folder);
    return { ...result, kept: false };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Takes the two splits out of the archive's folder; whatever else it holds is left. */
function unpack(task: Task, archive: string, folder: string, url: string): void {
  const wanted = [TRAIN, task.dev];
  const nameIn = (path: string): string | undefined => {
    const [top, name, ...deeper] = path.split('/');
    return top.startsWith(task.name) && deeper.length === 0 && wanted.includes(name) ? name : undefined;
  };
  let entries: Record<string, Uint8Array>;
  try {
    entries = unzipSync(readFileSync(archive), { filter: ({ name }) => nameIn(name) !== undefined });
  } catch (error) {
    throw new DownloadError(`${url}: sent no sound zip archive (${(error as Error).message})`);
  }
  for (const [path, bytes] of Object.entries(entries)) {
    writeFileSync(join(folder, nameIn(path) as string), bytes);
  }
}

/** Microsoft's pairs, those with GLUE's ids as the development split. */
function splitPairs(pairsFile: string, idsFile: string, folder: string): void {
  const held = new Set(splitTsv(readText(idsFile)).map(({ fields }) => fields.slice(0, 2).join('\t')));
  const [header, ...pairs] = splitTsv(readText(pairsFile));
  const line = (fields: string[]): string => `${fields.join('\t')}\n`;
  // Columns: Quality, #1 ID, #2 ID, #1 String, #2 String.
  const isHeld = (fields: string[]): boolean => held.has(fields.slice(1, 3).join('\t'));
  const part = (wanted: boolean): string =>
    [header, ...pairs.filter(({ fields }) => isHeld(fields) === wanted)]
      .map(({ fields }) => line(fields))
      .join('');
  writeFileSync(join(folder, TRAIN), part(false));
  writeFileSync(join(folder, 'dev.tsv'), part(true));
}

/** What keeps a folder from being the task, read on from its name; none when it is fine. */
function problemOf(task: Task, folder: string): string | undefined {
  const { train, dev } = OFFERS[task.name];
  for (const [file, expected] of [
    [TRAIN, train],
    [task.dev, dev],
  ] as const) {
    try {
      const { length } = readTaskFile(task, join(folder, file));
      if (length !== expected) return `${file} has ${length} records, not ${expected}`;
    } catch (error) {
      if (error instanceof DataError) return `${file} can't be read (${error.message})`;
      throw error;
    }
  }
  return undefined;
}
