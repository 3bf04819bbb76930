/**
 * What a training step costs: the layers written in plain tfjs operations against the trainer's
 * own kernels, on the same wasm backend, in one run. `npm run bench:train`; names of backends after
 * `--` are measured too, with plain layers, as in `npm run bench:train -- webgpu`.
 */
import { BACKENDS, type BackendName, chooseBackend } from '../trainer/backend/index.ts';
import type { ModelConfig } from '../trainer/model.ts';
import { stepTime } from '../trainer/step-time.ts';
import { UsageError } from './errors.ts';

const TEXTS = 32;

/** The preset micro with a vocabulary of 8000. */
const CONFIG: ModelConfig = {
  hidden: 128,
  slfn: 256,
  blocks: 4,
  heads: 4,
  classes: 2,
  tokens: 32,
  vocabulary: 8000,
  segments: 1,
  rowWidth: 128,
  twin: false,
  dropout: { embedding: 0.1, block: 0.1, exit: 0.1 },
};

/** Prints and returns the median milliseconds of `steps` steps. */
async function measure(what: string, name: BackendName, twin: boolean, steps: number): Promise<number> {
  const backend = await chooseBackend(name);
  const milliseconds = stepTime(
    backend,
    { ...CONFIG, twin },
    { texts: TEXTS, warmUp: Math.min(5, steps), steps },
  );
  const device = backend.device ? ` (${backend.device})` : '';
  console.log(`${(what + device).padEnd(56)} ${milliseconds.toFixed(1).padStart(8)} ms a step`);
  return milliseconds;
}

const others = process.argv.slice(2);
const unknown = others.find((name) => !(BACKENDS as readonly string[]).includes(name));
if (unknown !== undefined) throw new UsageError(`${unknown} is no backend; there are ${BACKENDS.join(', ')}`);

console.log(
  `d 128, f 256, L 4, ${TEXTS} texts of ${CONFIG.tokens} tokens, vocabulary 8000; wasm has one thread\n`,
);
const plain = await measure('wasm, binarized, layers written plainly', 'wasm-plain', false, 3);
const kernels = await measure('wasm, binarized, kernels', 'wasm', false, 30);
await measure('wasm, float twin, kernels', 'wasm', true, 15);
for (const name of others as BackendName[]) await measure(`${name}, binarized`, name, false, 5);
console.log(`\nkernels are ${(plain / kernels).toFixed(1)} times faster than plain layers`);
