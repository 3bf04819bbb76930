import { beforeAll, describe, expect, it } from 'vitest';
import {
  clockResolution,
  measure,
  operations,
  quantiles,
  summarizeOperations,
  textOfTokens,
  twinBytes,
  twinParameters,
} from '../../host/bench/index.ts';
import { type Dimensions, writeModel } from '../../host/model-file/index.ts';
import { type Classifier, load } from '../../host/node/index.ts';
import { randomModel } from '../support/random-model.ts';

const dimensions: Dimensions = {
  hidden: 64,
  slfn: 128,
  blocks: 2,
  heads: 2,
  classes: 2,
  tokens: 8,
  vocabulary: 100,
  segments: 1,
};

describe('operations', () => {
  it('are those of the formula, worked out by hand', () => {
    // 4 tokens. Embedding: 4 (2 * 64 + 5 * 64).
    const embedding = 1792;
    // A block: thresholds and affine 9 * 4 * 64; scores and values 2 * 16 * 64 + 4 * 64, softmax 16 * 2 * 12;
    // product, residuals 3 * 4 * 64; norms 2 * 4 * 5 * 64.
    const block = 2304 + 2304 + 384 + 768 + 2560;
    // An exit: mean 5 * 64, logits 130, softmax and entropy 2 * 14 + 10.
    const exit = 320 + 130 + 38;
    const binary = 4 * (4 * 64 * 64 + 4 * 64 * 128);
    expect(operations(dimensions, 4)).toEqual([
      { exit: 1, float: embedding + block + exit, binary, total: embedding + block + exit + binary / 64 },
      {
        exit: 2,
        float: embedding + 2 * (block + exit),
        binary: 2 * binary,
        total: embedding + 2 * (block + exit) + binary / 32,
      },
    ]);
  });

  it('count the second segment of a model of pairs', () => {
    const [single] = operations(dimensions, 4);
    const [pair] = operations({ ...dimensions, segments: 2 }, 4);
    expect(pair.float - single.float).toBe(4 * 64);
  });

  it('count a light recurrence in every block', () => {
    const without = operations(dimensions, 4);
    const within = operations({ ...dimensions, recurrence: 1 }, 4);
    // 4 tokens: threshold 64, affine 2 * 64, v + f (h - v) 2 * 64, residual 64, norm 5 * 64; two products.
    const float = 4 * (64 + 128 + 128 + 64 + 320);
    const binary = 4 * 2 * 64 * 64;
    within.forEach((exit, i) => {
      expect(exit.float - without[i].float).toBe((i + 1) * float);
      expect(exit.binary - without[i].binary).toBe((i + 1) * binary);
      expect(exit.total).toBe(exit.float + exit.binary / 64);
    });
    expect(operations({ ...dimensions, recurrence: 0 }, 4)).toEqual(without);
  });

  it('count binary scores in every block', () => {
    const real = operations(dimensions, 4);
    const binary = operations({ ...dimensions, binaryScores: 1 }, 4);
    const { heads } = dimensions;
    // 16 scores of 64 channels; 2 * 64 a query; 16 powers a head; a table of 64 / heads + 1 powers and differences.
    const saved = 16 * 64 + 4 * 128 + 16 * heads * 10 - heads * (64 / heads + 1) * 11;
    binary.forEach((exit, i) => {
      expect(real[i].float - exit.float).toBe((i + 1) * saved);
      expect(exit.binary - real[i].binary).toBe((i + 1) * 16 * 64);
    });
  });

  it('are summed up over inputs', () => {
    const inputs = [
      { tokens: 4, exit: 1 },
      { tokens: 4, exit: 2 },
      { tokens: 8, exit: 1 },
    ];
    const [short, long] = [operations(dimensions, 4), operations(dimensions, 8)];
    const { full, mean, reduction } = summarizeOperations(dimensions, inputs);
    expect(full.total).toBeCloseTo((2 * short[1].total + long[1].total) / 3, 6);
    expect(mean.total).toBeCloseTo((short[0].total + short[1].total + long[0].total) / 3, 6);
    expect(mean.binary).toBeCloseTo((short[0].binary + short[1].binary + long[0].binary) / 3, 6);
    expect(reduction).toBeCloseTo(1 - mean.total / full.total, 12);
    expect(summarizeOperations(dimensions, [{ tokens: 5, exit: 2 }]).reduction).toBe(0);
    expect(() => summarizeOperations(dimensions, [])).toThrow(RangeError);
  });
});

describe('the twin', () => {
  it('has the parameters of the formula, worked out by hand', () => {
    // Embedding (100 + 8 + 2) * 64; a block 4 * 4160 + (4 * 8192 + 256 + 128) + 256; an exit 130.
    expect(twinParameters(dimensions)).toBe(7040 + 2 * (16640 + 33152 + 256 + 130));
    expect(twinParameters({ ...dimensions, segments: 2 }) - twinParameters(dimensions)).toBe(4 * 64);
    // A light recurrence: 2 * 4160 of forget gate and value, 128 of its norm.
    const recurrent = twinParameters({ ...dimensions, recurrence: 1 });
    expect(recurrent - twinParameters(dimensions)).toBe(2 * (8320 + 128));
    expect(twinBytes(dimensions)).toBe(4 * twinParameters(dimensions));
  });
});

describe('measuring', () => {
  const parts = randomModel(8, { blocks: 3 });
  let model: Classifier;
  beforeAll(async () => {
    model = await load(writeModel(parts));
  });

  it('gives quantiles by nearest rank', () => {
    expect(quantiles([5])).toEqual({ p50: 5, p95: 5 });
    expect(quantiles(Array.from({ length: 100 }, (_, i) => 100 - i))).toEqual({ p50: 50, p95: 95 });
  });

  it('times each exit from the start, and each step alone', () => {
    const timing = measure(model.core, 'a b c', { samples: 30, warmup: 1 });
    expect(timing.tokens).toBe(3);
    expect(timing.exits.map(({ exit }) => exit)).toEqual([1, 2, 3]);
    const times = [timing.begin.p50, ...timing.exits.map(({ p50 }) => p50)];
    expect(times).toEqual([...times].sort((a, b) => a - b));
    for (const { p50, p95, step } of timing.exits) {
      expect(p95).toBeGreaterThanOrEqual(p50);
      expect(step.p50).toBeGreaterThan(0);
      expect(step.p50).toBeLessThan(p50);
    }
  });

  it('reads the clock right: a clock that ticks 10 microseconds a look', () => {
    let looks = 0;
    const now = () => looks++ / 100;
    expect(clockResolution(now)).toBeCloseTo(0.01, 9);
    const { begin, exits } = measure(model.core, 'a', { samples: 5, warmup: 0, now });
    expect(begin.p50).toBeCloseTo(10, 6);
    exits.forEach(({ exit, p50, step }) => {
      expect(p50).toBeCloseTo(10 * (exit + 1), 6);
      expect(step.p95).toBeCloseTo(10, 6);
    });
  });

  it('takes many runs a sample where the clock is coarse', () => {
    const now = () => Math.floor(performance.now() / 0.1) * 0.1;
    const { clockResolution: resolution, runsPerSample } = measure(model.core, 'a', {
      samples: 2,
      warmup: 0,
      now,
    });
    expect(resolution).toBeCloseTo(100, 0);
    expect(runsPerSample).toBeGreaterThan(5);
  });

  it('makes a text of as many tokens as it is asked for', () => {
    for (const tokens of [1, 7, 16]) {
      const { ids, cut } = model.tokenize(textOfTokens(model.core, parts.pieces, tokens));
      expect([ids.length, cut]).toEqual([tokens, false]);
    }
    expect(() => textOfTokens(model.core, parts.pieces, 17)).toThrow('takes 1 to 16');
  });
});
