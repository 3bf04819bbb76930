/** Starts from packed models: unpacked, they compute the same, and they can learn again. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RowKind } from '../../../assembly/format.ts';
import { readModel, writeModel } from '../../../host/model-file/index.ts';
import { load } from '../../../host/node/index.ts';
import { type Backend, chooseBackend } from '../../../trainer/backend/index.ts';
import { makeBatches } from '../../../trainer/data/batches.ts';
import { trace } from '../../../trainer/evaluate.ts';
import { predictions } from '../../../trainer/forward.ts';
import { loadStart, type StartTarget, startShape } from '../../../trainer/init/index.ts';
import { createModel, type ModelConfig } from '../../../trainer/model.ts';
import { packBlock, packEmbedding, packExit } from '../../../trainer/pack.ts';
import { train } from '../../../trainer/run.ts';
import { unpackModel } from '../../../trainer/unpack.ts';
import { randomModel } from '../../support/random-model.ts';
import { TOY_LABELS, TOY_RECIPE, TOY_SHAPE, toyData, toyRecords } from '../toy.ts';

let backend: Backend;
let root: string;
let file: string;
beforeAll(async () => {
  backend = await chooseBackend('wasm');
  root = mkdtempSync(join(tmpdir(), 'beex-model-'));
  file = (await train(join(root, 'run'), toyData(), TOY_SHAPE, TOY_RECIPE, { backend })).modelFile!;
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const target = (change: Partial<StartTarget> = {}): StartTarget => ({
  shape: TOY_SHAPE,
  recipe: TOY_RECIPE,
  labels: TOY_LABELS,
  pair: false,
  texts: () => [],
  ...change,
});

/** Random parts of all sizes: gates, limits and scales that no training would leave. */
const PARTS = randomModel(7, {
  hidden: 128,
  slfn: 192,
  blocks: 2,
  heads: 4,
  classes: 3,
  segments: 2,
  recurrence: 1,
});

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  const worst = Math.max(
    ...Array.from(actual, (x, i) => Math.abs(x - expected[i]) / (1 + Math.abs(expected[i]))),
  );
  expect(worst).toBeLessThan(1e-5);
}

describe('unpacked and packed again', () => {
  const shape = { hidden: 128, slfn: 192, blocks: 2, heads: 4, tokens: 16, lightRecurrence: true };
  const weights = unpackModel(PARTS);

  test.each([0, 1])('block %i has the same bits and limits, and the same scales but for rounding', (i) => {
    const block = packBlock(weights, i, shape);
    const given = PARTS.blocks[i];
    for (const name of ['qkv', 'output', 'gate', 'value'] as const) {
      expect(block[name].bits).toEqual(given[name].bits);
      expectClose(block[name].scale, given[name].scale);
      expectClose(block[name].offset, given[name].offset);
    }
    const { gates, threshold, norm } = block.recurrence!;
    expect(gates.bits).toEqual(given.recurrence!.gates.bits);
    expectClose(gates.scale, given.recurrence!.gates.scale);
    expectClose(gates.offset, given.recurrence!.gates.offset);
    expect({ threshold, norm }).toEqual({
      threshold: given.recurrence!.threshold,
      norm: given.recurrence!.norm,
    });
    expect(block.hiddenBits).toEqual(given.hiddenBits);
    expect(block.hiddenLimit).toEqual(given.hiddenLimit);
    expect(block.attentionThreshold).toEqual(given.attentionThreshold);
    expect(block.slfnNorm).toEqual(given.slfnNorm);
    expect(packExit(weights, i)).toEqual(PARTS.exits[i]);
  });

  test('limits of never and always survive', () => {
    const parts = randomModel(8, { hidden: 64, slfn: 64, blocks: 1 });
    parts.blocks[0].hiddenLimit.set([-1, 64, 0, 63]);
    const again = packBlock(unpackModel(parts), 0, { hidden: 64, slfn: 64, blocks: 1, heads: 2, tokens: 16 });
    expect(again.hiddenLimit).toEqual(parts.blocks[0].hiddenLimit);
  });

  test('binary scores have the same limits and steps', () => {
    const sizes = { hidden: 64, slfn: 64, blocks: 1, heads: 2, tokens: 16 };
    const parts = randomModel(10, { ...sizes, binaryScores: 1 });
    const [given] = parts.blocks;
    given.scores!.limit.set([-1, 64, 0, 63]);
    const again = packBlock(unpackModel(parts), 0, { ...sizes, binaryScores: true });
    expect(again.scores!.limit).toEqual(given.scores!.limit);
    expectClose(again.scores!.step, given.scores!.step);
    expect(again.qkv.bits).toEqual(given.qkv.bits);
    expectClose(again.qkv.scale, given.qkv.scale);
    expectClose(again.qkv.offset, given.qkv.offset);
  });

  test('the embedding has the same rows, positions and segments', () => {
    const again = packEmbedding(weights, shape);
    expect(again.tokens).toEqual(PARTS.embedding.tokens);
    const repacked = unpackModel({ ...PARTS, embedding: again });
    for (const name of ['embedding.position', 'embedding.segment']) {
      // Bytes are scaled anew, to the largest of the row: within half a step.
      const steps = name === 'embedding.position' ? again.positions.scale : again.segments!.scale;
      repacked[name].forEach((x, i) => {
        const step = steps[Math.floor(i / shape.hidden)];
        expect(Math.abs(x - weights[name][i])).toBeLessThanOrEqual(0.51 * step);
      });
    }
  });

  test('rows of bytes are unpacked too', () => {
    const parts = randomModel(9, { rowKind: RowKind.Int8 });
    const { tokens } = parts.embedding;
    if (tokens.kind !== RowKind.Int8) throw new Error('not what was asked for');
    const rows = unpackModel(parts)['embedding.rows'];
    expect(Math.sign(rows[70])).toBe(Math.sign(tokens.values[70]));
    expect(rows[70] / rows[71]).toBeCloseTo(tokens.values[70] / tokens.values[71], 4);
  });
});

test('the trainer computes with it what the core does, and every weight can still learn', async () => {
  const parts = readModel(readFileSync(file));
  const model = await load(file);
  const records = toyRecords(100, 6);
  const examples = records.map(({ text, label }) => ({
    ids: model.tokenize(text).ids.slice(),
    segmentStart: TOY_SHAPE.tokens,
    label: TOY_LABELS.indexOf(label),
  }));
  const config: ModelConfig = {
    ...TOY_SHAPE,
    classes: 2,
    vocabulary: parts.dimensions.vocabulary,
    segments: 1,
    rowWidth: TOY_SHAPE.hidden,
    twin: false,
    dropout: { embedding: 0, block: 0, exit: 0 },
  };
  const trained = createModel(backend, config, 1);
  trained.import(unpackModel(parts));
  const ofCore = trace(model, records, TOY_LABELS);
  predictions(trained, examples).forEach((labels, exit) => {
    const same = ofCore.filter((one, i) => one.predictions[exit] === labels[i]).length;
    expect(same).toBeGreaterThanOrEqual(99);
  });
  const [batch] = makeBatches(examples, { size: 64, seed: 1, epoch: 0 });
  const { gradients } = trained.gradients(batch);
  const still = gradients.get('block0.qkv.weight')!.filter((g) => g === 0).length;
  expect(still).toBeLessThan(0.1 * gradients.get('block0.qkv.weight')!.length);
  trained.dispose();
  model.dispose();
});

describe('as a start', () => {
  test('of the same labels it comes whole, and gives its shape', async () => {
    const { values, record, pieces } = await loadStart(file, target());
    expect(record).toMatchObject({ kind: 'model file', left: [] });
    expect(pieces).toEqual(readModel(readFileSync(file)).pieces);
    expect(values['exit1.weight']).toEqual(readModel(readFileSync(file)).exits[1].weight);
    expect(await startShape(file)).toEqual(TOY_SHAPE);
  });

  test('of pairs it brings its segments', async () => {
    const path = join(root, 'pairs.beex');
    writeFileSync(path, writeModel(PARTS));
    const plain = { hidden: 128, slfn: 192, blocks: 2, heads: 4, tokens: 16 };
    await expect(loadStart(path, target({ shape: plain, pair: true }))).rejects.toThrow(
      'its blocks begin with a light recurrence; give --light-recurrence',
    );
    const shape = { ...plain, lightRecurrence: true };
    const { values } = await loadStart(path, target({ shape, pair: true }));
    const known = unpackModel(PARTS)['embedding.segment'];
    expect(values['embedding.segment'].slice(0, known.length)).toEqual(known);
  });

  test('a model of the package is known by its name', async () => {
    expect(await startShape('sst2')).toMatchObject({ hidden: 192, blocks: 3 });
  });

  test('a twin can’t start from it, nor anything from a damaged file', async () => {
    await expect(loadStart(file, target({ recipe: { ...TOY_RECIPE, twin: true } }))).rejects.toThrow(
      "a float twin can't start from it",
    );
    const bytes = writeModel(PARTS);
    bytes[200] ^= 1;
    writeFileSync(join(root, 'damaged.beex'), bytes);
    await expect(loadStart(join(root, 'damaged.beex'), target())).rejects.toMatchObject({
      name: 'DataError',
      message: expect.stringMatching(/damaged\.beex: /),
    });
  });
});
