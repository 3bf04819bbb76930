/**
 * The AssemblyScript kernels bound to the memory of tfjs's wasm backend: tensors are handed over
 * as addresses, nothing is copied. The only file that knows the backend's insides.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { KernelExports } from './exports.ts';
import type { DataId, TensorInfo, Tf } from './tfjs.ts';

/** What is used of tfjs's BackendWasm; its own types do not say all of it. */
interface WasmBackend {
  wasm: {
    wasmMemory?: WebAssembly.Memory;
    asm?: { memory: WebAssembly.Memory };
    _malloc(bytes: number): number;
    _free(pointer: number): void;
  };
  dataIdMap: { get(id: DataId): { memoryOffset: number } };
  makeOutput(shape: number[], dtype: 'float32' | 'int32'): TensorInfo;
}

export interface KernelMemory {
  kernels: KernelExports;
  /** Address of a tensor's first element. */
  address(tensor: TensorInfo): number;
  /** A new tensor, not cleared. */
  output(shape: number[]): TensorInfo;
  /** Address of at least so many bytes, 16-aligned, valid until the next call. */
  scratch(bytes: number): number;
}

/** Instantiates build/trainer.wasm on the active wasm backend's memory. */
export function bindKernels(tf: Tf): KernelMemory {
  const backend = tf.backend() as unknown as WasmBackend;
  const memory = backend.wasm.wasmMemory ?? backend.wasm.asm?.memory;
  if (!memory) throw new Error('This version of tfjs-backend-wasm does not show its memory; 4.22 does.');
  const file = createRequire(import.meta.url).resolve('beexformer/trainer.wasm');
  const module = new WebAssembly.Module(readFileSync(file));
  const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;
  let base = 0;
  let capacity = 0;
  const scratch = (bytes: number) => {
    if (bytes > capacity) {
      if (base) backend.wasm._free(base);
      capacity = Math.max(bytes, 2 * capacity);
      base = backend.wasm._malloc(capacity + 15) >>> 0;
      if (!base) throw new Error(`Out of memory: the wasm backend has no ${capacity} bytes left.`);
    }
    return (base + 15) & ~15;
  };
  return {
    kernels,
    address: (tensor) => backend.dataIdMap.get(tensor.dataId).memoryOffset,
    output: (shape) => backend.makeOutput(shape, 'float32'),
    scratch,
  };
}
