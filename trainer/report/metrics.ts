/** `metrics.jsonl`: what a run wrote down while it trained, one line a look. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Example } from '../data/batches.ts';
import { score } from '../data/metrics.ts';
import type { MetricName } from '../data/record.ts';
import { argmax, exitLogits } from '../forward.ts';
import type { Model } from '../model.ts';

export const METRICS_FILE = 'metrics.jsonl';

/** What the trainer's own forward pass says of the calibration part, without dropout. */
export interface HeldOutMetrics {
  /** Metric of each exit. [L] */
  calibration: number[];
  /** Mean cross-entropy of each exit, nats. [L] */
  calibrationLoss: number[];
  /** Entropy after each exit, nats: a tenth of the texts lies below the first, half, nine tenths. [L][3] */
  calibrationEntropy: [number, number, number][];
}

/** Lines of training alone come more often than those with a look at the calibration part. */
export interface MetricsLine extends Partial<HeldOutMetrics> {
  stage: string;
  /** Steps of this stage, and of the whole run. */
  step: number;
  done: number;
  /** Running mean of the training loss. */
  loss: number;
  /** Running mean share of training texts that each exit labels rightly, dropout on. [L] */
  accuracy: number[];
}

/** Looks at texts that the model does not learn from. */
export function heldOutMetrics(
  model: Model,
  examples: readonly Example[],
  metric: MetricName,
): HeldOutMetrics {
  const { classes } = model.config;
  const expected = examples.map(({ label }) => label);
  const exits = exitLogits(model, examples).map((logits) => {
    const rows = expected.map((_, i) => logits.subarray(i * classes, (i + 1) * classes));
    const surprises = rows.map(logProbabilities);
    const entropies = surprises.map((logs) => logs.reduce((sum, log) => sum - Math.exp(log) * log, 0));
    const losses = surprises.map((logs, i) => -logs[expected[i]]);
    return {
      score: score(metric, rows.map(argmax), expected).score,
      loss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
      entropy: spread(entropies),
    };
  });
  return {
    calibration: exits.map((exit) => exit.score),
    calibrationLoss: exits.map(({ loss }) => loss),
    calibrationEntropy: exits.map(({ entropy }) => entropy),
  };
}

export function appendMetrics(folder: string, line: MetricsLine): void {
  appendFileSync(join(folder, METRICS_FILE), `${JSON.stringify(line)}\n`);
}

/** In the order of steps; steps that a resumed run did again count once, as they were done last. */
export function readMetrics(folder: string): MetricsLine[] {
  const path = join(folder, METRICS_FILE);
  if (!existsSync(path)) return [];
  const last = new Map<number, MetricsLine>();
  for (const text of readFileSync(path, 'utf8').split('\n')) {
    const line = parse(text);
    if (line) last.set(line.done, line);
  }
  return [...last.values()].sort((a, b) => a.done - b.done);
}

/** Undefined for a line that a crash cut short, and for one that does not count the run's steps. */
function parse(text: string): MetricsLine | undefined {
  try {
    const line = JSON.parse(text) as MetricsLine;
    return Number.isInteger(line.done) ? line : undefined;
  } catch {
    return undefined;
  }
}

function logProbabilities(logits: Float32Array): number[] {
  const most = Math.max(...logits);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - most), 0);
  return Array.from(logits, (logit) => logit - most - Math.log(sum));
}

function spread(values: number[]): [number, number, number] {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return [at(0.1), at(0.5), at(0.9)];
}
