/** The gradient of every variable: kernels against the plain layers on the cpu, and mathematics. */
import { describe, expect, test } from 'vitest';
import { type BackendName, chooseBackend } from '../../trainer/backend/index.ts';
import { createModel, type Hyper, type ModelConfig } from '../../trainer/model.ts';
import { euclidean, ROUTED, randomBatch, relativeError, SMALL } from './toy.ts';

async function gradientsOn(name: BackendName, config: ModelConfig, size: number, width: number) {
  const model = createModel(await chooseBackend(name), config, 5);
  const result = model.gradients(randomBatch(config, 3, size, width), ROUTED);
  model.dispose();
  return result;
}

const RECURRENT: ModelConfig = { ...SMALL, blocks: 1, recurrent: true };

const BINARY_CLIPPED: ModelConfig = {
  ...{ ...SMALL, heads: 4, binaryScores: true },
  ablation: 'clipped-surrogate',
};

const CASES: [string, ModelConfig, number, number][] = [
  ['binarized, pairs, narrow rows', SMALL, 5, 16],
  ['binarized, single texts, wide rows', { ...SMALL, segments: 1, rowWidth: 64, heads: 4 }, 3, 8],
  ['binarized, one text, f > d, long', { ...SMALL, slfn: 128, blocks: 1 }, 1, 24],
  ['twin, pairs, narrow rows', { ...SMALL, twin: true }, 5, 16],
  ['recurrent teacher', RECURRENT, 5, 16],
  ['recurrent teacher, fours of texts, longer', { ...RECURRENT, hidden: 128 }, 8, 24],
  ['binarized, with binary scores', { ...SMALL, binaryScores: true }, 5, 16],
  ['binary scores, without the second-order surrogate', BINARY_CLIPPED, 3, 24],
  ['binarized, with light recurrences', { ...SMALL, lightRecurrence: true }, 5, 16],
  ['twin, with light recurrences', { ...SMALL, twin: true, lightRecurrence: true }, 5, 16],
  ['twin, single texts', { ...SMALL, twin: true, segments: 1, rowWidth: 64 }, 3, 8],
  ['without the second-order surrogate', { ...SMALL, ablation: 'clipped-surrogate' }, 5, 16],
  ['without a gradient through the magnitude', { ...SMALL, ablation: 'constant-magnitude' }, 5, 16],
  ['without a gate of {0,1}', { ...SMALL, ablation: 'signed-gate' }, 5, 16],
  ['without an SLFN', { ...SMALL, slfn: 128, ablation: 'plain-feed-forward' }, 5, 16],
];

describe.each(CASES)('%s', (_, config, size, width) => {
  test.each(['wasm', 'wasm-plain'] as const)('%s agrees with cpu', async (name) => {
    const cpu = await gradientsOn('cpu', config, size, width);
    const other = await gradientsOn(name, config, size, width);
    expect(other.loss).toBeCloseTo(cpu.loss, 5);
    expect([...other.gradients.keys()]).toEqual([...cpu.gradients.keys()]);
    for (const [variable, reference] of cpu.gradients) {
      expect(euclidean(reference), `${variable} has a gradient`).toBeGreaterThan(0);
      expect(relativeError(other.gradients.get(variable)!, reference), variable).toBeLessThan(1e-4);
    }
  });
});

describe('the twin is smooth, so its gradient is the slope of its loss', () => {
  test('along every variable', async () => {
    const config: ModelConfig = { ...SMALL, twin: true, lightRecurrence: true };
    const model = createModel(await chooseBackend('wasm'), config, 8);
    const batch = randomBatch(config, 4);
    // Distillation holds the last exit constant, which no slope does.
    const hyper: Hyper = { loss: { ...ROUTED.loss, distillation: 0 } };
    const { gradients } = model.gradients(batch, hyper);
    const values = model.export();
    for (const [name, gradient] of gradients) {
      const length = euclidean(gradient);
      // Far enough for single precision, near enough for the loss to be straight.
      const step = 2e-3 / Math.max(length, 0.05);
      const lossAt = (sign: number) => {
        model.import({ [name]: values[name].map((v, i) => v + (sign * step * gradient[i]) / length) });
        return model.gradients(batch, hyper).loss;
      };
      const slope = (lossAt(1) - lossAt(-1)) / (2 * step);
      model.import({ [name]: values[name] });
      expect(Math.abs(slope - length) / length, name).toBeLessThan(0.02);
    }
    model.dispose();
  });
});

describe('the binarized gain, bias and norms are smooth in the last block', () => {
  test('along each', async () => {
    const config: ModelConfig = { ...SMALL, blocks: 1, dropout: { embedding: 0, block: 0, exit: 0 } };
    const model = createModel(await chooseBackend('wasm'), config, 8);
    const batch = randomBatch(config, 4);
    const { gradients } = model.gradients(batch);
    const values = model.export();
    for (const name of [
      'block0.gate.gain',
      'block0.gate.bias',
      'block0.value.gain',
      'block0.slfnNorm.gamma',
    ]) {
      const gradient = gradients.get(name)!;
      const length = euclidean(gradient);
      const lossAt = (step: number) => {
        model.import({ [name]: values[name].map((v, i) => v + (step * gradient[i]) / length) });
        return model.gradients(batch).loss;
      };
      const slope = (lossAt(0.02) - lossAt(-0.02)) / 0.04;
      model.import({ [name]: values[name] });
      expect(Math.abs(slope - length) / length, name).toBeLessThan(0.02);
    }
    model.dispose();
  });
});
