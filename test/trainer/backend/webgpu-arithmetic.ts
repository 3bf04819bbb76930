/** Run by webgpu.test.ts in a process that has a driver: prints how far webgpu is from cpu, as JSON. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Backend, chooseBackend } from '../../../trainer/backend/index.ts';
import { createModel, type ModelConfig } from '../../../trainer/model.ts';
import { euclidean, ROUTED, randomBatch, relativeError, SMALL } from '../../trainer-math/toy.ts';

export interface Compared {
  loss: number;
  /** Of the reference, and relative to it, by variable. */
  gradients: Record<string, { norm: number; error: number }>;
}

export interface Arithmetic {
  device: string;
  binarized: Compared;
  twin: Compared;
  /** Losses of three steps on webgpu and on cpu. */
  losses: [number[], number[]];
  /** The largest relative difference of a variable between a run that was resumed and one that was not. */
  resumed: number;
  /** Tensors after three steps less tensors after the first. */
  leaked: number;
  /** Node has what a browser calls navigator only from version 21 on, and without a GPU. */
  navigatorGpu: boolean;
}

const [TEXTS, WIDTH] = [2, 8];
const batch = (seed: number) => randomBatch(SMALL, seed, TEXTS, WIDTH);

function gradients(backend: Backend, config: ModelConfig) {
  const model = createModel(backend, config, 5);
  const result = model.gradients(batch(3), ROUTED);
  model.dispose();
  return result;
}

function compare(config: ModelConfig): Compared {
  const reference = gradients(cpu, config);
  const other = gradients(gpu, config);
  return {
    loss: Math.abs(other.loss - reference.loss),
    gradients: Object.fromEntries(
      [...reference.gradients].map(([name, gradient]) => [
        name,
        { norm: euclidean(gradient), error: relativeError(other.gradients.get(name)!, gradient) },
      ]),
    ),
  };
}

function threeSteps(backend: Backend) {
  const model = createModel(backend, SMALL, 7);
  const losses: number[] = [];
  let tensors = 0;
  for (let step = 0; step < 3; step++) {
    losses.push(model.trainStep(batch(step), ROUTED).loss);
    if (step === 0) tensors = backend.tf.memory().numTensors;
  }
  const leaked = backend.tf.memory().numTensors - tensors;
  const weights = model.export();
  model.dispose();
  return { losses, leaked, weights };
}

/** The same three steps, with a new model after two. */
function interrupted(backend: Backend): Record<string, Float32Array> {
  const first = createModel(backend, SMALL, 7);
  for (let step = 0; step < 2; step++) first.trainStep(batch(step), ROUTED);
  const second = createModel(backend, SMALL, 7);
  second.import(first.export());
  second.importOptimizer(first.exportOptimizer(), first.steps);
  first.dispose();
  second.trainStep(batch(2), ROUTED);
  const weights = second.export();
  second.dispose();
  return weights;
}

const cpu = await chooseBackend('cpu');
const gpu = await chooseBackend('webgpu');
// Whatever of Dawn is not held by now is gone, and Dawn crashes where it is missed.
setFlagsFromString('--expose-gc');
runInNewContext('gc')();
await new Promise((resolve) => setTimeout(resolve, 50));
const whole = threeSteps(gpu);
const parts = interrupted(gpu);
const result: Arithmetic = {
  device: gpu.device ?? '',
  binarized: compare(SMALL),
  twin: compare({ ...SMALL, blocks: 1, twin: true }),
  losses: [whole.losses, threeSteps(cpu).losses],
  resumed: Math.max(...Object.keys(parts).map((name) => relativeError(parts[name], whole.weights[name]))),
  leaked: whole.leaked,
  navigatorGpu: 'gpu' in ((globalThis as { navigator?: object }).navigator ?? {}),
};
process.stdout.write(JSON.stringify(result));
