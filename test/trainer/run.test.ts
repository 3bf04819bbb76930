/** A whole run on a made-up task: it learns, packs, agrees with itself, and survives being stopped. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readModel } from '../../host/model-file/index.ts';
import { load } from '../../host/node/index.ts';
import { type Backend, chooseBackend } from '../../trainer/backend/index.ts';
import { CHECKPOINT_FILE, CheckpointError, MODEL_FILE, readCheckpoint } from '../../trainer/checkpoint.ts';
import { DataError } from '../../trainer/data/record.ts';
import { evaluate, trace } from '../../trainer/evaluate.ts';
import { startShape } from '../../trainer/init/index.ts';
import { packRun } from '../../trainer/pack-run.ts';
import { type RunHooks, train } from '../../trainer/run.ts';
import { readRunFile } from '../../trainer/run-file.ts';
import type { Recipe } from '../../trainer/settings.ts';
import { planStages } from '../../trainer/stages.ts';
import { trainerLogits, trainerPredictions } from '../../trainer/trainer-scores.ts';
import { TOY_LABELS, TOY_RECIPE, TOY_SHAPE, toyData, toyRecords } from './toy.ts';

let backend: Backend;
let root: string;
beforeAll(async () => {
  backend = await chooseBackend('wasm');
  root = mkdtempSync(join(tmpdir(), 'beex-run-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const run = (name: string, recipe: Recipe = TOY_RECIPE, hooks: RunHooks & { resume?: boolean } = {}) =>
  train(join(root, name), toyData(), TOY_SHAPE, recipe, { backend, ...hooks });

/** Of so many made-up records, the share that trainer and core give the same label at an exit, least of all exits. */
async function agreement(name: string): Promise<number> {
  const records = toyRecords(200, 4);
  const model = await load(join(root, name, MODEL_FILE));
  const ofCore = trace(model, records, TOY_LABELS);
  const ofTrainer = await trainerPredictions(join(root, name), backend, records);
  const shares = ofTrainer.map(
    (labels, exit) => ofCore.filter(({ predictions }, i) => predictions[exit] === labels[i]).length / 200,
  );
  return Math.min(...shares);
}

describe('an undisturbed run', () => {
  beforeAll(async () => {
    await run('whole');
  });

  test('learns the task and packs it', async () => {
    const model = await load(join(root, 'whole', MODEL_FILE));
    const records = toyRecords(200, 3);
    const { score, exits, operations } = evaluate(model, {
      task: 'toy',
      metric: 'accuracy',
      labels: TOY_LABELS,
      records,
      policy: 'balanced',
    });
    expect(score).toBeGreaterThan(0.95);
    expect(exits.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(operations.reduction).toBeGreaterThanOrEqual(0);
    expect(operations.reduction).toBeLessThan(1);
  });

  test('records its recipe, less what says nothing of a packed model', () => {
    const { card } = readModel(readFileSync(join(root, 'whole', MODEL_FILE)));
    const { recipe } = card as { recipe: Partial<Recipe> };
    expect(recipe.epochs).toBe(TOY_RECIPE.epochs);
    expect(recipe).not.toHaveProperty('recurrent');
    expect(recipe).not.toHaveProperty('reviewWeight');
  });

  test('gives the same labels by the trainer and by the core', async () => {
    expect(await agreement('whole')).toBeGreaterThanOrEqual(0.99);
  });

  test('does so with light recurrences, and goes on from a model that has them', async () => {
    const shape = { ...TOY_SHAPE, lightRecurrence: true };
    await train(join(root, 'carried'), toyData(), shape, TOY_RECIPE, { backend });
    const { dimensions, card } = readModel(readFileSync(join(root, 'carried', MODEL_FILE)));
    expect(dimensions.recurrence).toBe(1);
    expect(card).toHaveProperty('calibration');
    expect(await agreement('carried')).toBeGreaterThanOrEqual(0.99);
    expect(await startShape(join(root, 'carried', MODEL_FILE))).toEqual(shape);
  });

  test('is the same again from the same seed, and another from another', async () => {
    await run('again');
    const first = readFileSync(join(root, 'whole', MODEL_FILE));
    expect(first.equals(readFileSync(join(root, 'again', MODEL_FILE)))).toBe(true);
    await run('other', { ...TOY_RECIPE, seed: 2 });
    expect(first.equals(readFileSync(join(root, 'other', MODEL_FILE)))).toBe(false);
  });

  test('ends with averaged weights, which are not those of the last step', async () => {
    await run('last-step', { ...TOY_RECIPE, averageShare: 0 });
    const averaged = readCheckpoint(join(root, 'whole')).weights.get('block0.qkv.weight')!.values;
    const last = readCheckpoint(join(root, 'last-step')).weights.get('block0.qkv.weight')!.values;
    expect(averaged.some((w, i) => w !== last[i])).toBe(true);
  });

  test('begins with softly labelled texts, the task mixed in as often as told, at a rate of their own', async () => {
    const warmStart = toyRecords(96, 5).map((record) => ({
      ...record,
      shares: TOY_LABELS.map((label) => (label === record.label ? 0.9 : 0.1)),
    }));
    const totals: number[] = [];
    const warm = (name: string, recipe: Partial<Recipe>) => {
      const hooks = {
        onStep: (_: unknown, done: number, total: number) => void (done === 1 && totals.push(total)),
      };
      const data = { ...toyData(), warmStart };
      return train(
        join(root, name),
        data,
        TOY_SHAPE,
        { ...TOY_RECIPE, epochs: 0.1, ...recipe },
        { backend, ...hooks },
      );
    };
    await warm('warm', { mixTask: 0 });
    await warm('mixed', { mixTask: 2 });
    await warm('slow', { mixTask: 0, warmStartRate: 1e-5 });
    const task = readRunFile(join(root, 'warm')).counts.train;
    expect(totals[1] - totals[0]).toBe(
      Math.ceil((96 + 2 * task) / TOY_RECIPE.batchSize) - Math.ceil(96 / TOY_RECIPE.batchSize),
    );
    expect(totals[2]).toBe(totals[0]);
    const weights = (name: string) =>
      readCheckpoint(join(root, name)).weights.get('block0.qkv.weight')!.values;
    expect(weights('slow')).not.toEqual(weights('warm'));
    // Soft labels are data: with others it is another run.
    const others = {
      ...toyData(),
      warmStart: warmStart.map((record) => ({ ...record, shares: [0.5, 0.5] })),
    };
    const resumed = train(join(root, 'warm'), others, TOY_SHAPE, TOY_RECIPE, { backend, resume: true });
    await expect(resumed).rejects.toThrow(DataError);
  });

  test('is not written over', async () => {
    await expect(run('whole')).rejects.toThrow(CheckpointError);
    await expect(run('whole')).rejects.toThrow(/--resume/);
  });
});

// In the task, while weights are averaged, right at the task's last step, while settling.
test.each([5, 140, 160, 165])(
  'stopped after step %i and resumed, it ends in the same bytes',
  async (stopAt) => {
    const name = `stopped-${stopAt}`;
    const stop = new AbortController();
    const stopped = await run(name, TOY_RECIPE, {
      signal: stop.signal,
      onStep: (_report, done) => {
        if (done === stopAt) stop.abort();
      },
    });
    expect(stopped.finished).toBe(false);
    const resumed = await run(name, TOY_RECIPE, { resume: true });
    expect(resumed.finished).toBe(true);
    for (const file of [CHECKPOINT_FILE, MODEL_FILE]) {
      expect(readFileSync(join(root, name, file)).equals(readFileSync(join(root, 'whole', file)))).toBe(true);
    }
  },
);

test('a damaged checkpoint is named, not used', async () => {
  const path = join(root, 'again', CHECKPOINT_FILE);
  const bytes = readFileSync(path);
  bytes[bytes.length - 3] ^= 1;
  writeFileSync(path, bytes);
  await expect(run('again', TOY_RECIPE, { resume: true })).rejects.toThrow(
    /checkpoint\.safetensors: damaged/,
  );
});

test('data that changed between stop and resume are noticed', async () => {
  const changed = { ...toyData(), calibration: toyRecords(64, 9) };
  await expect(
    train(join(root, 'other'), changed, TOY_SHAPE, TOY_RECIPE, { backend, resume: true }),
  ).rejects.toThrow(DataError);
});

test('binary scores are learned by the same recipe, and the packed model has them', async () => {
  const folder = join(root, 'binary-scores');
  const shape = { ...TOY_SHAPE, binaryScores: true };
  const { finished, modelFile } = await train(folder, toyData(), shape, TOY_RECIPE, { backend });
  expect(finished).toBe(true);
  expect(readRunFile(folder).shape).toEqual(shape);
  const records = toyRecords(200, 3);
  const last = (await trainerPredictions(folder, backend, records)).at(-1) as Int32Array;
  const right = records.filter(({ label }, i) => TOY_LABELS[last[i]] === label).length;
  expect(right / records.length).toBeGreaterThan(0.95);
  const model = await load(modelFile!);
  expect(model.info.dimensions.binaryScores).toBe(1);
  const labels = records.map(({ text }) => model.classify(text as string, { policy: 'full' }).label);
  expect(labels).toEqual(Array.from(last, (label) => TOY_LABELS[label]));
  const twin = { ...TOY_RECIPE, twin: true };
  await expect(train(join(root, 'neither'), toyData(), shape, twin, { backend })).rejects.toThrow(RangeError);
  const scale = readCheckpoint(folder).weights.get('block1.scores.scale')!.values;
  expect(scale.every((s) => s !== 1)).toBe(true);
});

test('the twin trains by the same recipe and has no model file', async () => {
  const { finished, modelFile } = await run('twin', { ...TOY_RECIPE, twin: true });
  expect(finished).toBe(true);
  expect(modelFile).toBeUndefined();
  const records = toyRecords(200, 5);
  const last = (await trainerPredictions(join(root, 'twin'), backend, records)).at(-1) as Int32Array;
  const right = records.filter(({ label }, i) => TOY_LABELS[last[i]] === label).length;
  expect(right / records.length).toBeGreaterThan(0.95);
});

describe('a recurrent teacher', () => {
  const shape = { ...TOY_SHAPE, blocks: 1 };
  const recipe: Recipe = { ...TOY_RECIPE, recurrent: true, settleEpochs: 0 };
  const teach = (name: string, hooks: RunHooks & { resume?: boolean } = {}) =>
    train(join(root, name), toyData(), shape, recipe, { backend, ...hooks });

  test('learns the task, and has no model file', async () => {
    const { finished, modelFile } = await teach('teacher');
    expect({ finished, modelFile }).toEqual({ finished: true, modelFile: undefined });
    expect(() => packRun(join(root, 'teacher'))).toThrow(/recurrent teacher, which has no one-bit form/);
    const records = toyRecords(203, 5);
    const [only, ...more] = await trainerPredictions(join(root, 'teacher'), backend, records);
    expect(more).toEqual([]);
    const right = records.filter(({ label }, i) => TOY_LABELS[only[i]] === label).length;
    expect(right / records.length).toBeGreaterThan(0.95);
  });

  test('labels a text alike, whatever texts it is labelled beside', async () => {
    const records = toyRecords(70, 6);
    const [all] = await trainerLogits(join(root, 'teacher'), backend, records);
    const [alone] = await trainerLogits(join(root, 'teacher'), backend, [records[13]]);
    expect([...all.subarray(13 * TOY_LABELS.length, 14 * TOY_LABELS.length)]).toEqual([...alone]);
  });

  test('stopped and resumed, it ends in the same bytes', async () => {
    const stop = new AbortController();
    const onStep = (_: unknown, done: number) => {
      if (done === 50) stop.abort();
    };
    expect((await teach('teacher-stopped', { signal: stop.signal, onStep })).finished).toBe(false);
    expect((await teach('teacher-stopped', { resume: true })).finished).toBe(true);
    const bytes = (name: string) => readFileSync(join(root, name, CHECKPOINT_FILE));
    expect(bytes('teacher-stopped').equals(bytes('teacher'))).toBe(true);
  });
});

test('what a rating alone labels counts for less, soft labels do not', () => {
  const example = { ids: [5], segmentStart: 1, label: 1 };
  const soft = { ...example, shares: [0, 1, 0] };
  const recipe: Recipe = { ...TOY_RECIPE, mixTask: 1, reviewWeight: 0.2 };
  const [warmStart] = planStages(recipe, [example], [example, soft]);
  expect(warmStart.examples.map(({ weight }) => weight ?? 1)).toEqual([0.2, 1, 1]);
});
