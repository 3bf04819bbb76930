/** What a run's checkpoint says by the trainer's own forward pass: for twins and teachers, and to check the packed model. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadTokenizer } from '../host/node/index.ts';
import type { Backend } from './backend/index.ts';
import { readCheckpoint, VOCABULARY_FILE } from './checkpoint.ts';
import { score } from './data/metrics.ts';
import type { TextRecord } from './data/record.ts';
import { encode } from './encode.ts';
import { exitLogits, labelsOf } from './forward.ts';
import { createModel } from './model.ts';
import { modelConfig, readRunFile } from './run-file.ts';

/** Logits of every exit, [L][records * C]. `onDone` hears how many records are done. @throws CheckpointError */
export async function trainerLogits(
  folder: string,
  backend: Backend,
  records: readonly TextRecord[],
  onDone?: (records: number) => void,
): Promise<Float32Array[]> {
  const run = readRunFile(folder);
  const { weights } = readCheckpoint(folder);
  const signed = !weights.has('embedding.projection');
  const model = createModel(backend, modelConfig(run, signed, 0), run.recipe.seed);
  model.import(Object.fromEntries([...weights].map(([name, { values }]) => [name, values])));
  const tokenizer = await loadTokenizer(readFileSync(join(folder, VOCABULARY_FILE)));
  const examples = encode(tokenizer, records, run.labels);
  tokenizer.dispose();
  const logits = exitLogits(model, examples, onDone);
  model.dispose();
  return logits;
}

/** Each exit's label of each record, [L][records]. @throws CheckpointError */
export async function trainerPredictions(
  folder: string,
  backend: Backend,
  records: readonly TextRecord[],
): Promise<Int32Array[]> {
  const classes = readRunFile(folder).labels.length;
  const exits = await trainerLogits(folder, backend, records);
  return exits.map((logits) => labelsOf(logits, classes));
}

/** The metric of each exit. [L] */
export async function trainerScores(
  folder: string,
  backend: Backend,
  records: readonly TextRecord[],
): Promise<number[]> {
  const { labels, metric } = readRunFile(folder);
  const expected = records.map(({ label }) => labels.indexOf(label));
  const exits = await trainerPredictions(folder, backend, records);
  return exits.map((predicted) => score(metric, predicted, expected).score);
}
