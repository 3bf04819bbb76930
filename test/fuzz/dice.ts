/** Random choices that the same seed makes again. */
import { randomSource } from '../support/random-model.ts';

export interface Dice {
  /** Uniform in 0 .. count - 1. */
  below(count: number): number;
  pick<T>(list: readonly T[]): T;
  /** True once in `times`. */
  oneIn(times: number): boolean;
}

export function dice(seed: number): Dice {
  const random = randomSource(seed);
  // Neighbouring seeds begin alike in nothing once the first number is thrown away.
  random();
  const below = (count: number) => Math.floor(random() * count);
  return { below, pick: (list) => list[below(list.length)], oneIn: (times) => below(times) === 0 };
}
