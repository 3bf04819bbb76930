/**
 * Starts what the trainer computes on; auto.ts chooses one.
 * - `wasm`: tfjs's wasm backend with the trainer's own kernels, the fast one without a GPU;
 * - `wasm-plain`: the same backend, layers written in tfjs operations;
 * - `webgpu`: a GPU through Dawn, layers written in tfjs operations, as in the two below;
 * - `node`, `node-gpu`: TensorFlow, where the user has installed its package;
 * - `cpu`: the reference, very slow.
 * tfjs has one active backend a process; a handle makes itself active before it is used.
 */
import { registerGradients } from './gradients.ts';
import type { KernelMemory } from './memory.ts';
import { startTensorFlow } from './tensorflow.ts';
import { loadTfjs, type Tf } from './tfjs.ts';
import { sharedKernels, startWasm } from './wasm.ts';
import { startWebGpu } from './webgpu.ts';

export const BACKENDS = ['wasm', 'wasm-plain', 'webgpu', 'node', 'node-gpu', 'cpu'] as const;
export type BackendName = (typeof BACKENDS)[number];

export interface Backend {
  name: BackendName;
  /** What it computes on, in words; undefined where the name says all. */
  device: string | undefined;
  tf: Tf;
  /** The kernels, for `wasm`; otherwise undefined and layers are plain. */
  memory: KernelMemory | undefined;
  /** Makes tfjs compute here; cheap. */
  activate(): void;
}

/** How tfjs calls each, and what has to be done before tfjs can be set to it. */
const STARTS: Record<BackendName, { tfjs: string; start: (tf: Tf) => Promise<string | undefined> }> = {
  wasm: { tfjs: 'wasm', start: startWasm },
  'wasm-plain': { tfjs: 'wasm', start: startWasm },
  webgpu: { tfjs: 'webgpu', start: startWebGpu },
  node: { tfjs: 'tensorflow', start: () => startTensorFlow('@tensorflow/tfjs-node') },
  'node-gpu': { tfjs: 'tensorflow', start: () => startTensorFlow('@tensorflow/tfjs-node-gpu') },
  cpu: { tfjs: 'cpu', start: startCpu },
};

/**
 * Loads and starts a backend.
 * @throws MissingPackageError where it needs one that is not installed, Error where it does not start
 */
export async function chooseBackend(name: BackendName): Promise<Backend> {
  const tf = loadTfjs<Tf>('@tensorflow/tfjs-core');
  const { tfjs, start } = STARTS[name];
  const device = await start(tf);
  tf.enableProdMode();
  if (!(await tf.setBackend(tfjs))) throw new Error(`tfjs could not start its ${tfjs} backend.`);
  await tf.ready();
  registerGradients(tf);
  return {
    name,
    device,
    tf,
    memory: name === 'wasm' ? sharedKernels(tf) : undefined,
    // Once a backend has started, setBackend takes effect before it returns.
    activate: () => void tf.setBackend(tfjs),
  };
}

async function startCpu(): Promise<undefined> {
  loadTfjs('@tensorflow/tfjs-backend-cpu');
}
