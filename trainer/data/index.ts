/**
 * From files to batches. Every reader gives records (record.ts); everything behind works on those.
 *
 *   tasks.ts    GLUE's own folders          splits.ts        hold records out, by label and group
 *   hub.ts      GLUE as model hubs have it  batches.ts       encoded examples in length buckets
 *   table.ts    a user's CSV, TSV, JSONL,   metrics.ts       GLUE's scores
 *   parquet.ts  and Parquet                 bag-of-words.ts  the baseline beside every result
 *   weak.ts     review corpora              soft-labels.ts   texts that `beex label` labelled
 *   vectors.ts  word vectors
 *
 * What is wrong with a file is thrown as a DataError: one line that names the file, the line in it
 * and the remedy.
 */
export { type BagOfWords, trainBagOfWords } from './bag-of-words.ts';
export { type Batch, type BatchOptions, batchCount, type Example, makeBatches } from './batches.ts';
export {
  accuracy,
  accuracyInterval,
  confusion,
  f1,
  type Interval,
  macroF1,
  majorityScore,
  matthews,
  score,
  wilson,
} from './metrics.ts';
export { DataError, type Dataset, type MetricName, type TextRecord } from './record.ts';
export { readSoftLabels, writeSoftLabels } from './soft-labels.ts';
export { containmentGroups, holdOut, type SplitOptions, split } from './splits.ts';
export { type Columns, checkLabels, labelsOf, loadTables, readTable, type Table } from './table.ts';
export { findTask, loadTask, loadTaskSplit, readTaskFile, TASKS, type Task } from './tasks.ts';
export { loadVectors, type WordVectors } from './vectors.ts';
export { corpusTexts, readLabelledFolder, reviewSentences } from './weak.ts';
