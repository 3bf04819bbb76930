/** Exits scaled to held-out texts: what was wrong with logits is found, and few texts don't decide alone. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readModel } from '../../host/model-file/index.ts';
import { chooseBackend } from '../../trainer/backend/index.ts';
import { MODEL_FILE } from '../../trainer/checkpoint.ts';
import { balancedWeights } from '../../trainer/class-weights.ts';
import { fitScaling, scaleExits } from '../../trainer/exit-scaling.ts';
import { exitLogits } from '../../trainer/forward.ts';
import { createModel, type ModelConfig } from '../../trainer/model.ts';
import { createRandom } from '../../trainer/random.ts';
import { train } from '../../trainer/run.ts';
import { TOY_RECIPE, TOY_SHAPE, toyData } from './toy.ts';

/** Logits, and labels drawn as scale * z + shift says. */
function drawn(count: number, scale: number, shift: readonly number[]) {
  const random = createRandom(3);
  const classes = shift.length;
  const logits = Float32Array.from({ length: count * classes }, () => 2 * random.normal());
  const labels = Array.from({ length: count }, (_, i) => {
    const weights = shift.map((b, c) => Math.exp(scale * logits[i * classes + c] + b));
    let left = random.uniform() * weights.reduce((sum, w) => sum + w, 0);
    let label = 0;
    while (left > weights[label] && label < classes - 1) left -= weights[label++];
    return label;
  });
  return { logits, labels };
}

test.each([
  [0.4, [0.5, -0.5]],
  [1.7, [-0.3, 0.9, -0.6]],
])('finds a scale of %d and shifts of %j', (scale, shift) => {
  const { logits, labels } = drawn(8000, scale, shift);
  const found = fitScaling(logits, labels, new Array(shift.length).fill(1));
  expect(Math.abs(found.scale - scale)).toBeLessThan(0.06 * scale);
  found.shift.forEach((b, c) => {
    expect(Math.abs(b - shift[c])).toBeLessThan(0.1);
  });
});

test('leaves alone what is right already', () => {
  const { logits, labels } = drawn(8000, 1, [0, 0]);
  const { scale, shift } = fitScaling(logits, labels, [1, 1]);
  for (const change of [scale - 1, ...shift]) expect(Math.abs(change)).toBeLessThan(0.06);
});

test('classes that are weighed alike stay so, however few texts one has', () => {
  const { logits, labels } = drawn(8000, 1, [1.5, -1.5]);
  const plain = fitScaling(logits, labels, [1, 1]);
  const balanced = fitScaling(logits, labels, balancedWeights(labels, 2));
  expect(plain.shift[0] - plain.shift[1]).toBeGreaterThan(2.8);
  // Texts of class 0 are so many times as frequent: their weights take the logarithm of that off the lead.
  const zeros = labels.filter((label) => label === 0).length;
  const lead = balanced.shift[0] - balanced.shift[1];
  expect(lead).toBeCloseTo(3 - Math.log(zeros / (labels.length - zeros)), 0);
  expect(Math.abs(balanced.scale - 1)).toBeLessThan(0.08);
});

test('a model is scaled with the class weights that it was trained with', async () => {
  const backend = await chooseBackend('wasm');
  const config: ModelConfig = {
    ...TOY_SHAPE,
    classes: 2,
    vocabulary: 8,
    segments: 1,
    rowWidth: TOY_SHAPE.hidden,
    twin: false,
    dropout: { embedding: 0, block: 0, exit: 0 },
  };
  // Nine of ten texts are of class 0, and all read alike: the shift is all that can tell.
  const examples = Array.from({ length: 100 }, (_, i) => ({
    ids: Int32Array.of(4, 5),
    segmentStart: 2,
    label: i % 10 === 0 ? 1 : 0,
  }));
  const lead = (weighting: 'none' | 'balanced') => {
    const model = createModel(backend, config, 1);
    scaleExits(model, examples, weighting);
    const [zero, one] = exitLogits(model, examples)[1];
    model.dispose();
    return zero - one;
  };
  expect(lead('none')).toBeGreaterThan(1.5);
  expect(Math.abs(lead('balanced'))).toBeLessThan(0.2);
});

test('one text moves little, though it could be made as sure as one likes', () => {
  const { scale, shift } = fitScaling(new Float32Array([3, 0]), [0], [1, 1]);
  expect(scale).toBeGreaterThan(1);
  expect(scale).toBeLessThan(1.2);
  expect(shift[0]).toBeGreaterThan(0);
  expect(shift[0]).toBeLessThan(0.1);
  expect(fitScaling(new Float32Array(4), [0, 1], [1, 1])).toEqual({ scale: 1, shift: [0, 0] });
  expect(() => fitScaling(new Float32Array(0), [], [1, 1])).toThrow('there are none');
});

test('a run that asks for it has other exits, and nothing else', async () => {
  const backend = await chooseBackend('wasm');
  const root = mkdtempSync(join(tmpdir(), 'beex-scaling-'));
  const partsOf = async (name: string, exitScaling: boolean) => {
    await train(
      join(root, name),
      toyData(),
      TOY_SHAPE,
      { ...TOY_RECIPE, epochs: 1, exitScaling },
      { backend },
    );
    return readModel(readFileSync(join(root, name, MODEL_FILE)));
  };
  const plain = await partsOf('plain', false);
  const scaled = await partsOf('scaled', true);
  rmSync(root, { recursive: true, force: true });
  expect(scaled.blocks).toEqual(plain.blocks);
  expect(scaled.embedding).toEqual(plain.embedding);
  scaled.exits.forEach(({ weight, bias }, i) => {
    const factor = weight[0] / plain.exits[i].weight[0];
    expect(Math.abs(factor - 1)).toBeGreaterThan(1e-3);
    weight.forEach((w, j) => {
      expect(w).toBeCloseTo(factor * plain.exits[i].weight[j], 5);
    });
    expect(bias).not.toEqual(plain.exits[i].bias);
  });
  expect(plain.card).not.toHaveProperty('recipe.exitScaling');
  expect(scaled.card).toHaveProperty('recipe.exitScaling', true);
});
