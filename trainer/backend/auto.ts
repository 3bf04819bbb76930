/**
 * Chooses the fastest backend that works here. Which one that is depends on the model as well as on the
 * machine: at this project's sizes the wasm kernels on one core are ahead of much that sounds faster. So
 * wherever there is more than wasm, a few steps of the model at hand are measured.
 */
import type { ModelConfig } from '../model.ts';
import { stepTime } from '../step-time.ts';
import { askForAdapter } from './adapter.ts';
import { type Backend, type BackendName, chooseBackend } from './index.ts';
import { locate } from './packages.ts';

export interface Choice {
  backend: Backend;
  /** Why this one, in words that fit into brackets. */
  why: string;
}

/** What there is besides wasm, and why the rest is left out. */
export interface Survey {
  candidates: BackendName[];
  /** One remark each. */
  leftOut: string[];
}

/** Enough to tell backends apart, and over within seconds. */
const STEPS = { texts: 32, warmUp: 2, steps: 3 };

/** Looks for what is installed; starts none of it. */
export async function survey(): Promise<Survey> {
  const candidates: BackendName[] = [];
  const leftOut: string[] = [];
  const dawn = locate('webgpu');
  if (dawn !== undefined && locate('@tensorflow/tfjs-backend-webgpu') !== undefined) {
    const adapter = await askForAdapter(dawn);
    if (!adapter) leftOut.push('webgpu finds no GPU');
    else if (adapter.software) leftOut.push(`webgpu has only ${adapter.name}, which is software`);
    else candidates.push('webgpu');
  }
  // A process can load one of the two.
  if (locate('@tensorflow/tfjs-node-gpu') !== undefined) candidates.push('node-gpu');
  else if (locate('@tensorflow/tfjs-node') !== undefined) candidates.push('node');
  return { candidates, leftOut };
}

/**
 * @param config of the model that is to be trained
 * @param found what there is besides wasm
 * @param measure milliseconds of a step
 */
export async function chooseFastest(
  config: ModelConfig,
  found?: Survey,
  measure: typeof stepTime = stepTime,
): Promise<Choice> {
  const { candidates, leftOut: remarks } = found ?? (await survey());
  const leftOut = [...remarks];
  const wasm = await chooseBackend('wasm');
  if (candidates.length === 0) {
    const nothing = 'no GPU package is installed';
    return { backend: wasm, why: leftOut.length > 0 ? leftOut.join('; ') : nothing };
  }
  let best = { backend: wasm, milliseconds: measure(wasm, config, STEPS) };
  const measured = [remark(best)];
  for (const name of candidates) {
    try {
      const backend = await chooseBackend(name);
      const rival = { backend, milliseconds: measure(backend, config, STEPS) };
      measured.push(remark(rival));
      if (rival.milliseconds < best.milliseconds) best = rival;
    } catch (error) {
      leftOut.push(`${name} does not work: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  best.backend.activate();
  return {
    backend: best.backend,
    why: [`milliseconds a step: ${measured.join(', ')}`, ...leftOut].join('; '),
  };
}

function remark({ backend, milliseconds }: { backend: Backend; milliseconds: number }): string {
  return `${backend.name} ${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)}`;
}
