/** A model in training as a whole: it learns, repeats itself, resumes, and leaks nothing. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { chooseBackend } from '../../trainer/backend/index.ts';
import { type Batch, createModel, type ModelConfig } from '../../trainer/model.ts';
import { createRandom } from '../../trainer/random.ts';
import { randomBatch, SMALL } from './toy.ts';

const wasm = await chooseBackend('wasm');

/** Label 1 when tokens of 10..29 outnumber those of 30..49. */
function majorityBatch(seed: number, size = 16, width = 16): Batch {
  const random = createRandom(seed);
  const batch = randomBatch({ ...SMALL, classes: 2 }, seed, size, width);
  batch.segments = undefined;
  for (let b = 0; b < size; b++) {
    batch.lengths[b] = 5 + 2 * random.below(6);
    const share = random.uniform() < 0.5 ? 0.2 : 0.8;
    let balance = 0;
    for (let i = 0; i < batch.lengths[b]; i++) {
      const first = random.uniform() < share;
      balance += first ? 1 : -1;
      batch.ids[b * width + i] = (first ? 10 : 30) + random.below(20);
    }
    batch.labels[b] = balance > 0 ? 1 : 0;
  }
  return batch;
}

const TOY: ModelConfig = {
  ...SMALL,
  classes: 2,
  segments: 1,
  rowWidth: 64,
  dropout: { embedding: 0, block: 0.05, exit: 0 },
};

describe.each([
  ['binarized', TOY],
  ['twin', { ...TOY, twin: true }],
])('%s', (_, config) => {
  test('learns which of two kinds of tokens are more', () => {
    const model = createModel(wasm, config, 1);
    for (let step = 0; step < 150; step++) model.trainStep(majorityBatch(step), { learningRate: 3e-3 });
    const right = [0, 0];
    for (let seed = 1000; seed < 1020; seed++) {
      const batch = majorityBatch(seed);
      model.logits(batch).forEach((exit, i) => {
        batch.labels.forEach((label, b) => {
          if (exit[2 * b + 1] > exit[2 * b] === (label === 1)) right[i]++;
        });
      });
    }
    for (const count of right) expect(count / 320).toBeGreaterThan(0.9);
    model.dispose();
  });

  test('the same seed gives the same bits twice, another seed others', () => {
    const run = (seed: number) => {
      const model = createModel(wasm, config, seed);
      for (let step = 0; step < 3; step++) model.trainStep(majorityBatch(step));
      const values = model.export();
      model.dispose();
      return values;
    };
    const first = run(7);
    expect(run(7)).toEqual(first);
    expect(run(8)).not.toEqual(first);
  });

  test('a run that is stopped, saved and resumed is the run that was not', () => {
    const whole = createModel(wasm, config, 3);
    for (let step = 0; step < 6; step++) whole.trainStep(majorityBatch(step));
    const first = createModel(wasm, config, 3);
    for (let step = 0; step < 3; step++) first.trainStep(majorityBatch(step));
    const second = createModel(wasm, config, 3);
    second.import(first.export());
    second.importOptimizer(first.exportOptimizer(), first.steps);
    for (let step = 3; step < 6; step++) second.trainStep(majorityBatch(step));
    expect(second.steps).toBe(6);
    expect(second.export()).toEqual(whole.export());
    expect(second.exportOptimizer()).toEqual(whole.exportOptimizer());
    for (const model of [whole, first, second]) model.dispose();
  });
});

test.each(['wasm', 'wasm-plain', 'cpu'] as const)('no tensor is left behind on %s', async (name) => {
  const backend = await chooseBackend(name);
  const { tf } = backend;
  const before = tf.memory().numTensors;
  const model = createModel(backend, SMALL, 1);
  model.trainStep(randomBatch(SMALL, 1));
  const during = tf.memory().numTensors;
  for (let step = 0; step < 2; step++) {
    const batch = randomBatch(SMALL, step, 2 + step, 8);
    model.trainStep(batch);
    model.logits(batch);
    model.gradients(batch);
  }
  model.import(model.export());
  model.importOptimizer(model.exportOptimizer(), model.steps);
  expect(tf.memory().numTensors).toBe(during);
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('logits have no dropout and do not depend on how much a batch is padded', () => {
  const model = createModel(wasm, SMALL, 1);
  const narrow = randomBatch(SMALL, 5, 2, 8);
  const padded = (rows: Int32Array) =>
    Int32Array.from({ length: 48 }, (_, i) => (i % 24 < 8 ? rows[8 * Math.floor(i / 24) + (i % 24)] : 0));
  const wide = { ...narrow, width: 24, ids: padded(narrow.ids), segments: padded(narrow.segments!) };
  const [a, b] = [model.logits(narrow), model.logits(wide)];
  a.forEach((exit, i) => {
    exit.forEach((logit, j) => {
      expect(b[i][j]).toBeCloseTo(logit, 5);
    });
  });
  model.dispose();
});

describe('what does not fit is refused before a kernel sees it', () => {
  const model = createModel(wasm, SMALL, 1);
  const good = randomBatch(SMALL, 1);
  const cases: [string, Partial<Batch>][] = [
    ['a token beyond the vocabulary', { ids: good.ids.map((id, i) => (i === 3 ? SMALL.vocabulary : id)) }],
    ['a negative token', { ids: good.ids.map((id, i) => (i === 3 ? -1 : id)) }],
    ['a segment row that there is not', { segments: good.segments!.map(() => 4) }],
    ['a negative segment row', { segments: good.segments!.map(() => -1) }],
    ['too few segment rows', { segments: Int32Array.of(1) }],
    ['an empty text', { lengths: good.lengths.map(() => 0) }],
    ['a text longer than the batch', { lengths: good.lengths.map(() => 17) }],
    ['a width that is no multiple of 8', { width: 12 }],
    ['a batch wider than the model', { width: 32, ids: new Int32Array(160) }],
    ['too few lengths', { lengths: Int32Array.of(1) }],
    ['a label that does not exist', { labels: good.labels.map(() => 3) }],
  ];
  test.each(cases)('%s', (_, part) => {
    expect(() => model.trainStep({ ...good, ...part })).toThrow(RangeError);
  });

  test('values of another size, or of no variable', () => {
    expect(() => model.import({ 'exit0.bias': new Float32Array(2) })).toThrow(/exit0.bias/);
    expect(() => model.import({ nothing: new Float32Array(2) })).toThrow(/nothing/);
  });

  test('shapes that the core cannot run', () => {
    expect(() => createModel(wasm, { ...SMALL, hidden: 96 }, 1)).toThrow(/hidden/);
    expect(() => createModel(wasm, { ...SMALL, heads: 8 }, 1)).toThrow(/head/);
  });
});

test('the kernels bring no data and import memory alone', () => {
  const file = createRequire(import.meta.url).resolve('beexformer/trainer.wasm');
  const bytes = readFileSync(file);
  const module = new WebAssembly.Module(bytes);
  expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }]);
  expect(sections(bytes)).not.toContain(11);
});

/** The ids of a Wasm binary's sections; 11 is data. */
function sections(bytes: Uint8Array): number[] {
  const ids: number[] = [];
  for (let at = 8; at < bytes.length; ) {
    ids.push(bytes[at++]);
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      size |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    at += size;
  }
  return ids;
}
