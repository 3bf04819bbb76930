/**
 * Our own float32 kernel on the twin's products, and on nothing else of it: no attention, no norms. A float32
 * core built like ours could not be faster than this.
 */
import type { Dimensions } from '../../model-file/parts.ts';
import type { Peer } from './peer.ts';

interface Kernel {
  memory: WebAssembly.Memory;
  freePointer(): number;
  multiplyFloats(w: number, rows: number, input: number, width: number, tokens: number, out: number): void;
}

/** @param module build/bench.simd.wasm */
export function floatKernelPeer(
  { hidden: d, slfn: f, blocks, recurrence = 0 }: Dimensions,
  module: WebAssembly.Module,
  tokens: number,
): Peer {
  const { memory, freePointer, multiplyFloats } = new WebAssembly.Instance(module)
    .exports as unknown as Kernel;
  const products = [
    ...(recurrence === 1 ? [{ rows: 2 * d, width: d }] : []),
    { rows: 3 * d, width: d },
    { rows: d, width: d },
    { rows: 2 * f, width: d },
    { rows: d, width: f },
    { rows: d, width: f },
  ];
  let end = freePointer();
  const room = (floats: number) => {
    const start = end;
    end += 4 * floats;
    return start;
  };
  const input = room(tokens * Math.max(d, f));
  const out = room(tokens * Math.max(3 * d, 2 * f));
  // Weights of their own for every block: the cache sees as many as a model has.
  const calls = Array.from({ length: blocks }, () => products).flatMap((each) =>
    each.map(({ rows, width }) => ({ rows, width, weights: room(rows * width) })),
  );
  const missing = Math.ceil((end - memory.buffer.byteLength) / 65536);
  if (missing > 0) memory.grow(missing);
  new Float32Array(memory.buffer, input, (end - input) / 4).fill(0.25);
  return {
    name: 'float32 kernel, products only',
    run() {
      for (const { rows, width, weights } of calls) {
        multiplyFloats(weights, rows, input, width, tokens, out);
      }
      return [];
    },
    dispose() {},
  };
}
