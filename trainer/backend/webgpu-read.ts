/**
 * Reading a tensor back from the GPU before going on, as the trainer does once a step for the loss.
 * tfjs's WebGPU backend can do so only through a browser's canvas, so its `readSync` is replaced.
 *
 * WebGPU maps memory asynchronously: the mapping is there once Dawn has processed its events. Dawn in
 * Node does that in callbacks that it hands to the global `setImmediate`; here they are taken while
 * memory is being mapped, and called until it is.
 */
import type { Tf } from './tfjs.ts';

/** What is used of tfjs's WebGPUBackend; its own types hide some of it. */
export interface WebGpuBackend {
  tensorMap: { get(id: object): TensorData };
  bufferManager: {
    acquireBuffer(bytes: number, usage: number): MappableBuffer;
    releaseBuffer(buffer: MappableBuffer): void;
  };
  commandEncoder: {
    copyBufferToBuffer(from: unknown, fromByte: number, to: unknown, toByte: number, bytes: number): void;
  };
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  readSync(id: object): unknown;
}

interface TensorData {
  dtype: 'float32' | 'int32' | 'bool';
  /** What the tensor holds, where it is known outside the GPU. */
  values: unknown;
  resource: { size: number };
}

interface MappableBuffer {
  mapState: 'unmapped' | 'pending' | 'mapped';
  mapAsync(mode: number): Promise<void>;
  getMappedRange(): ArrayBuffer;
  unmap(): void;
}

/** From the WebGPU specification: GPUBufferUsage.MAP_READ | COPY_DST, GPUMapMode.READ. */
const READABLE = 0x1 | 0x8;
const MAP_READ = 0x1;

/** Milliseconds between two looks at whether memory is mapped: little beside a training step. */
const NAP = 0.1;
const asleep = new Int32Array(new SharedArrayBuffer(4));

/** Gives the backend a `readSync` that works in Node; `check` throws where the GPU has failed. */
export function readWithoutWaiting(tf: Tf, backend: WebGpuBackend, check: () => void): void {
  backend.readSync = (id) => {
    const tensor = backend.tensorMap.get(id);
    if (!tensor.values) {
      const bytes = download(backend, tensor.resource, check);
      tensor.values = tf.util.convertBackendValuesAndArrayBuffer(bytes, tensor.dtype);
    }
    return tensor.values;
  };
}

function download(backend: WebGpuBackend, from: { size: number }, check: () => void): ArrayBuffer {
  const staging = backend.bufferManager.acquireBuffer(from.size, READABLE);
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.commandEncoder.copyBufferToBuffer(from, 0, staging, 0, from.size);
  backend.submitQueue();
  map(staging);
  check();
  if (staging.mapState !== 'mapped') throw new Error('The GPU gave no result back.');
  const bytes = staging.getMappedRange().slice(0);
  staging.unmap();
  backend.bufferManager.releaseBuffer(staging);
  return bytes;
}

/** Dawn's callbacks that have not been called. */
const waiting = new Set<() => void>();

/** Returns once the buffer is mapped or can't be. */
function map(buffer: MappableBuffer): void {
  const later = globalThis.setImmediate;
  globalThis.setImmediate = ((callback: () => void) => waiting.add(callback)) as never;
  try {
    // A failure shows in the buffer's state.
    buffer.mapAsync(MAP_READ).catch(() => {});
    while (buffer.mapState === 'pending') {
      const [next] = waiting;
      if (!next) throw new Error('This version of the package webgpu maps memory in a way not known here.');
      callOnce(next);
      // Spinning would take a core from the driver, which needs it where the GPU is software.
      if (buffer.mapState === 'pending') Atomics.wait(asleep, 0, 0, NAP);
    }
  } finally {
    globalThis.setImmediate = later;
    for (const callback of waiting) later(() => callOnce(callback));
  }
}

function callOnce(callback: () => void): void {
  if (waiting.delete(callback)) callback();
}
