/** beex bench --kernels: the kernels by themselves, on shapes of products that models have. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { measureKernels, type ShapeTiming } from '../host/bench/index.ts';
import { digits, table } from './output.ts';

const { resolve } = createRequire(import.meta.url);

export interface KernelReport {
  host: string;
  machine: string;
  shapes: ShapeTiming[];
}

export async function benchKernels(samples: number): Promise<ShapeTiming[]> {
  const [simd, relaxed] = await Promise.all(
    ['simd', 'relaxed'].map((build) => readFile(resolve(`beexformer/bench.${build}.wasm`))),
  );
  const modules = {
    simd: await WebAssembly.compile(simd),
    relaxed: WebAssembly.validate(relaxed) ? await WebAssembly.compile(relaxed) : undefined,
  };
  return measureKernels(modules, undefined, { samples });
}

/** Rates in thousands of millions of multiply-adds a second, and how often as fast as scalar and float32. */
export function kernelText(shapes: readonly ShapeTiming[]): string {
  const rows = shapes.flatMap(({ rows, width, tokens, kernels }) => {
    const rateOf = (name: string) => kernels.find(({ kernel }) => kernel === name)!.rate;
    return kernels.map(({ kernel, rate, p50, low, high }, i) => [
      i === 0 ? `${rows} x ${width}, ${tokens} token${tokens > 1 ? 's' : ''}` : '',
      kernel,
      digits(p50),
      `${digits(low)} - ${digits(high)}`,
      digits(rate),
      digits(rate / rateOf('scalar')),
      digits(rate / rateOf('float32')),
    ]);
  });
  return table(['shape', 'kernel', 'p50 µs', '95 %', 'G/s', 'x scalar', 'x float32'], rows, [0, 1]);
}
