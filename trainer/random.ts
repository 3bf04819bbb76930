/**
 * The one generator of random numbers that training draws from: xoshiro128** (Blackman and Vigna),
 * its state filled by splitmix32 from a seed and any number of keys. The same (seed, keys) give the
 * same numbers on every machine, so what a run does in step k needs no replay of the steps before.
 */
export class Random {
  private readonly state = new Uint32Array(4);

  /** Keys tell streams of one seed apart, such as (seed, epoch, batch). All are taken as 32 bits. */
  constructor(seed: number, ...keys: number[]) {
    let mixed = 0x9e3779b9;
    for (const key of [seed, ...keys]) mixed = scramble(mixed ^ scramble((key + 0x9e3779b9) | 0));
    for (let i = 0; i < 4; i++) {
      mixed = (mixed + 0x9e3779b9) | 0;
      this.state[i] = scramble(mixed);
    }
    // The only state that xoshiro can't leave.
    if (this.state.every((word) => word === 0)) this.state[0] = 1;
  }

  /** A whole number in [0, 2^32). */
  uint32(): number {
    const s = this.state;
    const result = Math.imul(rotateLeft(Math.imul(s[1], 5), 7), 9) >>> 0;
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotateLeft(s[3], 11);
    return result;
  }

  /** A number in [0, 1). */
  float(): number {
    return this.uint32() / 0x100000000;
  }

  /** A whole number in [0, bound), bound at most 2^32. */
  below(bound: number): number {
    return Math.floor(this.float() * bound);
  }

  /** A number of the standard normal distribution (Box and Muller). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.float()));
    return radius * Math.cos(2 * Math.PI * this.float());
  }

  /** Puts the items in random order, in place (Fisher and Yates), and returns them. */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const kept = items[i];
      items[i] = items[j];
      items[j] = kept;
    }
    return items;
  }
}

/** splitmix32's output function: every bit of the input moves about half of the output's. */
function scramble(value: number): number {
  let z = value | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}

function rotateLeft(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
