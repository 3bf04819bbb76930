/** How long a text takes until each exit, measured without keeping the page from its other work. */
import { PolicyKind } from '../../assembly/format.ts';
import type { Model } from '../browser/index.ts';
import { pause } from '../browser/pause.ts';

/** A browser's clock is coarse, so a text is run again and again for as long as this, one task. */
const TASK_MS = 2;
/** The quickest of so many tasks is one that was not interrupted, after the engine has compiled the core again. */
const TASKS = 20;

/** [L], milliseconds. */
export async function timeExits(model: Model, text: string, signal: AbortSignal): Promise<number[]> {
  const times = model.info.exitBytes.map(() => Number.POSITIVE_INFINITY);
  for (let task = 0; task < TASKS; task++) {
    for (const [i, least] of times.entries()) {
      await pause();
      signal.throwIfAborted();
      times[i] = Math.min(least, timeOnce(model, text, i + 1));
    }
  }
  // An exit was passed on the way to the next one: it took no longer.
  return times.map((_, i) => Math.min(...times.slice(i)));
}

function timeOnce({ core, info }: Model, text: string, exit: number): number {
  const thresholds = info.exitBytes.map(() => 0);
  core.setPolicy({ kind: PolicyKind.Fixed, parameter: exit, thresholds });
  const start = performance.now();
  let elapsed = 0;
  let runs = 0;
  for (; elapsed < TASK_MS; elapsed = performance.now() - start, runs++) {
    core.begin(text);
    core.run();
  }
  return elapsed / runs;
}
