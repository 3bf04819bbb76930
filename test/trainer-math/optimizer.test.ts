/** AdamW by hand, by kernel and in tfjs operations; the learning rate's course. */
import { describe, expect, test } from 'vitest';
import { chooseBackend } from '../../trainer/backend/index.ts';
import type { Variable } from '../../trainer/backend/tfjs.ts';
import { createOptimizer, learningRateAt, OPTIMIZER_DEFAULTS } from '../../trainer/optimizer.ts';
import { createRandom } from '../../trainer/random.ts';

/** Shapes whose sizes are not all multiples of 4: the kernel's tail counts too. */
const SHAPES: Record<string, number[]> = {
  'block0.qkv.weight': [3, 5],
  'block0.qkv.bias': [7],
  'embedding.rows': [4, 4],
  'exit0.weight': [2, 9],
};

const OPTIONS = {
  ...OPTIMIZER_DEFAULTS,
  learningRate: 0.05,
  weightDecay: 0.1,
  clipNorm: 2,
  latentLimit: 1.2,
  rates: { embedding: 0.5, 'exit0.weight': 0 },
};

function start(): Record<string, { values: Float32Array; gradients: Float32Array[] }> {
  const random = createRandom(9);
  const draw = (n: number) => Float32Array.from({ length: n }, () => random.normal());
  return Object.fromEntries(
    Object.entries(SHAPES).map(([name, shape]) => {
      const n = shape.reduce((a, b) => a * b, 1);
      return [name, { values: draw(n), gradients: [draw(n), draw(n), draw(n)] }];
    }),
  );
}

async function run(name: 'wasm' | 'cpu') {
  const backend = await chooseBackend(name);
  const { tf } = backend;
  const given = start();
  const variables = new Map<string, Variable>(
    Object.entries(given).map(([key, { values }]) => [
      key,
      tf.variable(tf.tensor(values.slice(), SHAPES[key])),
    ]),
  );
  const optimizer = createOptimizer(backend, variables);
  const norms: number[] = [];
  for (let step = 0; step < 3; step++) {
    const gradients = new Map(
      Object.entries(given).map(([key, { gradients }]) => [
        key,
        tf.tensor(gradients[step].slice(), SHAPES[key]),
      ]),
    );
    norms.push(optimizer.apply(gradients, OPTIONS));
    for (const gradient of gradients.values()) gradient.dispose();
  }
  const values = Object.fromEntries([...variables].map(([key, v]) => [key, Array.from(v.dataSync())]));
  optimizer.dispose();
  for (const variable of variables.values()) variable.dispose();
  return { values, norms };
}

/** The same in numbers, from the paper. */
function byHand() {
  const given = start();
  const moments = Object.fromEntries(
    Object.entries(given).map(([key, { values }]) => [
      key,
      { m: values.map(() => 0), v: values.map(() => 0) },
    ]),
  );
  const norms: number[] = [];
  for (let step = 0; step < 3; step++) {
    let squares = 0;
    for (const { gradients } of Object.values(given)) for (const g of gradients[step]) squares += g * g;
    const norm = Math.sqrt(squares);
    norms.push(norm);
    const shrink = Math.min(1, OPTIONS.clipNorm / norm);
    for (const [key, { values, gradients }] of Object.entries(given)) {
      const rate = OPTIONS.learningRate * (key === 'exit0.weight' ? 0 : key === 'embedding.rows' ? 0.5 : 1);
      const { m, v } = moments[key];
      for (let i = 0; i < values.length && rate > 0; i++) {
        const g = gradients[step][i] * shrink;
        m[i] = 0.9 * m[i] + 0.1 * g;
        v[i] = 0.999 * v[i] + 0.001 * g * g;
        const mean = m[i] / (1 - 0.9 ** (step + 1));
        const square = v[i] / (1 - 0.999 ** (step + 1));
        const decay = key === 'block0.qkv.weight' ? rate * OPTIONS.weightDecay : 0;
        values[i] = values[i] * (1 - decay) - (rate * mean) / (Math.sqrt(square) + OPTIONS.epsilon);
        const limit =
          key === 'block0.qkv.weight' ? OPTIONS.latentLimit / Math.sqrt(5) : Number.POSITIVE_INFINITY;
        values[i] = Math.min(limit, Math.max(-limit, values[i]));
      }
    }
  }
  return {
    values: Object.fromEntries(Object.entries(given).map(([key, { values }]) => [key, values])),
    norms,
  };
}

test.each(['wasm', 'cpu'] as const)('three steps on %s are AdamW by hand', async (name) => {
  const [ours, reference] = [await run(name), byHand()];
  ours.norms.forEach((norm, i) => {
    expect(norm).toBeCloseTo(reference.norms[i], 4);
  });
  for (const [key, values] of Object.entries(reference.values))
    values.forEach((value, i) => {
      expect(ours.values[key][i], `${key}[${i}]`).toBeCloseTo(value, 5);
    });
});

describe('learningRateAt', () => {
  test('rises in a line, then falls along half a cosine to nothing', () => {
    expect(learningRateAt(0, 110, 10, 1)).toBeCloseTo(0.1);
    expect(learningRateAt(9, 110, 10, 1)).toBeCloseTo(1);
    expect(learningRateAt(10, 110, 10, 1)).toBeCloseTo(1);
    expect(learningRateAt(60, 110, 10, 1)).toBeCloseTo(0.5);
    expect(learningRateAt(110, 110, 10, 1)).toBeCloseTo(0);
    expect(learningRateAt(500, 110, 10, 1)).toBeCloseTo(0);
  });

  test('no warm-up starts at the peak', () => {
    expect(learningRateAt(0, 100, 0, 3)).toBe(3);
  });
});
