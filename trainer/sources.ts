/** Where a run's data comes from, as the command line says it, and how it is read. */
import { DataError, type Dataset, type TextRecord } from './data/record.ts';
import { readSoftLabels } from './data/soft-labels.ts';
import { loadTables } from './data/table.ts';
import { loadTask } from './data/tasks.ts';
import { loadVectors } from './data/vectors.ts';
import { reviewSentences } from './data/weak.ts';
import { loadStart } from './init/index.ts';
import type { TrainingData } from './run.ts';

export interface Source {
  /** A GLUE task, with `data`; or `train`, `dev`, `text` and `label`. */
  task?: string;
  data?: string;
  train?: string;
  dev?: string;
  text?: string;
  pair?: string;
  label?: string;
  /** Reviews whose sentences are learned first, under the review's rating. */
  reviews?: string[];
  /** Tables of softly labelled texts, as `beex label` writes them, that are learned first. */
  softLabels?: string[];
  /** Word vectors that the embedding starts from. */
  vectors?: string;
  /** A run, a model file or a published encoder to start from. */
  init?: string;
}

/** Both splits, from the task's folder or the user's own files. */
export function loadDataset(source: Source): Dataset {
  const { task, data, train, dev, text, pair, label } = source;
  if (task !== undefined) {
    if (data === undefined) throw new DataError('--task needs --data, the folder with train.tsv and dev.tsv');
    return loadTask(task, data);
  }
  if (train === undefined || dev === undefined || text === undefined || label === undefined) {
    throw new DataError('give --task and --data, or --train, --dev, --text and --label');
  }
  return loadTables({ train, dev, columns: { text, label, ...(pair === undefined ? {} : { pair }) } });
}

/** All that a run learns from, and the development split, which it only reports. */
export function loadTrainingData(source: Source): { data: TrainingData; dev: TextRecord[] } {
  const dataset = loadDataset(source);
  const { reviews = [], softLabels = [], vectors, init } = source;
  if (init !== undefined && vectors !== undefined) {
    throw new DataError('--init and --vectors exclude each other: both say where embedding rows begin');
  }
  return {
    data: {
      dataset,
      warmStart: [
        ...reviews.flatMap((path) => [...reviewSentences(path)]),
        ...softLabels.flatMap((path) => readSoftLabels(path, dataset.labels)),
      ],
      ...(vectors === undefined ? {} : { vectors: () => loadVectors(vectors) }),
      ...(init === undefined ? {} : { init: (target) => loadStart(init, target) }),
      source,
    },
    dev: dataset.dev,
  };
}
