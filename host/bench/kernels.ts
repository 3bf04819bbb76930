/**
 * The kernels by themselves, on shapes of products that models have, beside the float32 peer: rows x K
 * weights against some tokens. Every result is checked against the scalar kernel's before it is timed.
 */
import { type InterleaveOptions, interleave } from './interleave.ts';
import type { Summary } from './statistics.ts';

/** Exports of kernels/kernels.as.ts; pointers are addresses of bytes in `memory`. */
interface KernelExports {
  memory: WebAssembly.Memory;
  freePointer(): number;
  layLanes(weights: number, rows: number, bytes: number, scratch: number): void;
  preparePairLookup(): void;
  packPairs(input: number, bytes: number, tokens: number, packed: number): void;
  mismatchesScalar(
    w: number,
    rows: number,
    input: number,
    bytes: number,
    tokens: number,
    counts: number,
  ): void;
  mismatchesPopcount(...args: Laned): void;
  mismatchesPairLookup(...args: Laned): void;
  prepareBitPlanes(): void;
  layBitPlanes(w: number, rows: number, bytes: number, planes: number, ones: number): void;
  /** Planes, rows, input, bytes, tokens, counts, the rows' ones, scratch. */
  mismatchesBitPlanes(...args: [...Laned, number]): void;
  multiplyFloats(w: number, rows: number, input: number, width: number, tokens: number, out: number): void;
}
/** Weights, rows, input or packed input, bytes, tokens, counts, stride. */
type Laned = [number, number, number, number, number, number, number];

/** A product of [rows, K] weights and [tokens, K] inputs; rows a multiple of 64, K of 64. */
export interface Shape {
  rows: number;
  width: number;
  tokens: number;
}

export const SHAPES: readonly Shape[] = [
  { rows: 128, width: 128, tokens: 32 },
  { rows: 256, width: 256, tokens: 1 },
  { rows: 256, width: 256, tokens: 16 },
  { rows: 768, width: 768, tokens: 1 },
  { rows: 768, width: 768, tokens: 64 },
];

export interface KernelTiming extends Summary {
  kernel: string;
  /** Multiply-adds a second, in thousands of millions, at the median. */
  rate: number;
}

export interface ShapeTiming extends Shape {
  kernels: KernelTiming[];
}

/** The kernels of the builds: build/bench.simd.wasm, and where the engine takes it build/bench.relaxed.wasm. */
export interface KernelModules {
  simd: WebAssembly.Module;
  relaxed?: WebAssembly.Module;
}

export async function measureKernels(
  modules: KernelModules,
  shapes: readonly Shape[] = SHAPES,
  options: InterleaveOptions = {},
): Promise<ShapeTiming[]> {
  const timings: ShapeTiming[] = [];
  for (const shape of shapes) {
    const { rows, width, tokens } = shape;
    const results = await interleave(subjects(modules, shape), options);
    const products = rows * width * tokens;
    const kernels = results.map(({ name, runsPerSample, ...times }) => ({
      kernel: name,
      rate: products / (1000 * times.p50),
      ...times,
    }));
    timings.push({ ...shape, kernels });
  }
  return timings;
}

/** Each with memory of its own, so that none finds another's data in the cache. */
function subjects({ simd, relaxed }: KernelModules, shape: Shape) {
  const expected = prepare(simd, shape, 'scalar');
  expected.run();
  const kernels: [name: string, kernel: string, module: WebAssembly.Module][] = [
    ['scalar', 'scalar', simd],
    ['popcount', 'popcount', simd],
  ];
  // A lone token has no pair.
  if (shape.tokens > 1) kernels.push(['pair lookup', 'pair lookup', simd]);
  if (shape.tokens > 1 && relaxed) kernels.push(['relaxed pair lookup', 'pair lookup', relaxed]);
  if (shape.rows % 128 === 0) kernels.push(['bit planes', 'bit planes', simd]);
  kernels.push(['float32', 'float32', simd]);
  return kernels.map(([name, kernel, module]) => {
    const subject = prepare(module, shape, kernel);
    subject.run();
    if (name !== 'float32' && String(subject.counts()) !== String(expected.counts())) {
      throw new Error(`the kernel ${name} counts wrong`);
    }
    return { name, run: subject.run };
  });
}

function prepare(module: WebAssembly.Module, { rows, width, tokens }: Shape, name: string) {
  const kernels = new WebAssembly.Instance(module).exports as unknown as KernelExports;
  const bytes = width / 8;
  const weights = kernels.freePointer();
  const input = weights + rows * bytes;
  const packed = input + (tokens + 1) * bytes;
  const counts = (packed + 2 * (tokens + 1) * bytes + 63) & ~63;
  const floats = (counts + 2 * rows * (tokens + 1) + 63) & ~63;
  const floatInput = floats + 4 * rows * width;
  const floatOut = floatInput + 4 * tokens * width;
  const planes = (floatOut + 4 * rows * tokens + 63) & ~63;
  const ones = planes + (rows / 8) * (width + 1);
  const scratch = ones + 2 * rows;
  const end = scratch + 16 * (bytes + 16);
  const missing = Math.ceil(end / 65536) - kernels.memory.buffer.byteLength / 65536;
  if (missing > 0) kernels.memory.grow(missing);
  const memory = new Uint8Array(kernels.memory.buffer);
  // Any bits will do, as long as every instance has the same.
  for (let at = weights; at < packed; at++) memory[at] = Math.imul(at - weights + 1, 0x9e3779b1) >>> 24;
  new Float32Array(kernels.memory.buffer, floats, (floatOut - floats) / 4).fill(0.5);
  kernels.preparePairLookup();
  kernels.prepareBitPlanes();
  if (name === 'bit planes') kernels.layBitPlanes(weights, rows, bytes, planes, ones);
  else if (name !== 'scalar') kernels.layLanes(weights, rows, bytes, counts);
  const pairs = tokens & -2;

  const runs: Record<string, () => void> = {
    scalar: () => kernels.mismatchesScalar(weights, rows, input, bytes, tokens, counts),
    popcount: () => kernels.mismatchesPopcount(weights, rows, input, bytes, tokens, counts, rows),
    // Packing belongs to it: a model packs once for several products, so this is on the safe side.
    'pair lookup': () => {
      kernels.packPairs(input, bytes, pairs, packed);
      kernels.mismatchesPairLookup(weights, rows, packed, bytes, pairs, counts, rows);
    },
    'bit planes': () =>
      kernels.mismatchesBitPlanes(planes, rows, input, bytes, tokens, counts, ones, scratch),
    float32: () => kernels.multiplyFloats(floats, rows, floatInput, width, tokens, floatOut),
  };
  return {
    run: runs[name],
    counts: () => new Uint16Array(kernels.memory.buffer, counts, tokens * rows),
  };
}
