/** tfjs's wasm backend, one thread, and the kernels bound to its memory. */
import { dirname, sep } from 'node:path';
import { bindKernels, type KernelMemory } from './memory.ts';
import { registerSegmentSum } from './segment-sum.ts';
import { loadTfjs, resolveTfjs, type Tf } from './tfjs.ts';

interface WasmPackage {
  setWasmPaths(folder: string): void;
}

export async function startWasm(tf: Tf): Promise<undefined> {
  if (!(tf.findBackendFactory('wasm') && tf.engine().registry['wasm'])) {
    const wasm = loadTfjs<WasmPackage>('@tensorflow/tfjs-backend-wasm');
    wasm.setWasmPaths(dirname(resolveTfjs('@tensorflow/tfjs-backend-wasm')) + sep);
    // Threads gain little at these sizes and their shared memory would need another kernel build.
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  }
  registerSegmentSum(tf);
}

let bound: KernelMemory | undefined;

/** The wasm backend is started once a process, so its kernels are bound once. */
export function sharedKernels(tf: Tf): KernelMemory {
  bound ??= bindKernels(tf);
  return bound;
}
