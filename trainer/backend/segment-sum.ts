/** UnsortedSegmentSum, the gradient of gather, which tfjs's wasm backend lacks. */
import type { TensorInfo, Tf } from './tfjs.ts';

interface Heap {
  makeOutput(shape: number[], dtype: string): TensorInfo;
  typedArrayFromHeap(tensor: TensorInfo): Float32Array | Int32Array;
}

/** Registers the kernel on the wasm backend, once. */
export function registerSegmentSum(tf: Tf): void {
  if (tf.getKernel('UnsortedSegmentSum', 'wasm')) return;
  tf.registerKernel({
    kernelName: 'UnsortedSegmentSum',
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const { x, segmentIds } = inputs as { x: TensorInfo; segmentIds: TensorInfo };
      const heap = backend as Heap;
      const inner = x.shape.slice(segmentIds.shape.length);
      const width = inner.reduce((product, size) => product * size, 1);
      const result = heap.makeOutput([attrs?.['numSegments'] as number, ...inner], 'float32');
      const sums = heap.typedArrayFromHeap(result).fill(0);
      const values = heap.typedArrayFromHeap(x);
      const ids = heap.typedArrayFromHeap(segmentIds);
      for (let i = 0; i < ids.length; i++) {
        const to = ids[i] * width;
        for (let j = 0; j < width; j++) sums[to + j] += values[i * width + j];
      }
      return result;
    },
  });
}
