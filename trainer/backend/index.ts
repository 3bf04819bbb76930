/**
 * Chooses what the trainer computes on:
 * - `wasm`: tfjs's wasm backend with the trainer's own kernels, the fast one;
 * - `wasm-plain`: the same backend, layers written in tfjs operations;
 * - `cpu`: the reference, very slow.
 * tfjs has one active backend a process; a handle makes itself active before it is used.
 */
import { dirname, sep } from 'node:path';
import { registerGradients } from './gradients.ts';
import { bindKernels, type KernelMemory } from './memory.ts';
import { registerSegmentSum } from './segment-sum.ts';
import { loadTfjs, resolveTfjs, type Tf } from './tfjs.ts';

export const BACKENDS = ['wasm', 'wasm-plain', 'cpu'] as const;
export type BackendName = (typeof BACKENDS)[number];

export interface Backend {
  name: BackendName;
  tf: Tf;
  /** The kernels, for `wasm`; otherwise undefined and layers are plain. */
  memory: KernelMemory | undefined;
  /** Makes tfjs compute here; cheap. */
  activate(): void;
}

/** Loads and starts a backend. Throws MissingTfjs where tfjs is not installed. */
export async function chooseBackend(name: BackendName): Promise<Backend> {
  const tf = loadTfjs<Tf>('@tensorflow/tfjs-core');
  const tfName = name === 'cpu' ? 'cpu' : 'wasm';
  if (tfName === 'cpu') loadTfjs('@tensorflow/tfjs-backend-cpu');
  else prepareWasm(tf);
  tf.enableProdMode();
  if (!(await tf.setBackend(tfName))) throw new Error(`tfjs could not start its ${tfName} backend.`);
  await tf.ready();
  registerGradients(tf);
  if (tfName === 'wasm') registerSegmentSum(tf);
  return {
    name,
    tf,
    memory: name === 'wasm' ? sharedKernels(tf) : undefined,
    // Once a backend has started, setBackend takes effect before it returns.
    activate: () => void tf.setBackend(tfName),
  };
}

let bound: KernelMemory | undefined;

/** The wasm backend is started once a process, so its kernels are bound once. */
function sharedKernels(tf: Tf): KernelMemory {
  bound ??= bindKernels(tf);
  return bound;
}

interface WasmPackage {
  setWasmPaths(folder: string): void;
}

function prepareWasm(tf: Tf): void {
  if (tf.findBackendFactory('wasm') && tf.engine().registry['wasm']) return;
  const wasm = loadTfjs<WasmPackage>('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(dirname(resolveTfjs('@tensorflow/tfjs-backend-wasm')) + sep);
  // Threads gain little at these sizes and their shared memory would need another kernel build.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
}
