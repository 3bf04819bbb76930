/** The kernel that only the bench has: the scalar kernel's counts, whatever the bits. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';

const module = new WebAssembly.Module(readFileSync(new URL('../../build/bench.simd.wasm', import.meta.url)));

type Kernel = (...numbers: number[]) => void;

/** u16[tokens, rows] by both kernels. */
function countBoth(weights: Uint8Array, inputs: Uint8Array, rows: number, bytes: number) {
  const exports = new WebAssembly.Instance(module).exports;
  const kernels = exports as unknown as Record<string, Kernel> & { freePointer(): number };
  const memory = exports.memory as WebAssembly.Memory;
  const tokens = inputs.length / bytes;
  const given = kernels.freePointer();
  const input = given + weights.length;
  const planes = (input + inputs.length + 63) & ~63;
  const ones = planes + (rows / 8) * (8 * bytes + 1);
  const scratch = ones + 2 * rows;
  const counts = scratch + 16 * (bytes + 16);
  memory.grow(Math.ceil((counts + 2 * rows * tokens) / 65536));
  const all = new Uint8Array(memory.buffer);
  all.set(weights, given);
  all.set(inputs, input);
  const result = () => [...new Uint16Array(memory.buffer, counts, rows * tokens)];
  kernels.mismatchesScalar(given, rows, input, bytes, tokens, counts);
  const expected = result();
  kernels.prepareBitPlanes();
  kernels.layBitPlanes(given, rows, bytes, planes, ones);
  all.fill(0xee, counts, counts + 2 * rows * tokens);
  kernels.mismatchesBitPlanes(planes, rows, input, bytes, tokens, counts, ones, scratch);
  return { expected, counted: result() };
}

const shapes = fc.record({
  rows: fc.constantFrom(128, 256),
  bytes: fc.constantFrom(8, 24, 96, 120),
  tokens: fc.integer({ min: 1, max: 3 }),
});
const cases = shapes.chain(({ rows, bytes, tokens }) => {
  const bits = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  return fc.record({
    rows: fc.constant(rows),
    bytes: fc.constant(bytes),
    weights: bits(rows * bytes),
    inputs: bits(tokens * bytes),
  });
});

test('counts what the scalar kernel counts', () => {
  fc.assert(
    fc.property(cases, ({ rows, bytes, weights, inputs }) => {
      const { expected, counted } = countBoth(weights, inputs, rows, bytes);
      expect(counted).toEqual(expected);
    }),
    // Shrinking that many bits would take minutes.
    { numRuns: 40, endOnFailure: true },
  );
});

test.each([
  [0xff, 0xff],
  [0xff, 0],
  [0, 0xff],
])('the largest sums: weights %i, inputs %i', (weight, input) => {
  const { expected, counted } = countBoth(
    new Uint8Array(128 * 120).fill(weight),
    new Uint8Array(120).fill(input),
    128,
    120,
  );
  expect(counted).toEqual(expected);
  expect(counted[127]).toBe(weight === input ? 0 : 960);
});

test('sums of all sizes: row r differs from the input in its first 7.5 r bits', () => {
  const sums = Array.from({ length: 128 }, (_, row) => Math.floor(7.5 * row));
  const weights = new Uint8Array(128 * 120);
  sums.forEach((ones, row) => {
    for (let bit = 0; bit < ones; bit++) weights[row * 120 + (bit >> 3)] |= 1 << (bit & 7);
  });
  const { expected, counted } = countBoth(weights, new Uint8Array(120), 128, 120);
  expect(expected).toEqual(sums);
  expect(counted).toEqual(sums);
});
