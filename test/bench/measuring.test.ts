/** Statistics, interleaved runs and the kernels' microbench: what they compute, not how fast anything is. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interleave, measureKernels, quantiles, summarize } from '../../host/bench/index.ts';
import { randomSource } from '../support/random-model.ts';
import '../support/relaxed-simd.ts';

const { resolve } = createRequire(import.meta.url);

describe('a summary', () => {
  it('has the order statistics of the binomial interval', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
    // 50 -+ 9.8
    expect(summarize(hundred)).toEqual({ p50: 50, p95: 95, low: 41, high: 60 });
    expect(summarize([7])).toEqual({ p50: 7, p95: 7, low: 7, high: 7 });
    expect(summarize([3, 1, 2])).toEqual({ p50: 2, p95: 3, low: 1, high: 3 });
  });

  it('holds the median between its ends, and the true one 19 times of 20', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
        const { p50, low, high } = summarize(values);
        expect(low).toBeLessThanOrEqual(p50);
        expect(high).toBeGreaterThanOrEqual(p50);
        expect(p50).toBe(quantiles(values).p50);
      }),
    );
    const random = randomSource(1);
    let hits = 0;
    for (let i = 0; i < 1000; i++) {
      const { low, high } = summarize(Array.from({ length: 40 }, () => random() ** 3));
      if (low <= 0.125 && high >= 0.125) hits++;
    }
    expect(hits).toBeGreaterThan(930);
    expect(hits).toBeLessThan(985);
  });
});

describe('interleaved runs', () => {
  it('take turns, and give each subject its own time', async () => {
    let clock = 0;
    const order: string[] = [];
    const subject = (name: string, time: number) => ({
      name,
      run: () => {
        order.push(name);
        clock += time;
      },
    });
    const results = await interleave([subject('slow', 3), subject('fast', 1)], {
      samples: 4,
      warmup: 0,
      sample: 1,
      now: () => {
        clock += 1e-6;
        return clock;
      },
    });
    expect(results.map(({ name }) => name)).toEqual(['slow', 'fast']);
    expect(results[0].p50).toBeCloseTo(3000, 0);
    expect(results[1].p50).toBeCloseTo(1000, 0);
    expect(order.slice(-8).join(' ')).toBe('slow fast fast slow slow fast fast slow');
  });

  it('wait for what is asynchronous', async () => {
    const pause = { name: 'pause', run: () => new Promise((done) => setTimeout(done, 3)) };
    const [{ p50, low, high }] = await interleave([pause], { samples: 3, warmup: 0 });
    expect(p50).toBeGreaterThan(1500);
    expect([low <= p50, p50 <= high]).toEqual([true, true]);
  });
});

describe('the kernels', () => {
  it('of the builds are timed beside the float peer', async () => {
    const module = (build: string) =>
      new WebAssembly.Module(readFileSync(resolve(`beexformer/bench.${build}.wasm`)));
    const modules = { simd: module('simd'), relaxed: module('relaxed') };
    const kernels = ['scalar', 'popcount', 'pair lookup', 'relaxed pair lookup', 'float32'];
    const shapes = [{ rows: 64, width: 128, tokens: 4 }];
    const [timing] = await measureKernels(modules, shapes, { samples: 2, warmup: 1, sample: 0.05 });
    expect(timing.kernels.map(({ kernel }) => kernel)).toEqual(kernels);
    for (const { rate, p50 } of timing.kernels) expect(rate).toBeCloseTo((64 * 128 * 4) / p50 / 1000, 6);
  });

  it('multiply floats', () => {
    interface Peer {
      memory: WebAssembly.Memory;
      freePointer(): number;
      multiplyFloats(w: number, rows: number, x: number, width: number, tokens: number, out: number): void;
    }
    const module = new WebAssembly.Module(readFileSync(resolve('beexformer/bench.simd.wasm')));
    const { memory, freePointer, multiplyFloats } = new WebAssembly.Instance(module)
      .exports as unknown as Peer;
    const [rows, width, tokens] = [32, 8, 5];
    memory.grow(1);
    const floats = new Float32Array(memory.buffer, freePointer());
    const random = randomSource(9);
    const small = () => Math.floor(9 * random()) - 4;
    // Small whole numbers, so that no order of adding up rounds.
    const weights = Array.from({ length: rows }, () => Array.from({ length: width }, small));
    const inputs = Array.from({ length: tokens }, () => Array.from({ length: width }, small));
    weights.forEach((row, r) => {
      row.forEach((weight, k) => {
        floats[(Math.floor(r / 8) * width + k) * 8 + (r % 8)] = weight;
      });
    });
    const input = rows * width;
    floats.set(inputs.flat(), input);
    const out = input + tokens * width;
    const at = (index: number) => freePointer() + 4 * index;
    multiplyFloats(at(0), rows, at(input), width, tokens, at(out));
    const expected = inputs.flatMap((x) => weights.map((w) => w.reduce((sum, v, k) => sum + v * x[k], 0)));
    expect([...floats.subarray(out, out + rows * tokens)]).toEqual(expected);
  });
});
