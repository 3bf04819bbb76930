/** `exits.json`: what the packed model's exits say of the calibration part, and where its policies leave. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from '../../host/node/index.ts';
import { MODEL_FILE, writeAtomically } from '../checkpoint.ts';
import { score } from '../data/metrics.ts';
import type { TextRecord } from '../data/record.ts';
import { evaluate, inputOf } from '../evaluate.ts';
import { readRunFile } from '../run-file.ts';

export const EXITS_FILE = 'exits.json';

export interface ExitRecord {
  /** Had every text left here. */
  score: number;
  /** Of each text: probability of the label that the exit gives, and whether that is right. [N] */
  probability: number[];
  right: boolean[];
  /** Of each text, nats. [N] */
  entropy: number[];
}

export interface PolicyRecord {
  name: string;
  score: number;
  /** Of the accuracy, 95 %. */
  interval: { low: number; high: number };
  /** Share of the texts that leaves at each exit. [L] */
  shares: number[];
  meanDepth: number;
  /** Share of the operations of full depth that is saved. */
  reduction: number;
}

export interface ExitsFile {
  texts: number;
  /** Bytes of the model file. */
  bytes: number;
  exits: ExitRecord[];
  policies: PolicyRecord[];
}

/** Runs the folder's packed model over these texts, and keeps the outcome in the folder. */
export async function measureExits(folder: string, records: readonly TextRecord[]): Promise<void> {
  const { labels, metric, name } = readRunFile(folder);
  const file = readFileSync(join(folder, MODEL_FILE));
  const model = await load(file);
  const all = records.map((record) => model.classifyDetailed(inputOf(record), { policy: 'full' }).exits);
  const expected = records.map(({ label }) => labels.indexOf(label));
  const exits = all[0].map((_, exit): ExitRecord => {
    const answers = all.map((answer) => answer[exit]);
    const given = answers.map(({ index }) => index);
    return {
      score: score(metric, given, expected).score,
      probability: answers.map(({ probabilities, index }) => rounded(probabilities[index])),
      right: given.map((index, i) => index === expected[i]),
      entropy: answers.map(({ entropy }) => rounded(entropy)),
    };
  });
  const policies = ['full', ...model.info.policies.map((policy) => policy.name)].map((policy) => {
    const found = evaluate(model, { task: name, metric, labels, records, policy });
    return {
      name: policy,
      score: found.score,
      interval: found.interval,
      shares: found.exits.map(({ share }) => share),
      meanDepth: found.meanDepth,
      reduction: found.operations.reduction,
    };
  });
  model.dispose();
  const kept: ExitsFile = { texts: records.length, bytes: file.length, exits, policies };
  writeAtomically(join(folder, EXITS_FILE), `${JSON.stringify(kept)}\n`);
}

/** Undefined for a run that has not come to its end, and for a twin. */
export function readExits(folder: string): ExitsFile | undefined {
  const path = join(folder, EXITS_FILE);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as ExitsFile) : undefined;
}

/** Four digits are more than a chart shows. */
function rounded(value: number): number {
  return Number(value.toFixed(4));
}
