/** Rows projected to d: what is kept of them, and that no channel is left with nothing. */
import { describe, expect, test } from 'vitest';
import { projected, projection } from '../../../trainer/init/projection.ts';
import { createRandom } from '../../../trainer/random.ts';

const length = (values: ArrayLike<number>): number =>
  Math.sqrt(Array.from(values).reduce((sum, x) => sum + x * x, 0));

/** [count, e] that vary in `rank` directions, each less than the one before, and a little elsewhere. */
function falling(count: number, e: number, rank: number): Float32Array {
  const random = createRandom(5);
  const axes = Array.from({ length: rank }, () => Array.from({ length: e }, () => random.normal()));
  const rows = new Float32Array(count * e);
  for (let r = 0; r < count; r++) {
    axes.forEach((axis, k) => {
      const x = random.normal() * 0.8 ** k;
      for (let c = 0; c < e; c++) rows[r * e + c] += x * axis[c];
    });
    for (let c = 0; c < e; c++) rows[r * e + c] += 0.01 * random.normal();
  }
  return rows;
}

describe('narrower than the rows', () => {
  const [count, e, d] = [300, 96, 64];

  test('columns are orthonormal', () => {
    const matrix = projection(falling(count, e, 80), e, d, 1);
    let worst = 0;
    for (let a = 0; a < d; a++) {
      for (let b = 0; b < d; b++) {
        let dot = 0;
        for (let i = 0; i < e; i++) dot += matrix[i * d + a] * matrix[i * d + b];
        worst = Math.max(worst, Math.abs(dot - (a === b ? 1 : 0)));
      }
    }
    expect(worst).toBeLessThan(1e-5);
  });

  test('directions in which rows differ are kept, where a random map would lose a third', () => {
    const rows = falling(count, e, 20);
    const kept = projected(rows, projection(rows, e, d, 1), d);
    expect((length(kept) / length(rows)) ** 2).toBeGreaterThan(0.999);
    const other = falling(count, e, 80);
    const unfit = projected(rows, projection(other.map((x) => -x).reverse(), e, d, 1), d);
    expect((length(unfit) / length(rows)) ** 2).toBeLessThan(0.9);
  });

  test('every channel carries about as much', () => {
    const rows = falling(count, e, 20);
    const kept = projected(rows, projection(rows, e, d, 1), d);
    const channels = Array.from({ length: d }, (_, c) => length(kept.filter((_, i) => i % d === c)));
    expect(Math.max(...channels) / Math.min(...channels)).toBeLessThan(8);
  });

  test('the seed decides', () => {
    const rows = falling(count, e, 20);
    expect(projection(rows, e, d, 1)).toEqual(projection(rows, e, d, 1));
    expect(projection(rows, e, d, 1)).not.toEqual(projection(rows, e, d, 2));
  });

  test('fewer rows than channels are enough', () => {
    const rows = falling(10, e, 8);
    const kept = projected(rows, projection(rows, e, d, 1), d);
    expect(kept.every(Number.isFinite)).toBe(true);
    expect((length(kept) / length(rows)) ** 2).toBeGreaterThan(0.999);
  });
});

test('wider than the rows, all lengths and angles are kept', () => {
  const [e, d] = [48, 64];
  const rows = falling(20, e, 30);
  const wide = projected(rows, projection(rows, e, d, 3), d);
  const dot = (values: Float32Array, width: number, a: number, b: number): number => {
    let sum = 0;
    for (let c = 0; c < width; c++) sum += values[a * width + c] * values[b * width + c];
    return sum;
  };
  for (let a = 0; a < 20; a++) {
    for (let b = 0; b <= a; b++) expect(dot(wide, d, a, b)).toBeCloseTo(dot(rows, e, a, b), 2);
  }
});
