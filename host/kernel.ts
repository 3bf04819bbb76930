/**
 * Which of a build's kernels counts mismatches fastest on this machine, found by measuring for a
 * millisecond or two when a model is opened: all are exact, so the choice changes no result.
 */
import { Kernel } from '../assembly/abi.ts';
import type { Core } from './core.ts';

/** The kernels worth trying; the first is the builds' own choice. */
const CANDIDATES: readonly Kernel[] = [Kernel.PairLookup, Kernel.Popcount];

/** Milliseconds of measuring, all candidates together, and the rounds that there are at least. */
const BUDGET = 2;
const ROUNDS = 3;
/**
 * The build's own choice stays unless another takes less than this much of its time: code that has just been
 * compiled is measured, which the engine will replace by better code.
 */
const CLEARLY_FASTER = 0.85;
/** So few words that a block takes microseconds: the best of many short samples is not disturbed by others. */
const INPUT = 'a b c d';

const known = new Map<string, Kernel>();

/**
 * Makes a core with an open model use the fastest kernel of its build, and says which that is; measures once
 * a process and build.
 */
export function useFastestKernel(core: Core, build: string): Kernel {
  if (build === 'scalar') return Kernel.Scalar;
  let fastest = known.get(build);
  if (fastest === undefined) {
    fastest = fastestKernel(core, CANDIDATES);
    known.set(build, fastest);
  }
  core.chooseKernel(fastest);
  return fastest;
}

/**
 * Times the first block with each kernel, in turns, and takes the best of each. The core has an answer nobody
 * asked for afterwards, and uses one of `candidates`.
 * @param now milliseconds since some moment, from a clock that can tell blocks apart
 */
export function fastestKernel(
  core: Core,
  candidates: readonly Kernel[],
  now: () => number = () => performance.now(),
): Kernel {
  const best = new Map<Kernel, number>();
  const order = [...candidates];
  const start = now();
  for (let round = 0; round < ROUNDS || now() - start < BUDGET; round++) {
    for (const kernel of order) {
      core.chooseKernel(kernel);
      core.begin(INPUT);
      const before = now();
      core.step();
      const time = now() - before;
      best.set(kernel, Math.min(best.get(kernel) ?? time, time));
    }
    // Code gets better meanwhile; who goes last gains by it.
    order.reverse();
  }
  const own = candidates[0];
  const fastest = candidates.reduce((a, b) => (best.get(b)! < best.get(a)! ? b : a));
  return best.get(fastest)! < CLEARLY_FASTER * best.get(own)! ? fastest : own;
}
