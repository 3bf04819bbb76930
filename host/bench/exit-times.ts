/** Each exit's time on single texts, measured through `step`. */
import { Step } from '../../assembly/abi.ts';
import { PolicyKind } from '../../assembly/format.ts';
import type { Core, Input } from '../core.ts';
import { summarize } from './statistics.ts';

export interface SteppedText {
  /** From the start to exit i, in the clock's unit. [L] */
  marks: number[];
  /** Label of exit i. [L] */
  labels: number[];
  tokens: number;
}

/** Runs a text through every block and looks at the clock after each. The policy is `full` afterwards. */
export function stepThrough(core: Core, input: Input, now: () => number): SteppedText {
  const { blocks } = core.dimensions();
  core.setPolicy({ kind: PolicyKind.Full, parameter: 0, thresholds: new Float32Array(blocks) });
  const marks: number[] = [];
  const labels: number[] = [];
  const start = now();
  const tokens = core.begin(input);
  let step: Step;
  do {
    step = core.step();
    marks.push(now() - start);
    labels.push(core.label());
  } while (step === Step.GoOn);
  return { marks, labels, tokens };
}

/** Until engines have compiled the hot code well: some hundred blocks, whatever the number of texts. */
export function warmUpOn(core: Core, inputs: readonly Input[]): void {
  const clock = (): number => performance.now();
  const start = clock();
  for (let i = 0; i < WARMUP_RUNS || clock() - start < WARMUP_MS; i++) {
    stepThrough(core, inputs[i % inputs.length], clock);
  }
}

const WARMUP_RUNS = 50;
const WARMUP_MS = 300;

/**
 * Microseconds from a text to each of its exits, [texts][L]: medians of `rounds` runs.
 * @param onText is told how many texts are done
 */
export function exitTimes(
  core: Core,
  inputs: readonly Input[],
  rounds = 3,
  onText?: (done: number) => void,
  now: () => number = () => performance.now(),
): number[][] {
  if (inputs.length === 0) return [];
  warmUpOn(core, inputs);
  return inputs.map((input, index) => {
    const runs = Array.from({ length: rounds }, () => stepThrough(core, input, now).marks);
    onText?.(index + 1);
    return runs[0].map((_, exit) => 1000 * summarize(runs.map((marks) => marks[exit])).p50);
  });
}
