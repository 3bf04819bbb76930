/** A run that starts from another run's folder: what it takes, what it refuses, and that it can be resumed. */
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readFacts } from '../../../host/model-file/index.ts';
import { type Backend, chooseBackend } from '../../../trainer/backend/index.ts';
import { CHECKPOINT_FILE, MODEL_FILE, readCheckpoint } from '../../../trainer/checkpoint.ts';
import { loadStart, type StartTarget, startShape } from '../../../trainer/init/index.ts';
import { type RunEvents, type TrainingData, train } from '../../../trainer/run.ts';
import { readRunFile } from '../../../trainer/run-file.ts';
import type { Recipe, Shape } from '../../../trainer/settings.ts';
import { trainerScores } from '../../../trainer/trainer-scores.ts';
import { TOY_LABELS, TOY_RECIPE, TOY_SHAPE, toyData, toyRecords } from '../toy.ts';

let backend: Backend;
let root: string;
let encoder: string;
beforeAll(async () => {
  backend = await chooseBackend('wasm');
  root = mkdtempSync(join(tmpdir(), 'beex-init-'));
  encoder = join(root, 'encoder');
  await train(encoder, toyData(), TOY_SHAPE, TOY_RECIPE, { backend });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Hardly trains at all: what it knows at the end it knew at the start. */
const STILL: Recipe = { ...TOY_RECIPE, epochs: 0.1, settleEpochs: 0, averageShare: 0, learningRate: 1e-7 };

const target = (change: Partial<StartTarget> = {}): StartTarget => ({
  shape: TOY_SHAPE,
  recipe: STILL,
  labels: TOY_LABELS,
  pair: false,
  texts: () => [],
  ...change,
});

const startFrom = (
  name: string,
  path: string,
  change: { shape?: Shape; labels?: string[] } & Partial<RunEvents> = {},
) => {
  const { shape = TOY_SHAPE, labels = TOY_LABELS, ...events } = change;
  const data = toyData();
  const renamed = (label: string) => labels[TOY_LABELS.indexOf(label)];
  const rename = (records: typeof data.dataset.train) =>
    records.map((record) => ({ ...record, label: renamed(record.label) }));
  const own: TrainingData = {
    dataset: { ...data.dataset, labels, train: rename(data.dataset.train) },
    calibration: rename(data.calibration!),
    init: (wanted) => loadStart(path, wanted),
  };
  return train(join(root, name), own, shape, STILL, { backend, ...events });
};

describe('of the same labels', () => {
  test('it knows at once what the other has learned, exits and all', async () => {
    await startFrom('same', encoder);
    const records = toyRecords(200, 7);
    const scores = await trainerScores(join(root, 'same'), backend, records);
    for (const score of scores) expect(score).toBeGreaterThan(0.95);
    await train(join(root, 'fresh'), toyData(), TOY_SHAPE, STILL, { backend });
    const [first] = await trainerScores(join(root, 'fresh'), backend, records);
    expect(first).toBeLessThan(0.8);
  });

  test('run.json and the card say from what', () => {
    const { init } = readRunFile(join(root, 'same'));
    expect(init).toMatchObject({ kind: 'run', digest: expect.stringMatching(/^[0-9a-f]{64}$/), left: [] });
    expect(readFacts(readFileSync(join(root, 'same', MODEL_FILE))).card['init']).toEqual(init);
  });

  test("a checkpoint's own path means its run", async () => {
    const byFile = await loadStart(join(encoder, CHECKPOINT_FILE), target());
    expect(byFile).toEqual(await loadStart(encoder, target()));
    expect(await startShape(join(encoder, CHECKPOINT_FILE))).toEqual(TOY_SHAPE);
  });
});

describe('of other labels', () => {
  test('the blocks come along and the exits begin anew', async () => {
    const { values, record } = await loadStart(encoder, target({ labels: ['no', 'yes', 'maybe'] }));
    const { weights } = readCheckpoint(encoder);
    expect(values['block1.qkv.weight']).toEqual(weights.get('block1.qkv.weight')!.values);
    expect(values['embedding.rows']).toEqual(weights.get('embedding.rows')!.values);
    expect(Object.keys(values).filter((name) => name.startsWith('exit'))).toEqual([]);
    expect(record.left).toEqual(['exits, whose labels differ (complaint, praise)']);
    await expect(startFrom('renamed', encoder, { labels: ['bad', 'good'] })).resolves.toMatchObject({
      finished: true,
    });
  });
});

describe('of another shape', () => {
  test.each(['hidden', 'slfn', 'heads'] as const)('%s must be the same', async (field) => {
    const shape = { ...TOY_SHAPE, [field]: 2 * TOY_SHAPE[field] };
    await expect(loadStart(encoder, target({ shape }))).rejects.toThrow(
      `its ${field} is ${TOY_SHAPE[field]} and this run's ${shape[field]}; give --${field} ${TOY_SHAPE[field]}`,
    );
  });

  test('fewer blocks are taken, more are refused', async () => {
    const { values } = await loadStart(encoder, target({ shape: { ...TOY_SHAPE, blocks: 1 } }));
    expect(values['block0.qkv.weight']).toBeDefined();
    expect(values['block1.qkv.weight']).toBeUndefined();
    const more = target({ shape: { ...TOY_SHAPE, blocks: 3 } });
    await expect(loadStart(encoder, more)).rejects.toThrow('give --blocks 2 or fewer');
  });

  test('scores must be as binary', async () => {
    const binary = target({ shape: { ...TOY_SHAPE, binaryScores: true } });
    await expect(loadStart(encoder, binary)).rejects.toThrow('leave out --binary-scores');
  });

  test.each([8, 32])('%i tokens keep the positions that both have', async (tokens) => {
    const { values } = await loadStart(encoder, target({ shape: { ...TOY_SHAPE, tokens } }));
    const known = readCheckpoint(encoder).weights.get('embedding.position')!.values;
    const positions = values['embedding.position'];
    const shared = Math.min(known.length, positions.length);
    expect(positions).toHaveLength(tokens * TOY_SHAPE.hidden);
    expect(positions.slice(0, shared)).toEqual(known.slice(0, shared));
    expect(positions.slice(shared).every((x) => x !== 0)).toBe(true);
  });

  test('pairs begin with segments of their own', async () => {
    const { values } = await loadStart(encoder, target({ pair: true }));
    expect(values['embedding.segment']).toBeUndefined();
  });
});

test('stopped and resumed after its start has gone, it ends in the same bytes', async () => {
  cpSync(encoder, join(root, 'lent'), { recursive: true });
  const stop = new AbortController();
  const onStep = () => stop.abort();
  const stopped = await startFrom('stopped', join(root, 'lent'), { signal: stop.signal, onStep });
  expect(stopped.finished).toBe(false);
  rmSync(join(root, 'lent'), { recursive: true });
  await startFrom('stopped', join(root, 'lent'), { resume: true });
  for (const file of [CHECKPOINT_FILE, MODEL_FILE]) {
    expect(readFileSync(join(root, 'stopped', file)).equals(readFileSync(join(root, 'same', file)))).toBe(
      true,
    );
  }
});
