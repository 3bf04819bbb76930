/** The kernels against each other, and exp and ln against the ones that everybody knows. */
import asc from 'assemblyscript/asc';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { EXP_ROUNDER, POWER_LEAST } from '../../assembly/kernel/polynomials.ts';
import {
  halfToSingle,
  exp as referenceExp,
  ln as referenceLn,
  power as referencePower,
} from '../reference/single.ts';
import { randomSource } from '../support/random-model.ts';
import '../support/relaxed-simd.ts';

interface Kernels {
  memory: WebAssembly.Memory;
  freePointer(): number;
  layLanes(weights: number, rows: number, bytes: number, scratch: number): void;
  mismatchesPlain(row: number, stride: number, input: number, bytes: number): number;
  mismatchesScalar(...args: number[]): void;
  mismatchesPopcount(...args: number[]): void;
  preparePairLookup(): void;
  packPairs(input: number, bytes: number, tokens: number, packed: number): void;
  mismatchesPairLookup(...args: number[]): void;
  addStates(...args: number[]): void;
  layPowers(step: number, width: number, bits: number, powers: number): void;
  weighSigns(...args: number[]): void;
  exp(x: number): number;
  power(z: number, rounder: number): number;
  powerOfLane(z: number, rounder: number): number;
  ln(x: number): number;
  halfToFloat(half: number): number;
}

let kernels: Kernels;
/** The same with relaxed SIMD. */
let relaxed: Kernels;

async function compile(...features: string[]): Promise<Kernels> {
  const source = new URL('./kernels.as.ts', import.meta.url).pathname;
  const options = ['-O3', '--runtime', 'stub', '--use', 'abort=', '--disableWarning', '112'];
  for (const feature of features) options.push('--enable', feature);
  let binary = new Uint8Array();
  const { error, stderr } = await asc.main(
    [source, ...options, '--outFile', 'kernels.wasm', '--baseDir', '/'],
    {
      writeFile: (_name, contents) => {
        binary = contents as Uint8Array<ArrayBuffer>;
      },
    },
  );
  if (error) throw new Error(stderr.toString());
  const compiled = new WebAssembly.Instance(new WebAssembly.Module(binary)).exports as unknown as Kernels;
  compiled.memory.grow(64);
  compiled.preparePairLookup();
  return compiled;
}

beforeAll(async () => {
  kernels = await compile('simd');
  relaxed = await compile('simd', 'relaxed-simd');
});

describe('mismatches', () => {
  const shape = fc.record({
    blocks: fc.integer({ min: 1, max: 6 }),
    // The longer ones overflow 8-bit lanes of every kernel more than once.
    words: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 30, max: 64 })),
    tokens: fc.integer({ min: 1, max: 7 }),
    seed: fc.integer(),
    fill: fc.constantFrom('random', 'equal', 'opposite'),
  });

  it.each([
    ['simd', () => kernels],
    ['relaxed', () => relaxed],
  ])('are the same by every kernel: %s', (_build, kernelsOf) => {
    const kernels = kernelsOf();
    fc.assert(
      fc.property(shape, ({ blocks, words, tokens, seed, fill }) => {
        const rows = 16 * blocks;
        const bytes = 8 * words;
        const even = tokens + (tokens % 2);
        const weights = kernels.freePointer();
        const input = weights + rows * bytes;
        const packed = input + even * bytes;
        const counts = packed + even * bytes * 2;
        const memory = new Uint8Array(kernels.memory.buffer);
        const random = randomSource(seed);
        for (let at = weights; at < packed; at++) {
          if (fill === 'random') memory[at] = 256 * random();
          else memory[at] = fill === 'opposite' && at >= input ? 0xff : 0;
        }
        const countsOf = (run: () => void): number[] => {
          memory.fill(0xee, counts, counts + even * rows * 2);
          run();
          return [...new Uint16Array(kernels.memory.buffer, counts, tokens * rows)];
        };
        const plain = (stride: number, rowAt: (row: number) => number) =>
          Array.from({ length: tokens * rows }, (_, i) =>
            kernels.mismatchesPlain(rowAt(i % rows), stride, input + Math.floor(i / rows) * bytes, bytes),
          );

        const expected = plain(1, (row) => weights + row * bytes);
        expect(countsOf(() => kernels.mismatchesScalar(weights, rows, input, bytes, tokens, counts))).toEqual(
          expected,
        );

        kernels.layLanes(weights, rows, bytes, counts);
        expect(plain(16, (row) => weights + Math.floor(row / 16) * 16 * bytes + (row % 16))).toEqual(
          expected,
        );
        expect(
          countsOf(() => kernels.mismatchesPopcount(weights, rows, input, bytes, tokens, counts, rows)),
        ).toEqual(expected);
        kernels.packPairs(input, bytes, even, packed);
        expect(
          countsOf(() => kernels.mismatchesPairLookup(weights, rows, packed, bytes, even, counts, rows)),
        ).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });
});

/** From 0 down to -62, closer together near 0. */
const EXPONENTS = Array.from({ length: 20_000 }, (_, i) => Math.fround(-62 * (i / 19_999) ** 3));
/** From 1 to 1e6. */
const ARGUMENTS = Array.from({ length: 20_000 }, (_, i) => Math.fround(10 ** ((6 * i) / 19_999)));

function worst(values: number[], approximate: (x: number) => number, exact: (x: number) => number): number {
  return Math.max(...values.map((x) => (exact(x) === 0 ? 0 : Math.abs(approximate(x) / exact(x) - 1))));
}

describe('exp', () => {
  it('is the same in one lane, in four, and in the reference', () => {
    for (const x of [...EXPONENTS, -0, -Infinity, Number.NaN]) expect(kernels.exp(x)).toBe(referenceExp(x));
    for (const z of EXPONENTS.filter((x) => x >= POWER_LEAST)) {
      expect(kernels.power(z, EXP_ROUNDER + 14)).toBe(referencePower(z, 14));
      expect(kernels.powerOfLane(z, EXP_ROUNDER + 14)).toBe(referencePower(z, 14));
    }
  });

  it('is as near as polynomials.ts says', () => {
    const near = EXPONENTS.filter((x) => x >= -1);
    expect(worst(near, kernels.exp, Math.exp)).toBeLessThan(5.3e-7);
    const all = EXPONENTS.filter((x) => x >= -60);
    expect(worst(all, kernels.exp, Math.exp)).toBeLessThan(3.9e-6);
  });

  it('is 1 at 0 and stays at its value of -60 below', () => {
    expect(kernels.exp(0)).toBe(1);
    expect(kernels.exp(-1e9)).toBe(kernels.exp(-60));
  });
});

describe('ln', () => {
  it('is the same in the reference', () => {
    for (const x of ARGUMENTS) expect(kernels.ln(x)).toBe(referenceLn(x));
  });

  it('is as near as polynomials.ts says', () => {
    expect(worst(ARGUMENTS, kernels.ln, Math.log)).toBeLessThan(2.3e-7);
    expect(kernels.ln(1)).toBe(0);
  });
});

describe('weights of binary scores', () => {
  const WIDTH = 32;
  const BITS = 14;

  it.each([1, 2, 7, 8, 9, 21, 32])(
    'are the powers of four queries for %i keys, and shares of their sums',
    (keys) => {
      const stride = 16 * Math.ceil(keys / 16);
      const powers = kernels.freePointer();
      const counts = powers + 2 * (WIDTH + 2);
      const weights = (counts + 8 * stride + 15) & ~15;
      const shares = weights + 8 * (keys + 1);
      const step = Math.fround(0.37);
      kernels.layPowers(step, WIDTH, BITS, powers);
      const given = new Uint16Array(kernels.memory.buffer, counts, 4 * stride);
      const random = randomSource(keys);
      // What is behind the keys is less than any of them, and must not count.
      for (const i of given.keys()) given[i] = i % stride < keys ? 3 + 30 * random() : 0;
      const copy = [...given];
      new Uint8Array(kernels.memory.buffer, weights, 8 * (keys + 1)).fill(0xee);
      kernels.weighSigns(counts, stride, keys, powers, weights, shares);
      // Two keys side by side, for each query.
      const written = new Uint16Array(kernels.memory.buffer, weights, 8 * Math.ceil(keys / 2));
      for (let query = 0; query < 4; query++) {
        const own = copy.slice(query * stride, query * stride + keys);
        const least = Math.min(...own);
        const expected = own.map((count) => {
          const z = Math.max(-60, Math.fround(Math.fround(least - count) * step));
          return Math.round(referencePower(z, BITS));
        });
        const at = (key: number) => written[8 * (key >> 1) + 2 * query + (key & 1)];
        expect(own.map((_, key) => at(key))).toEqual(expected);
        if (keys % 2 === 1) expect(at(keys)).toBe(0);
        const sum = expected.reduce((total, weight) => total + weight, 0);
        const share = new Float32Array(kernels.memory.buffer, shares, 4)[query];
        expect(share).toBe(Math.fround(1 / sum));
      }
    },
  );
});

describe('states of a recurrence', () => {
  const ROWS = 64;

  /** h of every token in its first channel, and in the first that goes backwards. */
  function statesOf(values: number[], forget: number): number[][] {
    const start = kernels.freePointer();
    const tokens = values.length;
    const bytes = 4 * ROWS;
    const [counts, x] = [start + 4 * bytes, start + 4 * bytes + 2 * tokens * ROWS];
    const floats = (at: number, length: number) => new Float32Array(kernels.memory.buffer, at, length);
    // Scale and offset of the forget gate, then of the value.
    for (const [i, value] of [0, forget, 1, 0].entries()) floats(start + i * bytes, ROWS).fill(value);
    const places = new Uint16Array(kernels.memory.buffer, counts, tokens * ROWS);
    places.forEach((_, i) => {
      places[i] = values[Math.floor(i / ROWS)];
    });
    floats(x, tokens * ROWS).fill(0);
    const value = [counts, start + 2 * bytes, start + 3 * bytes];
    kernels.addStates(counts, start, start + bytes, ...value, ROWS, tokens, x, ROWS);
    return values.map((_, token) => [
      floats(x, tokens * ROWS)[token * ROWS],
      floats(x, tokens * ROWS)[token * ROWS + 32],
    ]);
  }

  it('go forwards in one half of the channels, and backwards in the other', () => {
    expect(statesOf([8, 16, 32], 0.5)).toEqual([
      [4, 12],
      [10, 16],
      [21, 16],
    ]);
    expect(statesOf([8], 0.5)).toEqual([[4, 4]]);
  });

  it('keep all or nothing where the gate is beyond its range', () => {
    expect(statesOf([8, 16], 3)).toEqual([
      [0, 0],
      [0, 0],
    ]);
    for (const forget of [-2, Number.NaN]) {
      expect(statesOf([8, 16], forget)).toEqual([
        [8, 8],
        [16, 16],
      ]);
    }
  });
});

it('half floats are exact, all 65536 of them', () => {
  for (let half = 0; half < 65536; half++) expect(kernels.halfToFloat(half)).toBe(halfToSingle(half));
});
