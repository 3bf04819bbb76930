/**
 * Times several things in turns, so that whatever drifts - the clock rate, the neighbours, the garbage
 * collector - hits all alike.
 *
 *   warm-up: A A A ..., B B B ...       until engines have compiled the hot code well
 *   round 1: A B C,  round 2: B C A, ...   a sample each: as many runs as the clock can measure
 */
import { clockResolution } from './clock.ts';
import { type Summary, summarize } from './statistics.ts';

export interface Subject {
  name: string;
  run(): unknown;
}

export interface InterleaveOptions {
  /** Samples of each subject; 50 unless given. */
  samples?: number;
  /** Milliseconds of warm-up of each subject; 200 unless given. */
  warmup?: number;
  /** Least milliseconds of a sample; 0.5 unless given, and 20 steps of the clock at least. */
  sample?: number;
  /** Milliseconds since some moment; `performance.now` unless given. */
  now?: () => number;
}

/** Microseconds of one run. */
export interface Interleaved extends Summary {
  name: string;
  /** Runs in one sample. */
  runsPerSample: number;
}

/** Steps of the clock that a sample lasts at least, so that its rounding is below 5 percent. */
const CLOCK_STEPS = 20;

/** The results in the subjects' order. A run that returns a promise is waited for. */
export async function interleave(
  subjects: readonly Subject[],
  options: InterleaveOptions = {},
): Promise<Interleaved[]> {
  const { samples = 50, warmup = 200, now = () => performance.now() } = options;
  const sample = Math.max(options.sample ?? 0.5, CLOCK_STEPS * clockResolution(now));
  const runs: number[] = [];
  for (const subject of subjects) {
    const once = await warmUp(subject, warmup, now);
    runs.push(Math.max(1, Math.ceil(sample / once)));
  }
  const times = subjects.map((): number[] => []);
  for (let round = 0; round < samples; round++) {
    for (let turn = 0; turn < subjects.length; turn++) {
      const i = (round + turn) % subjects.length;
      times[i].push((1000 * (await timeRuns(subjects[i], runs[i], now))) / runs[i]);
    }
  }
  return subjects.map(({ name }, i) => ({ name, ...summarize(times[i]), runsPerSample: runs[i] }));
}

/** Milliseconds that a run takes at the end of the warm-up. */
async function warmUp(subject: Subject, least: number, now: () => number): Promise<number> {
  const start = now();
  let runs = 1;
  for (;;) {
    const elapsed = await timeRuns(subject, runs, now);
    if (now() - start >= least && elapsed > 0) return elapsed / runs;
    if (elapsed <= least / 4) runs *= 2;
  }
}

async function timeRuns(subject: Subject, runs: number, now: () => number): Promise<number> {
  const start = now();
  for (let i = 0; i < runs; i++) {
    const result = subject.run();
    if (result instanceof Promise) await result;
  }
  return now() - start;
}
