/** How long a text takes until each exit, measured without keeping the page from its other work. */
import { Step } from '../../assembly/abi.ts';
import type { Model } from '../browser/index.ts';
import { pause } from '../browser/pause.ts';
import { resolvePolicy } from '../policy.ts';

/** The first runs are slower, until the engine has compiled the core a second time. */
const WARM_UP = 40;
/** The mean of this many evens out the coarse clock that browsers give to pages. */
const RUNS = 40;

/** [L], milliseconds. */
export async function timeExits(model: Model, text: string, signal: AbortSignal): Promise<number[]> {
  const full = resolvePolicy('full', [], model.info.exitBytes.length);
  const sums = model.info.exitBytes.map(() => 0);
  for (let run = -WARM_UP; run < RUNS; run++) {
    await pause();
    signal.throwIfAborted();
    const { core } = model;
    const start = performance.now();
    core.setPolicy(full);
    core.begin(text);
    let step = Step.GoOn;
    for (let exit = 0; step === Step.GoOn; exit++) {
      step = core.step();
      if (run >= 0) sums[exit] += performance.now() - start;
    }
  }
  return sums.map((sum) => sum / RUNS);
}
