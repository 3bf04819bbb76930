/** Single operations where their arithmetic is easy to get wrong, by hand, plain and by kernel. */
import { describe, expect, test } from 'vitest';
import { type Backend, chooseBackend } from '../../trainer/backend/index.ts';
import type { Tensor } from '../../trainer/backend/tfjs.ts';
import type { Ablation } from '../../trainer/layers/config.ts';
import { kernelOperations } from '../../trainer/layers/kernels.ts';
import type { Operations } from '../../trainer/layers/operations.ts';
import { plainOperations } from '../../trainer/layers/plain.ts';
import { createRandom, dropThreshold, keeps } from '../../trainer/random.ts';

const K = 64;
const M = 8;

async function withOperations(
  name: 'wasm' | 'cpu',
  use: (operations: Operations, backend: Backend) => void,
  ablation?: Ablation,
) {
  const backend = await chooseBackend(name);
  const operations = backend.memory
    ? kernelOperations(backend.tf, backend.memory, ablation)
    : plainOperations(backend.tf, ablation);
  backend.tf.tidy(() => use(operations, backend));
  operations.release();
}

describe.each(['wasm', 'cpu'] as const)('on %s', (name) => {
  test('sign(0) is +1, for inputs at their threshold and for weights', () =>
    withOperations(name, ({ binaryLinear }, { tf }) => {
      const weight = tf.tensor2d(
        new Float32Array(16 * K).map((_, i) => (i < K ? 0 : -1)),
        [16, K],
      );
      const gain = tf.fill([16], 3);
      const bias = tf.fill([16], 0.25);
      const x = tf.fill([M, K], 0.7);
      const y = binaryLinear(x, tf.fill([K], Math.fround(0.7)), { weight, gain, bias }).dataSync();
      // Row 0 has no magnitude; the others have magnitude 1, and all K inputs are +1 against -1.
      expect(y[0]).toBe(0.25);
      expect(y[1]).toBe(3 * -K + 0.25);
    }));

  test('a zero weight counts as +1', () =>
    withOperations(name, ({ binaryLinear }, { tf }) => {
      const weight = tf.tensor2d(
        new Float32Array(16 * K).map((_, i) => (i % 2 ? 0 : 2)),
        [16, K],
      );
      const variables = { weight, gain: tf.ones([16]), bias: tf.zeros([16]) };
      const y = binaryLinear(tf.ones([M, K]), tf.zeros([K]), variables).dataSync();
      expect(y[0]).toBe(K); // mean magnitude 1, all agree
    }));

  test('the gate counts bits of {0,1}, the value bits of {-1,+1}', () =>
    withOperations(name, ({ binarySlfn }, { tf }) => {
      // Hidden: the sigmoid branch is 0 in the first quarter (so 1) and negative elsewhere (so 0);
      // the tanh branch is 0 in the first quarter (so +1) and negative elsewhere (so -1).
      const row = Array.from({ length: 2 * K }, (_, i) => (i % K < K / 4 ? 0 : -0.5));
      const hidden = tf.tensor2d(Array.from({ length: M }, () => row));
      const ones = { weight: tf.ones([16, K]), gain: tf.ones([16]), bias: tf.zeros([16]) };
      const y = binarySlfn(hidden, ones, ones).dataSync();
      expect(y[0]).toBe((K / 4) * (K / 4 - (3 * K) / 4));
    }));

  test('the surrogates are 2 - 2|u| for the sign and 1 - |u| for the step, 0 beyond 1', () =>
    withOperations(name, ({ binaryLinear, binarySlfn }, { tf }) => {
      const inputs = [-1.5, -1, -0.25, 0, 0.5, 2];
      const row = Array.from({ length: K }, (_, i) => inputs[i % inputs.length]);
      const x = tf.tensor2d(Array.from({ length: M }, () => row));
      const ones = { weight: tf.ones([16, K]), gain: tf.ones([16]), bias: tf.ones([16]) };
      const dx = tf
        .grad((t) => binaryLinear(t, tf.zeros([K]), ones))(x)
        .dataSync();
      inputs.forEach((u, i) => {
        expect(dx[i]).toBeCloseTo(16 * Math.max(0, 2 - 2 * Math.abs(u)), 4);
      });
      const hidden = tf.concat([x, tf.fill([M, K], 5)], 1);
      const value = { ...ones, gain: tf.zeros([16]) }; // the value branch is its bias, 1
      const dhidden = tf
        .grad((t) => binarySlfn(t, ones, value))(hidden)
        .dataSync();
      inputs.forEach((u, i) => {
        expect(dhidden[i]).toBeCloseTo(16 * Math.max(0, 1 - Math.abs(u)), 4);
      });
    }));

  test('ablated, the surrogate of the sign is 1 within 1, and 0 beyond', () =>
    withOperations(
      name,
      ({ binaryLinear }, { tf }) => {
        const inputs = [-1.5, -1, -0.25, 0, 0.5, 2];
        const x = tf.tensor2d(
          Array.from({ length: M }, () => Array.from({ length: K }, (_, i) => inputs[i % inputs.length])),
        );
        const ones = { weight: tf.ones([16, K]), gain: tf.ones([16]), bias: tf.zeros([16]) };
        const dx = tf
          .grad((t) => binaryLinear(t, tf.zeros([K]), ones))(x)
          .dataSync();
        expect(Array.from(dx.subarray(0, inputs.length))).toEqual([0, 0, 16, 16, 16, 0]);
      },
      'clipped-surrogate',
    ));

  test('binary scores are of scaled signs of queries and signs of keys, by the surrogate of the sign', () =>
    withOperations(name, ({ signScores }, { tf }) => {
      const [heads, each] = [2, 16];
      const d = heads * each;
      const inputs = [-1.5, -1, -0.25, 0, 0.5, 2, 0.75];
      const x = Float32Array.from({ length: M * 3 * d }, (_, i) => inputs[i % inputs.length]);
      const weights = Float32Array.from(x, (_, i) => (i % 5) - 1);
      const scales = [0.5, 3];
      const sum = (qkv: Tensor, scale: Tensor) =>
        tf.sum(tf.mul(signScores(qkv, scale), tf.tensor2d(weights, [M, 3 * d])));
      const qkv = tf.tensor2d(x, [M, 3 * d]);
      const y = signScores(qkv, tf.tensor1d(scales)).dataSync();
      const [dqkv, dscale] = tf
        .grads(sum as never)([qkv, tf.tensor1d(scales)])
        .map((gradient: Tensor) => gradient.dataSync());
      const expected = [0, 0];
      x.forEach((u, i) => {
        const column = i % (3 * d);
        const isValue = column >= 2 * d;
        const scale = column < d ? scales[Math.floor(column / each)] : 1;
        expect(y[i]).toBe(isValue ? u : u < 0 ? -scale : scale);
        const slope = isValue ? 1 : scale * Math.max(0, 2 - 2 * Math.abs(u));
        expect(dqkv[i]).toBeCloseTo(weights[i] * slope, 5);
        if (column < d) expected[Math.floor(column / each)] += weights[i] * (u < 0 ? -1 : 1);
      });
      expect(Array.from(dscale)).toEqual(expected);
    }));

  test('padding takes no part in attention or pooling', () =>
    withOperations(name, ({ attention, pool }, { tf }) => {
      const random = createRandom(1);
      const values = Float32Array.from({ length: 16 * 48 }, () => random.normal());
      const other = values.map((v, i) => (i >= 8 * 48 && i % (8 * 48) >= 5 * 48 ? 100 : v));
      const batch = (lengths: number[]) => ({
        size: 2,
        width: 8,
        ids: tf.zeros([16], 'int32'),
        lengths: tf.tensor1d(lengths, 'int32'),
        segments: tf.zeros([16], 'int32'),
      });
      const texts = batch([8, 5]);
      const run = (v: Float32Array) => pool(attention(tf.tensor2d(v, [16, 48]), texts, 1), texts).dataSync();
      expect(Array.from(run(values))).toEqual(Array.from(run(other)));
      expect(run(values).every((v) => Math.abs(v) < 10)).toBe(true);
    }));

  test('dropout follows the hash', () =>
    withOperations(name, ({ dropout }, { tf }) => {
      const drop = { rate: 0.3, key: 0xdeadbeef };
      const y = dropout(tf.ones([100, 64]), drop).dataSync();
      const threshold = dropThreshold(0.3);
      y.forEach((value, i) => {
        if (value !== (keeps(drop.key, i, threshold) ? Math.fround(1 / 0.7) : 0)) expect.fail(`element ${i}`);
      });
      expect(y.filter((value) => value === 0).length / y.length).toBeCloseTo(0.3, 1);
    }));
});
