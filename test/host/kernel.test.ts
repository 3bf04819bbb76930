/** The choice of a kernel by measuring: with a clock of our own, and on a real core. */
import { describe, expect, it } from 'vitest';
import { Kernel } from '../../assembly/abi.ts';
import { Core } from '../../host/core.ts';
import { fastestKernel, useFastestKernel } from '../../host/kernel.ts';
import { writeModel } from '../../host/model-file/index.ts';
import { coreModule } from '../../host/node/modules.ts';
import { randomModel } from '../support/random-model.ts';

async function open(build: 'simd' | 'scalar'): Promise<Core> {
  const core = Core.instantiate((await coreModule(build)).module);
  core.open(writeModel(randomModel(6)));
  return core;
}

/** A core on which a block takes as many milliseconds as `times` says of the kernel in use. */
function pretend(core: Core, times: Partial<Record<Kernel, number>>): () => number {
  let clock = 0;
  let inUse: Kernel;
  const { chooseKernel, step } = core;
  core.chooseKernel = (kernel) => {
    inUse = kernel;
    chooseKernel.call(core, kernel);
  };
  core.step = () => {
    clock += times[inUse] ?? 0;
    return step.call(core);
  };
  return () => clock;
}

describe('the fastest kernel', () => {
  const candidates = [Kernel.PairLookup, Kernel.Popcount];

  it('is the one that takes least', async () => {
    const core = await open('simd');
    const popcountWins = pretend(core, { [Kernel.PairLookup]: 0.03, [Kernel.Popcount]: 0.02 });
    expect(fastestKernel(core, candidates, popcountWins)).toBe(Kernel.Popcount);
    const other = await open('simd');
    const lookupWins = pretend(other, { [Kernel.PairLookup]: 0.02, [Kernel.Popcount]: 0.03 });
    expect(fastestKernel(other, candidates, lookupWins)).toBe(Kernel.PairLookup);
  });

  it("is the build's own where another is hardly faster", async () => {
    const core = await open('simd');
    const now = pretend(core, { [Kernel.PairLookup]: 0.03, [Kernel.Popcount]: 0.029 });
    expect(fastestKernel(core, candidates, now)).toBe(Kernel.PairLookup);
  });

  it('takes some milliseconds, and changes no answer', async () => {
    const core = await open('simd');
    core.begin('a b c');
    core.run();
    const before = core.logits(1);
    const start = performance.now();
    expect(candidates).toContain(fastestKernel(core, candidates));
    expect(performance.now() - start).toBeLessThan(100);
    useFastestKernel(core, 'simd');
    core.begin('a b c');
    core.run();
    expect(core.logits(1)).toEqual(before);
  });

  it('is not looked for where a build has but one', async () => {
    const core = await open('scalar');
    useFastestKernel(core, 'scalar');
    expect(core.exits()).toBe(0);
  });
});
