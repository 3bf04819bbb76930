/**
 * What a training step costs: the layers written in plain tfjs operations against the trainer's
 * own kernels, on the same wasm backend, in one run. `npm run bench:train`.
 */
import { chooseBackend } from '../trainer/backend/index.ts';
import { type Batch, createModel, type ModelConfig } from '../trainer/model.ts';
import { createRandom } from '../trainer/random.ts';

const TEXTS = 32;
const TOKENS = 32;

/** The preset micro with a vocabulary of 8000. */
const CONFIG: ModelConfig = {
  hidden: 128,
  slfn: 256,
  blocks: 4,
  heads: 4,
  classes: 2,
  tokens: TOKENS,
  vocabulary: 8000,
  segments: 1,
  rowWidth: 128,
  twin: false,
  dropout: { embedding: 0.1, block: 0.1, exit: 0.1 },
};

/** Texts of full length, so that every token is work. */
function batch(seed: number): Batch {
  const random = createRandom(seed);
  return {
    size: TEXTS,
    width: TOKENS,
    ids: Int32Array.from({ length: TEXTS * TOKENS }, () => random.below(CONFIG.vocabulary)),
    lengths: new Int32Array(TEXTS).fill(TOKENS),
    labels: Int32Array.from({ length: TEXTS }, () => random.below(CONFIG.classes)),
  };
}

/** Median milliseconds of `steps` steps, after a few to warm up. */
async function measure(name: 'wasm' | 'wasm-plain', twin: boolean, steps: number): Promise<number> {
  const backend = await chooseBackend(name);
  const model = createModel(backend, { ...CONFIG, twin }, 1);
  const times: number[] = [];
  const warmUp = Math.min(5, steps);
  for (let step = 0; step < steps + warmUp; step++) {
    const input = batch(step);
    const start = performance.now();
    model.trainStep(input);
    if (step >= warmUp) times.push(performance.now() - start);
  }
  model.dispose();
  return times.sort((a, b) => a - b)[times.length >> 1];
}

function line(what: string, milliseconds: number): void {
  console.log(`${what.padEnd(44)} ${milliseconds.toFixed(1).padStart(8)} ms a step`);
}

console.log(
  `d 128, f 256, L 4, ${TEXTS} texts of ${TOKENS} tokens, vocabulary 8000, wasm backend, one thread\n`,
);
const plain = await measure('wasm-plain', false, 3);
line('binarized, layers written plainly', plain);
const kernels = await measure('wasm', false, 30);
line('binarized, kernels', kernels);
line('float twin, kernels', await measure('wasm', true, 15));
console.log(`\nkernels are ${(plain / kernels).toFixed(1)} times faster than plain layers`);
