/** The soft-routing loss: values by hand, and its gradient against differences. */
import { describe, expect, test } from 'vitest';
import { type LossOptions, PLAIN_MEAN, routedLoss } from '../../trainer/loss.ts';
import { createRandom } from '../../trainer/random.ts';

const LN2 = Math.log(2);

function entropy(p: number): number {
  return -p * Math.log(p) - (1 - p) * Math.log(1 - p);
}

/** Logits of two classes whose softmax gives `p` to the second. */
function logits(p: number): Float32Array {
  return Float32Array.of(0, Math.log(p / (1 - p)));
}

describe('by hand', () => {
  test('lambda 1 is the mean of the cross-entropies', () => {
    const result = routedLoss([logits(0.8), logits(0.5)], { labels: Int32Array.of(1) }, 2, PLAIN_MEAN);
    expect(result.loss).toBeCloseTo((-Math.log(0.8) + LN2) / 2, 6);
    expect(result.crossEntropy[1]).toBeCloseTo(LN2, 6);
    expect(result.gradients[0][0]).toBeCloseTo(0.2 / 2, 6);
    expect(result.gradients[0][1]).toBeCloseTo(-0.2 / 2, 6);
  });

  test('lambda 0 weighs exits by the chance to leave there', () => {
    const options: LossOptions = { ...PLAIN_MEAN, lambda: 0, kappa: 4, tau: [0.2, 0.9, 0] };
    const result = routedLoss(
      [logits(0.8), logits(0.6), logits(0.9)],
      { labels: Int32Array.of(1) },
      2,
      options,
    );
    const stop = (p: number, tau: number) => 1 / (1 + Math.exp(-4 * (1 - entropy(p) / LN2 - tau)));
    const [first, second] = [stop(0.8, 0.2), stop(0.6, 0.9)];
    const shares = [first, (1 - first) * second, (1 - first) * (1 - second)];
    shares.forEach((share, i) => {
      expect(result.routing[i]).toBeCloseTo(share, 6);
    });
    expect(shares[0] + shares[1] + shares[2]).toBeCloseTo(1, 12);
    const losses = [0.8, 0.6, 0.9].map((p) => -Math.log(p));
    expect(result.loss).toBeCloseTo(
      shares.reduce((sum, share, i) => sum + share * losses[i], 0),
      6,
    );
  });

  test('a plateau never stops at exit 1 and stops where entropy rises', () => {
    const options: LossOptions = {
      ...PLAIN_MEAN,
      lambda: 0,
      score: 'entropy-plateau',
      kappa: 60,
      tau: [0.1, 0.1, 0.1],
    };
    const result = routedLoss(
      [logits(0.9), logits(0.6), logits(0.9)],
      { labels: Int32Array.of(1) },
      2,
      options,
    );
    expect(result.routing[0]).toBe(0);
    expect(result.routing[1]).toBeGreaterThan(0.999);
  });

  test('no entropy to remove counts as no reduction', () => {
    const options: LossOptions = {
      ...PLAIN_MEAN,
      lambda: 0,
      score: 'entropy-plateau',
      kappa: 1,
      tau: [0, 0, 0],
    };
    const sure = Float32Array.of(0, 200);
    const result = routedLoss([sure, sure, sure], { labels: Int32Array.of(1) }, 2, {
      ...options,
      throughRouting: true,
    });
    expect(result.routing[1]).toBeCloseTo(0.5, 12);
    expect(result.gradients.every((g) => g.every(Number.isFinite))).toBe(true);
  });

  test('one exit is plain cross-entropy whatever lambda', () => {
    const result = routedLoss([logits(0.7)], { labels: Int32Array.of(0) }, 2, { ...PLAIN_MEAN, lambda: 0.2 });
    expect(result.loss).toBeCloseTo(-Math.log(0.3), 6);
  });

  test('smoothing spreads the target', () => {
    const result = routedLoss([logits(0.8)], { labels: Int32Array.of(1) }, 2, {
      ...PLAIN_MEAN,
      labelSmoothing: 0.1,
    });
    expect(result.loss).toBeCloseTo(-0.95 * Math.log(0.8) - 0.05 * Math.log(0.2), 6);
  });

  test('a soft label is learned as it is, and only where there is one', () => {
    const targets = { labels: Int32Array.of(1, 1), shares: [[0.3, 0.7], undefined] };
    const both = Float32Array.of(...logits(0.8), ...logits(0.6));
    const result = routedLoss([both], targets, 2, PLAIN_MEAN);
    const soft = -0.3 * Math.log(0.2) - 0.7 * Math.log(0.8);
    expect(result.loss).toBeCloseTo((soft - Math.log(0.6)) / 2, 6);
    expect(result.gradients[0][1]).toBeCloseTo((0.8 - 0.7) / 2, 6);
    expect(result.gradients[0][3]).toBeCloseTo((0.6 - 1) / 2, 6);
  });

  test('a weight is a factor on its text alone', () => {
    const both = { labels: Int32Array.of(1, 1), weights: [0.25, 1] };
    const exit = Float32Array.of(...logits(0.8), ...logits(0.5));
    const { loss, gradients } = routedLoss([exit], both, 2, PLAIN_MEAN);
    expect(loss).toBeCloseTo((-0.25 * Math.log(0.8) + LN2) / 2, 6);
    expect(gradients[0][1]).toBeCloseTo((0.25 * -0.2) / 2, 6);
    expect(gradients[0][3]).toBeCloseTo(-0.5 / 2, 6);
  });

  test('class weights multiply', () => {
    const result = routedLoss([logits(0.8)], { labels: Int32Array.of(1) }, 2, {
      ...PLAIN_MEAN,
      classWeights: [1, 3],
    });
    expect(result.loss).toBeCloseTo(-3 * Math.log(0.8), 6);
  });

  test('the lowest label wins a tie', () => {
    expect(routedLoss([logits(0.5)], { labels: Int32Array.of(0) }, 2, PLAIN_MEAN).correct).toEqual([1]);
    expect(routedLoss([logits(0.5)], { labels: Int32Array.of(1) }, 2, PLAIN_MEAN).correct).toEqual([0]);
  });

  test('a label out of range is refused', () => {
    expect(() => routedLoss([logits(0.5)], { labels: Int32Array.of(2) }, 2, PLAIN_MEAN)).toThrow(RangeError);
  });
});

describe('the gradient is the slope', () => {
  const cases: [string, Partial<LossOptions>][] = [
    ['plain mean', {}],
    ['smoothing and class weights', { labelSmoothing: 0.2, classWeights: [0.5, 1.5, 1] }],
    ['entropy-fraction through routing', { lambda: 0.3, throughRouting: true, tau: [0.1, 0.2, 0.3, 0] }],
    [
      'entropy-plateau through routing',
      { lambda: 0, score: 'entropy-plateau', throughRouting: true, tau: [0, 0.1, 0.05, 0] },
    ],
  ];
  test.each(cases)('%s', (_, options) => {
    const all = { ...PLAIN_MEAN, kappa: 3, ...options };
    const random = createRandom(2);
    const [exits, texts, classes] = [4, 3, 3];
    const values = Array.from({ length: exits }, () =>
      Float32Array.from({ length: texts * classes }, () => random.normal()),
    );
    const targets = { labels: Int32Array.of(0, 2, 1), shares: [undefined, [0.2, 0.1, 0.7], undefined] };
    const { gradients } = routedLoss(values, targets, classes, all);
    values.forEach((exit, i) => {
      exit.forEach((value, j) => {
        const lossAt = (step: number) => {
          exit[j] = value + step;
          const { loss } = routedLoss(values, targets, classes, all);
          const moved = exit[j] - value;
          exit[j] = value;
          return [loss, moved];
        };
        const [high, up] = lossAt(1e-3);
        const [low, down] = lossAt(-1e-3);
        expect(gradients[i][j]).toBeCloseTo((high - low) / (up - down), 5);
      });
    });
  });

  test('distillation pulls earlier exits towards the last, which it leaves alone', () => {
    const plain = routedLoss([logits(0.6), logits(0.9)], { labels: Int32Array.of(1) }, 2, PLAIN_MEAN);
    const pulled = routedLoss([logits(0.6), logits(0.9)], { labels: Int32Array.of(1) }, 2, {
      ...PLAIN_MEAN,
      distillation: 0.5,
    });
    expect(pulled.gradients[0][1] - plain.gradients[0][1]).toBeCloseTo(0.5 * (0.6 - 0.9), 6);
    expect(pulled.gradients[1]).toEqual(plain.gradients[1]);
    expect(pulled.loss - plain.loss).toBeCloseTo(-0.5 * (0.9 * Math.log(0.6) + 0.1 * Math.log(0.4)), 6);
  });
});
