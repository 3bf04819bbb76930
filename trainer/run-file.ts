/** `run.json`: what a run was told and what it was given, so that it can be resumed and packed later. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BackendName } from './backend/index.ts';
import { CheckpointError, NoRunError, RUN_FILE, writeAtomically } from './checkpoint.ts';
import type { MetricName, TextRecord } from './data/record.ts';
import type { StartRecord } from './init/start.ts';
import type { ModelConfig } from './layers/config.ts';
import type { Recipe, Shape } from './settings.ts';

export interface RunFile {
  /** What it was begun on, which a resumed run goes on with; absent in runs of before there was a choice. */
  backend?: BackendName;
  /** The task, or the name of the user's file. */
  name: string;
  labels: string[];
  pair: boolean;
  metric: MetricName;
  shape: Shape;
  recipe: Recipe;
  /** Special tokens included. */
  vocabulary: number;
  /** e; differs from d where the rows began as word vectors. */
  rowWidth: number;
  /** Records that were trained on, held out for calibration, and weakly labelled ones. */
  counts: { train: number; calibration: number; warmStart: number };
  /** Of all records, so that a resumed run notices when they changed. */
  digest: string;
  /** How the command line found the data; opaque here. */
  source: unknown;
  /** What it started from, where that was not chance. */
  init?: StartRecord;
}

export function writeRunFile(folder: string, run: RunFile): void {
  writeAtomically(join(folder, RUN_FILE), `${JSON.stringify(run, null, 2)}\n`);
}

/** @throws CheckpointError naming the file when it is missing or is none */
export function readRunFile(folder: string): RunFile {
  const path = join(folder, RUN_FILE);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new NoRunError(`${path}: cannot be read; is ${folder} the folder of a training run?`);
  }
  try {
    return JSON.parse(text) as RunFile;
  } catch {
    throw new CheckpointError(`${path}: is not JSON; start the run again`);
  }
}

/** The model of a stage: once the embedding is signed its rows are d wide and the projection is gone. */
export function modelConfig(run: RunFile, signed: boolean, dropout: number): ModelConfig {
  const { shape, recipe } = run;
  return {
    ...shape,
    classes: run.labels.length,
    vocabulary: run.vocabulary,
    segments: run.pair ? 2 : 1,
    rowWidth: signed && !recipe.recurrent ? shape.hidden : run.rowWidth,
    twin: recipe.twin,
    recurrent: recipe.recurrent,
    dropout: { embedding: dropout, block: dropout, exit: dropout },
  };
}

export function digestOf(...parts: (readonly TextRecord[])[]): string {
  const hash = createHash('sha256');
  for (const records of parts) {
    for (const { text, pair, label, shares } of records) {
      hash.update(JSON.stringify(shares ? [text, pair, label, shares] : [text, pair, label]));
    }
    hash.update('\n');
  }
  return hash.digest('hex');
}
