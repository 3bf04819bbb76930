/**
 * Random numbers that a seed fixes: a generator for initial weights and shuffles, and a hash of
 * (key, index) for dropout, which needs no state, so a resumed run and every backend agree.
 * The AssemblyScript twin of `keeps` is backend/kernel/dropout.ts.
 */

/** Mixes 32 bits (the finalizer of MurmurHash3). */
export function mix(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Folds whole numbers into one 32-bit key; order counts. */
export function hashKey(...parts: number[]): number {
  let key = 0x9e3779b9;
  for (const part of parts) key = mix((Math.imul(key, 31) + part) >>> 0);
  return key;
}

/** One place where dropout happens in one step. */
export interface Drop {
  /** Share of elements set to zero, in [0, 1). */
  rate: number;
  /** 32 bits; the same key gives the same mask. */
  key: number;
}

/** Elements whose 24 hash bits are at least this are kept. */
export function dropThreshold(rate: number): number {
  return Math.round(rate * 0x1000000);
}

/** Whether dropout keeps element `index` under this key. */
export function keeps(key: number, index: number, threshold: number): boolean {
  return mix((Math.imul(index, 0x9e3779b1) + key) >>> 0) >>> 8 >= threshold;
}

/** A seeded stream of numbers. */
export interface Random {
  /** In [0, 1), a multiple of 2^-32. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** A whole number in [0, limit). */
  below(limit: number): number;
}

/** Starts the stream of a seed: mulberry32, with Box and Muller's transform for normals. */
export function createRandom(seed: number): Random {
  let state = mix(seed ^ 0x5bf03635);
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 0x100000000;
  };
  const normal = () => {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    return radius * Math.cos(2 * Math.PI * uniform());
  };
  return { uniform, normal, below: (limit) => Math.floor(uniform() * limit) };
}
