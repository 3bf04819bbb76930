/**
 * Which of a build's kernels counts mismatches fastest on this machine, found by measuring for a
 * millisecond or two when a model is opened: all are exact, so the choice changes no result.
 */
import { Kernel } from '../assembly/abi.ts';
import type { Core } from './core.ts';

/** The kernels worth trying, by build; the first is the build's own choice. */
const CANDIDATES: Record<string, readonly Kernel[]> = {
  relaxed: [Kernel.RelaxedLookup, Kernel.Popcount],
  simd: [Kernel.PairLookup, Kernel.Popcount],
};

/** Rounds of one slice for each candidate, and a slice's milliseconds. */
const ROUNDS = 3;
const SLICE = 0.25;
/** The build's own choice stays unless another takes less than this much of its time. */
const CLEARLY_FASTER = 0.85;
/** Words measured with; not more, so that a large model's blocks fit the slices. */
const WORDS = 16;

const known = new Map<string, Kernel>();

/**
 * Makes a core with an open model use the fastest kernel of its build, and says which that is; measures once
 * a process and build.
 */
export function useFastestKernel(core: Core, build: string): Kernel {
  const candidates = CANDIDATES[build];
  if (!candidates) return Kernel.Scalar;
  let fastest = known.get(build);
  if (fastest === undefined) {
    fastest = fastestKernel(core, candidates);
    known.set(build, fastest);
  }
  core.chooseKernel(fastest);
  return fastest;
}

/**
 * Times the first block with each kernel, in turns. The core has an answer nobody asked for afterwards,
 * and uses the last of `candidates`.
 * @param now milliseconds since some moment
 */
export function fastestKernel(
  core: Core,
  candidates: readonly Kernel[],
  now: () => number = () => performance.now(),
): Kernel {
  const best = candidates.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round++) {
    candidates.forEach((kernel, i) => {
      core.chooseKernel(kernel);
      best[i] = Math.min(best[i], slice(core, now));
    });
  }
  const fastest = best.indexOf(Math.min(...best));
  return candidates[best[fastest] < CLEARLY_FASTER * best[0] ? fastest : 0];
}

/** Milliseconds that the first block takes, over a slice of them. */
function slice(core: Core, now: () => number): number {
  const input = 'a '.repeat(WORDS);
  let spent = 0;
  let blocks = 0;
  while (spent < SLICE) {
    core.begin(input);
    const start = now();
    core.step();
    spent += now() - start;
    blocks++;
  }
  return spent / blocks;
}
