/**
 * How long each exit takes, measured through `step` from outside: the core has no clock.
 *
 *   | write, tokenize, embed |  block 1, exit 1  |  block 2, exit 2  | ...
 *   ^ 0                      ^ begin             ^ exit 1            ^ exit 2
 *
 * An exit's time runs from 0: it is what a user waits who leaves there. Its `step` is the block alone.
 */
import { Step } from '../../assembly/abi.ts';
import { PolicyKind } from '../../assembly/format.ts';
import type { Core, Input } from '../core.ts';
import { clockResolution } from './clock.ts';
import { type Quantiles, quantiles, type Summary, summarize } from './statistics.ts';

/** In microseconds. */
export interface ExitTiming extends Summary {
  /** Counted from 1. */
  exit: number;
  /** Its block and exit alone. */
  step: Quantiles;
}

export interface Timing {
  tokens: number;
  /** Taking the text, tokenizing and embedding it. */
  begin: Quantiles;
  exits: ExitTiming[];
  /** Inputs measured. */
  runs: number;
  /** Inputs in one sample: more than 1 where the clock is too coarse for a single one. */
  runsPerSample: number;
  /** Smallest step of the clock, in microseconds. */
  clockResolution: number;
}

export interface MeasureOptions {
  /** Samples taken; 200 unless given. */
  samples?: number;
  /** Least milliseconds of warm-up; 300 unless given. */
  warmup?: number;
  /** Milliseconds since some moment; `performance.now` unless given. */
  now?: () => number;
}

/** A sample lasts at least this many steps of the clock, so that its rounding is below 5 percent. */
const CLOCK_STEPS = 20;
const RUNS_PER_SAMPLE_MOST = 1000;
/** Warm-up goes on until this many windows in a row brought no more than GAIN, or for WARMUP_MOST ms. */
const STEADY_WINDOWS = 3;
const WINDOW_RUNS = 20;
const GAIN = 0.03;
const WARMUP_MOST = 3000;

/** Runs an input through every block, over and over. The core's policy is `full` afterwards. */
export function measure(core: Core, input: Input, options: MeasureOptions = {}): Timing {
  const { samples = 200, warmup = 300, now = () => performance.now() } = options;
  const { blocks } = core.dimensions();
  core.setPolicy({ kind: PolicyKind.Full, parameter: 0, thresholds: new Float32Array(blocks) });
  const tokens = core.begin(input);
  const resolution = clockResolution(now);

  /** marks[0] is when `begin` was done, marks[i] when exit i was; from the start, summed over runs. */
  const run = (marks: Float64Array): void => {
    const start = now();
    core.begin(input);
    marks[0] += now() - start;
    for (let exit = 1; exit <= blocks; exit++) {
      if (core.step() === Step.NeedBlock) throw new Error('the model has not arrived as a whole yet');
      marks[exit] += now() - start;
    }
  };

  const fastest = warmUp(() => run(new Float64Array(blocks + 1)), warmup, now);
  const shortest = fastest / (blocks + 1);
  const runsPerSample = Math.min(RUNS_PER_SAMPLE_MOST, Math.ceil((CLOCK_STEPS * resolution) / shortest) || 1);

  const taken = Array.from({ length: samples }, () => {
    const marks = new Float64Array(blocks + 1);
    for (let i = 0; i < runsPerSample; i++) run(marks);
    return marks.map((sum) => microseconds(sum / runsPerSample));
  });
  const exits = Array.from({ length: blocks }, (_, i) => ({
    exit: i + 1,
    ...summarize(taken.map((marks) => marks[i + 1])),
    step: quantiles(taken.map((marks) => round(marks[i + 1] - marks[i]))),
  }));
  return {
    tokens,
    begin: quantiles(taken.map((marks) => marks[0])),
    exits,
    runs: samples * runsPerSample,
    runsPerSample,
    clockResolution: microseconds(resolution),
  };
}

function microseconds(milliseconds: number): number {
  return round(1000 * milliseconds);
}

/** To nanoseconds: what floats add behind them is not time. */
function round(microseconds: number): number {
  return Math.round(1000 * microseconds) / 1000;
}

/**
 * Engines compile Wasm twice, quickly and then well, and the second code arrives in the middle of a
 * run. So this runs until times have stopped falling. Gives the milliseconds of a run by then.
 */
function warmUp(run: () => void, least: number, now: () => number): number {
  const start = now();
  let best = Number.POSITIVE_INFINITY;
  let steady = 0;
  for (;;) {
    const windowStart = now();
    for (let i = 0; i < WINDOW_RUNS; i++) run();
    const mean = (now() - windowStart) / WINDOW_RUNS;
    steady = mean < best * (1 - GAIN) ? 0 : steady + 1;
    best = Math.min(best, mean);
    const elapsed = now() - start;
    if (elapsed >= WARMUP_MOST || (elapsed >= least && steady >= STEADY_WINDOWS)) return best;
  }
}
