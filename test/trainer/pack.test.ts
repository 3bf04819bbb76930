/** Folding of signs, scales, limits and rows, checked against the layers' definition in doubles. */
import { describe, expect, test } from 'vitest';
import { RowKind } from '../../assembly/format.ts';
import { floatFromHalf } from '../../host/model-file/index.ts';
import { initialValues, type ModelConfig, variableShapes } from '../../trainer/layers/config.ts';
import { int8Rows, packBlock, packEmbedding, packSigns, withPackedEmbedding } from '../../trainer/pack.ts';
import { createRandom } from '../../trainer/random.ts';
import { TOY_SHAPE } from './toy.ts';

const SHAPE = { ...TOY_SHAPE, lightRecurrence: true };
const { hidden, slfn, heads } = SHAPE;

function randomWeights(seed: number, rowWidth = hidden): Record<string, Float32Array> {
  const config: ModelConfig = {
    ...SHAPE,
    classes: 2,
    vocabulary: 20,
    segments: 2,
    rowWidth,
    twin: false,
    dropout: { embedding: 0, block: 0, exit: 0 },
  };
  const random = createRandom(seed);
  const weights: Record<string, Float32Array> = {};
  for (const [name, initial] of variableShapes(config)) weights[name] = initialValues(initial, random);
  // Gains of both signs and zero, biases that matter: what folding must get right.
  for (const [name, values] of Object.entries(weights)) {
    if (name.endsWith('.gain')) weights[name] = values.map((_, i) => (i === 5 ? 0 : random.normal()));
    if (name.endsWith('.bias')) weights[name] = values.map(() => random.normal());
  }
  return weights;
}

const signOf = (x: number): number => (x >= 0 ? 1 : -1);

/** alpha_j (sum_i sign(W)_ji x_i) + b_j, x as given. */
function dense(weights: Record<string, Float32Array>, name: string, x: number[], row: number): number {
  const latent = weights[`${name}.weight`].subarray(row * x.length, (row + 1) * x.length);
  const mean = latent.reduce((sum, w) => sum + Math.abs(w), 0) / x.length;
  const dot = x.reduce((sum, value, i) => sum + signOf(latent[i]) * value, 0);
  return weights[`${name}.gain`][row] * mean * dot + weights[`${name}.bias`][row];
}

/** Bits in which a row and the input differ. */
function mismatches(bits: Uint8Array, row: number, input: boolean[]): number {
  const start = row * input.length;
  return input.filter((bit, k) => bit !== (((bits[(start + k) >> 3] >> ((start + k) & 7)) & 1) === 1)).length;
}

const randomBits = (count: number, seed: number): boolean[] => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => random.uniform() < 0.5);
};

describe('packBlock', () => {
  const weights = randomWeights(1);
  const block = packBlock(weights, 0, SHAPE);
  const input = randomBits(hidden, 2);
  const signed = input.map((bit) => (bit ? 1 : -1));
  const wide = randomBits(slfn, 3);

  test('output: y = mis * scale + offset is alpha (W . x) + b', () => {
    for (let row = 0; row < hidden; row++) {
      const y =
        mismatches(block.output.bits, row, input) * block.output.scale[row] + block.output.offset[row];
      expect(y).toBeCloseTo(dense(weights, 'block0.output', signed, row), 4);
    }
  });

  test('recurrence: the forget gate has the line of its hard sigmoid in it, the value has not', () => {
    const { bits, scale, offset } = block.recurrence!.gates;
    for (let row = 0; row < 2 * hidden; row++) {
      const y = mismatches(bits, row, input) * scale[row] + offset[row];
      const plain = dense(weights, 'block0.recurrence', signed, row);
      expect(y).toBeCloseTo(row < hidden ? plain / 4 + 0.5 : plain, 4);
    }
    expect(packBlock(weights, 0, TOY_SHAPE)).not.toHaveProperty('recurrence');
  });

  test('value and gate: inputs in {-1,+1} and in {0,1}', () => {
    for (let row = 0; row < hidden; row++) {
      const mis = (bits: Uint8Array) => mismatches(bits, row, wide);
      const value = mis(block.value.bits) * block.value.scale[row] + block.value.offset[row];
      expect(value).toBeCloseTo(
        dense(
          weights,
          'block0.value',
          wide.map((bit) => (bit ? 1 : -1)),
          row,
        ),
        4,
      );
      const gate = mis(block.gate.bits) * block.gate.scale[row] + block.gate.offset[row];
      expect(gate).toBeCloseTo(dense(weights, 'block0.gate', wide.map(Number), row), 4);
    }
  });

  test('hidden: the limit on mis is the sign of alpha (W . x) + b, whatever the sign of alpha', () => {
    for (let seed = 10; seed < 30; seed++) {
      const bits = randomBits(hidden, seed);
      const x = bits.map((bit) => (bit ? 1 : -1));
      for (let row = 0; row < 2 * slfn; row++) {
        const on = mismatches(block.hiddenBits, row, bits) <= block.hiddenLimit[row];
        expect(on).toBe(dense(weights, 'block0.hidden', x, row) >= 0);
      }
    }
  });

  test('qkv: each head has its q, k, v together, and q carries 1/sqrt(e)', () => {
    const width = hidden / heads;
    for (const [head, part, c] of [
      [0, 0, 0],
      [1, 0, 3],
      [2, 1, 15],
      [3, 2, 7],
    ]) {
      const to = head * 3 * width + part * width + c;
      const from = part * hidden + head * width + c;
      const y = mismatches(block.qkv.bits, to, input) * block.qkv.scale[to] + block.qkv.offset[to];
      const factor = part === 0 ? 1 / Math.sqrt(width) : 1;
      expect(y).toBeCloseTo(factor * dense(weights, 'block0.qkv', signed, from), 4);
    }
  });

  test('binary scores: limits are the signs of q and k, turned where the scale of a head is negative', () => {
    const shape = { ...SHAPE, binaryScores: true };
    const scale = Float32Array.from({ length: heads }, (_, head) => (head === 1 ? -0.5 : 0.25 + head));
    const { qkv, scores } = packBlock({ ...weights, 'block0.scores.scale': scale }, 0, shape);
    const width = hidden / heads;
    expect(scores!.step).toHaveLength(heads);
    scores!.step.forEach((step, head) => {
      expect(step).toBeCloseTo((Math.abs(scale[head]) * 2 * Math.LOG2E) / Math.sqrt(width), 5);
    });
    for (let seed = 40; seed < 50; seed++) {
      const bits = randomBits(hidden, seed);
      const x = bits.map((bit) => (bit ? 1 : -1));
      for (let head = 0; head < heads; head++) {
        for (let part = 0; part < 3; part++) {
          for (let c = 0; c < width; c++) {
            const y = dense(weights, 'block0.qkv', x, part * hidden + head * width + c);
            const mis = mismatches(qkv.bits, (3 * head + part) * width + c, bits);
            const value = head * width + c;
            if (part === 2) expect(mis * qkv.scale[value] + qkv.offset[value]).toBeCloseTo(y, 4);
            else {
              const isPositive = mis <= scores!.limit[(2 * head + part) * width + c];
              expect(isPositive).toBe(y >= 0 !== (part === 0 && head === 1));
            }
          }
        }
      }
    }
  });

  test('a missing tensor is named', () => {
    const { 'block0.gate.gain': _, ...less } = weights;
    expect(() => packBlock(less, 0, TOY_SHAPE)).toThrow('block0.gate.gain');
  });
});

describe('packEmbedding', () => {
  test('rows are signed and scaled by their mean magnitude, projection folded in', () => {
    const weights = randomWeights(4, 20);
    const { tokens } = packEmbedding(weights, TOY_SHAPE);
    if (tokens.kind !== RowKind.Bits) throw new Error('rows should be bits');
    const row = Array.from({ length: hidden }, (_, c) => {
      let sum = 0;
      for (let k = 0; k < 20; k++) {
        sum += weights['embedding.rows'][7 * 20 + k] * weights['embedding.projection'][k * hidden + c];
      }
      return sum;
    });
    const mean = row.reduce((sum, x) => sum + Math.abs(x), 0) / hidden;
    expect(floatFromHalf(tokens.scale[7])).toBeCloseTo(mean, 2);
    row.forEach((x, c) => {
      const at = 7 * hidden + c;
      if (Math.abs(x) > 1e-5) expect((tokens.bits[at >> 3] >> (at & 7)) & 1).toBe(x >= 0 ? 1 : 0);
    });
  });

  test('packing what was packed changes nothing', () => {
    const once = withPackedEmbedding(randomWeights(5, 20), TOY_SHAPE);
    expect(once['embedding.projection']).toBeUndefined();
    expect(withPackedEmbedding(once, TOY_SHAPE)).toEqual(once);
    expect(packEmbedding(withPackedEmbedding(once, TOY_SHAPE), TOY_SHAPE)).toEqual(
      packEmbedding(once, TOY_SHAPE),
    );
  });
});

test('packSigns: zero is +1, bit k of byte k / 8, rows flipped on demand', () => {
  const latent = Float32Array.from([0, -1, 2, -0.5, -3, 1, 1, -1, ...new Array(8).fill(-1)]);
  expect([...packSigns(latent, 2, 8)]).toEqual([0b01100101, 0]);
  expect([...packSigns(latent, 2, 8, Uint8Array.of(0, 1))]).toEqual([0b01100101, 0xff]);
});

test('int8Rows: the largest of a row becomes 127, a row of zeros stays', () => {
  const { scale, values } = int8Rows(Float32Array.from([1, -2, 0, 0.5, 0, 0, 0, 0]), 4);
  expect(scale[0]).toBeCloseTo(2 / 127, 7);
  expect([...values]).toEqual([64, -127, 0, 32, 0, 0, 0, 0]);
  expect(scale[1]).toBe(0);
});
