/**
 * Where a block's time goes, by the profile build: the core tells when it goes from one part to the next,
 * and the clock is looked at here. The looks themselves take time; the same input run by the ordinary build
 * in turns says how much, and it is taken off each part by the number of its marks.
 */
import { type Kernel, Part, Step } from '../../assembly/abi.ts';
import { PolicyKind } from '../../assembly/format.ts';
import { Core, type Input } from '../core.ts';
import { quantiles } from './statistics.ts';

/** What the parts are called; `exit` is what follows the last block's mark: head, entropy and policy. */
export const PART_NAMES: Record<Part, string> = {
  [Part.Bits]: 'to bits',
  [Part.Products]: 'binary products',
  [Part.Queries]: 'queries',
  [Part.Scores]: 'scores',
  [Part.Softmax]: 'softmax',
  [Part.Context]: 'context',
  [Part.Residual]: 'scale, add',
  [Part.Norm]: 'norm',
};
const EXIT = 'exit';

export interface PartShare {
  part: string;
  /** Of the time of all blocks and exits. */
  share: number;
  /** Microseconds of one input, over all blocks. */
  time: number;
}

export interface Modules {
  /** The ordinary build. */
  plain: WebAssembly.Module;
  /** The profile build of the same target. */
  profiled: WebAssembly.Module;
}

/** The parts in the order of `Part`, the exit last. Shares add up to 1. */
export function profile(
  { plain, profiled }: Modules,
  file: Uint8Array,
  input: Input,
  kernel: Kernel,
  runs = 300,
): PartShare[] {
  const parts = Object.keys(PART_NAMES).length;
  const times = new Float64Array(parts + 1);
  const marks = new Float64Array(parts + 1);
  let last = 0;
  const markOfHost = (part: number) => {
    times[part] += performance.now() - last;
    marks[part]++;
    last = performance.now();
  };
  const ordinary = open(new WebAssembly.Instance(plain), file, kernel);
  const marked = open(new WebAssembly.Instance(profiled, { profile: { markOfHost } }), file, kernel);
  const runOrdinary = (): number => {
    ordinary.begin(input);
    const start = performance.now();
    ordinary.run();
    return performance.now() - start;
  };
  const runMarked = (): number => {
    marked.begin(input);
    times.fill(0);
    marks.fill(0);
    const start = performance.now();
    last = start;
    let step: Step;
    do {
      step = marked.step();
      markOfHost(parts);
    } while (step === Step.GoOn);
    return performance.now() - start;
  };
  const both = () =>
    Array.from({ length: runs }, () => {
      const without = runOrdinary();
      const within = runMarked();
      return { without, within, times: times.slice() };
    });
  both(); // until engines have compiled the hot code well
  const taken = both();
  // Medians, so that a run in which the machine did something else does not count.
  const middle = (values: number[]) => quantiles(values).p50;
  const allMarks = marks.reduce((sum, count) => sum + count, 0);
  const looking = middle(taken.map(({ within }) => within)) - middle(taken.map(({ without }) => without));
  // A mark is a call and two looks at the clock; the part before it pays for about half of that.
  const cost = Math.max(0, looking / allMarks) / 2;
  const clean = Array.from(marks, (count, part) =>
    Math.max(0, middle(taken.map((run) => run.times[part])) - cost * count),
  );
  const whole = clean.reduce((sum, time) => sum + time, 0);
  return clean.map((time, part) => ({
    part: PART_NAMES[part as Part] ?? EXIT,
    share: time / whole,
    time: Math.round(1e6 * time) / 1000,
  }));
}

function open(instance: WebAssembly.Instance, file: Uint8Array, kernel: Kernel): Core {
  const core = new Core(instance);
  core.open(file);
  core.chooseKernel(kernel);
  const { blocks } = core.dimensions();
  core.setPolicy({ kind: PolicyKind.Full, parameter: 0, thresholds: new Float32Array(blocks) });
  return core;
}
