// Products of a float matrix with a sign matrix, for the backward pass. Rows of the float matrix
// are taken in groups of 4; all 16 signed sums of a group are computed once, 16 lanes wide, and
// each column of the sign matrix then costs one lookup and one addition where a plain product
// costs 4 multiplications and 4 additions ("method of four Russians"):
//
//   rows 4g..4g+3        table of group g                    out
//   | a: 16 lanes |      0: -a-b-c-d | 16 lanes = 64 bytes   column k += entry nibble(k, g)
//   | b           |  ->  1: +a-b-c-d |
//   | c           |      ...                                 nibble(k, g): see bits.ts
//   | d           |     15: +a+b+c+d |
//
// A group's table is 1 KiB; CHUNK groups are tabled at a time so that the tables stay in the
// first cache. out is a tile [K][16]; it is added to across chunks. M is a multiple of 8, J and K of 16.

import { fallOf, heightOf, surrogate, turnFour } from './lanes';

const CHUNK: i32 = 16;
const ENTRY: usize = 64;
const TABLE: usize = 1024;

/** Bytes of scratch that lookupRows and lookupColumns need: tables, out tile, one transposed tile. */
export function lookupScratch(J: i32, K: i32): i32 {
  return CHUNK * <i32>TABLE + K * <i32>ENTRY + J * <i32>ENTRY;
}

/**
 * out[J,K] = dy[M,J]^T x[M,K], x as nibbles [K][M/4] of {-1,+1}, or of {0,1} if `zeroOne`.
 * Lanes are 16 columns of dy. J is a multiple of 16, M of 4.
 */
export function lookupColumns(
  dy: usize,
  nibbles: usize,
  out: usize,
  scratch: usize,
  M: i32,
  J: i32,
  K: i32,
  zeroOne: i32,
): void {
  const row = (<usize>J) << 2,
    groups = M >> 2;
  const tile = scratch + CHUNK * TABLE;
  for (let j = 0; j < J; j += 16) {
    memory.fill(tile, 0, <usize>K * ENTRY);
    const source = dy + ((<usize>j) << 2);
    for (let g = 0; g < groups; g += CHUNK) {
      const count = min(CHUNK, groups - g);
      for (let i = 0; i < count; i++)
        tabulate(source + <usize>(g + i) * (row << 2), row, scratch + <usize>i * TABLE, zeroOne);
      addEntries(scratch, nibbles + <usize>g, <usize>groups, count, tile, K);
    }
    transposeTile(tile, out + <usize>j * ((<usize>K) << 2), K);
  }
}

/**
 * The gradient of the layer's input: dx[M,K] = (dy[M,J] gain[J] mean[J]) w^[J,K], times the
 * surrogate of x - theta, `clipped` or not, and `factor`; w^ as nibbles [K][J/4]. Lanes are 16
 * tokens, whose part of dy is scaled and transposed first. x and dx have `stride` floats from row
 * to row. dtheta[K] = -sum over tokens of dx; theta and dtheta are 0 where the layer has no threshold.
 */
export function lookupRows(
  dy: usize,
  gain: usize,
  mean: usize,
  nibbles: usize,
  x: usize,
  theta: usize,
  dx: usize,
  dtheta: usize,
  stride: i32,
  factor: f32,
  scratch: usize,
  M: i32,
  J: i32,
  K: i32,
  clipped: i32,
): void {
  const row = (<usize>J) << 2,
    groups = J >> 2;
  const tile = scratch + CHUNK * TABLE,
    turned = tile + <usize>K * ENTRY;
  if (dtheta) memory.fill(dtheta, 0, (<usize>K) << 2);
  for (let m = 0; m < M; m += 16) {
    const tokens = min(16, M - m);
    scaleTransposed(dy + <usize>m * row, gain, mean, turned, J, tokens);
    memory.fill(tile, 0, <usize>K * ENTRY);
    for (let g = 0; g < groups; g += CHUNK) {
      const count = min(CHUNK, groups - g);
      for (let i = 0; i < count; i++)
        tabulate(turned + <usize>(g + i) * (ENTRY << 2), ENTRY, scratch + <usize>i * TABLE, 0);
      addEntries(scratch, nibbles + <usize>g, <usize>groups, count, tile, K);
    }
    const offset = <usize>m * ((<usize>stride) << 2);
    storeThroughSurrogate(
      tile,
      x + offset,
      theta,
      dx + offset,
      dtheta,
      (<usize>stride) << 2,
      factor,
      clipped,
      K,
      tokens,
    );
  }
}

/** Turns tile[K][16] to rows of dx, each element times factor * surrogate(x - theta). */
function storeThroughSurrogate(
  tile: usize,
  x: usize,
  theta: usize,
  dx: usize,
  dtheta: usize,
  row: usize,
  factor: f32,
  clipped: i32,
  K: i32,
  tokens: i32,
): void {
  const scale = f32x4.splat(factor);
  const height = heightOf(clipped),
    fall = fallOf(clipped);
  for (let k = 0; k < K; k += 4) {
    const t = theta ? v128.load(theta) : f32x4.splat(0);
    let sum = f32x4.splat(0);
    for (let r: usize = 0; r < <usize>tokens; r += 4) {
      const p = tile + (r << 2),
        o = dx + r * row;
      turnFour(v128.load(p), v128.load(p, 64), v128.load(p, 128), v128.load(p, 192), o, row);
      let at = r * row;
      for (let i = 0; i < 4; i++) {
        const slope = f32x4.mul(scale, surrogate(f32x4.sub(v128.load(x + at), t), height, fall));
        const g = f32x4.mul(v128.load(dx + at), slope);
        v128.store(dx + at, g);
        sum = f32x4.add(sum, g);
        at += row;
      }
    }
    if (dtheta) {
      v128.store(dtheta, f32x4.sub(v128.load(dtheta), sum));
      dtheta += 16;
    }
    if (theta) theta += 16;
    tile += ENTRY << 2;
    x += 16;
    dx += 16;
  }
}

/** The 16 sums of 4 rows of 16 floats, `row` bytes apart: +-a+-b+-c+-d, or sums of subsets. */
function tabulate(source: usize, row: usize, table: usize, zeroOne: i32): void {
  for (let lane: usize = 0; lane < ENTRY; lane += 16) {
    const p = source + lane,
      o = table + lane;
    const a = v128.load(p),
      b = v128.load(p + row),
      c = v128.load(p + 2 * row),
      d = v128.load(p + 3 * row);
    const ab = f32x4.add(a, b),
      cd = f32x4.add(c, d);
    if (zeroOne) {
      const none = f32x4.splat(0);
      fourEntries(o, none, a, b, ab, none);
      fourEntries(o + 4 * ENTRY, none, a, b, ab, c);
      fourEntries(o + 8 * ENTRY, none, a, b, ab, d);
      fourEntries(o + 12 * ENTRY, none, a, b, ab, cd);
    } else {
      const minus = f32x4.sub(a, b),
        less = f32x4.sub(c, d);
      const nab = f32x4.neg(ab),
        nminus = f32x4.neg(minus);
      fourEntries(o, nab, minus, nminus, ab, f32x4.neg(cd));
      fourEntries(o + 4 * ENTRY, nab, minus, nminus, ab, less);
      fourEntries(o + 8 * ENTRY, nab, minus, nminus, ab, f32x4.neg(less));
      fourEntries(o + 12 * ENTRY, nab, minus, nminus, ab, cd);
    }
  }
}

function fourEntries(o: usize, e0: v128, e1: v128, e2: v128, e3: v128, more: v128): void {
  v128.store(o, f32x4.add(e0, more));
  v128.store(o, f32x4.add(e1, more), 64);
  v128.store(o, f32x4.add(e2, more), 128);
  v128.store(o, f32x4.add(e3, more), 192);
}

/** tile[k] += sum over `count` groups of their table's entry nibble(k, g); two columns at a time.
 * count is even. */
function addEntries(tables: usize, nibbles: usize, column: usize, count: i32, tile: usize, K: i32): void {
  for (let k = 0; k < K; k += 2) {
    let c00 = v128.load(tile),
      c01 = v128.load(tile, 16),
      c02 = v128.load(tile, 32),
      c03 = v128.load(tile, 48);
    let c10 = v128.load(tile, 64),
      c11 = v128.load(tile, 80),
      c12 = v128.load(tile, 96),
      c13 = v128.load(tile, 112);
    let p = nibbles,
      q = nibbles + column,
      t = tables;
    const end = p + <usize>count;
    // Two groups a turn: the loop's own cost is what limits it otherwise.
    while (p < end) {
      let e = t + ((<usize>load<u8>(p)) << 6),
        f = t + ((<usize>load<u8>(q)) << 6);
      c00 = f32x4.add(c00, v128.load(e));
      c01 = f32x4.add(c01, v128.load(e, 16));
      c02 = f32x4.add(c02, v128.load(e, 32));
      c03 = f32x4.add(c03, v128.load(e, 48));
      c10 = f32x4.add(c10, v128.load(f));
      c11 = f32x4.add(c11, v128.load(f, 16));
      c12 = f32x4.add(c12, v128.load(f, 32));
      c13 = f32x4.add(c13, v128.load(f, 48));
      e = t + ((<usize>load<u8>(p, 1)) << 6);
      f = t + ((<usize>load<u8>(q, 1)) << 6);
      c00 = f32x4.add(c00, v128.load(e, 1024));
      c01 = f32x4.add(c01, v128.load(e, 1040));
      c02 = f32x4.add(c02, v128.load(e, 1056));
      c03 = f32x4.add(c03, v128.load(e, 1072));
      c10 = f32x4.add(c10, v128.load(f, 1024));
      c11 = f32x4.add(c11, v128.load(f, 1040));
      c12 = f32x4.add(c12, v128.load(f, 1056));
      c13 = f32x4.add(c13, v128.load(f, 1072));
      p += 2;
      q += 2;
      t += TABLE << 1;
    }
    v128.store(tile, c00);
    v128.store(tile, c01, 16);
    v128.store(tile, c02, 32);
    v128.store(tile, c03, 48);
    v128.store(tile, c10, 64);
    v128.store(tile, c11, 80);
    v128.store(tile, c12, 96);
    v128.store(tile, c13, 112);
    nibbles += column << 1;
    tile += ENTRY << 1;
  }
}

/** tile[K][16] to out[16][K]. */
function transposeTile(tile: usize, out: usize, K: i32): void {
  const row = (<usize>K) << 2;
  for (let k = 0; k < K; k += 4) {
    for (let r: usize = 0; r < 16; r += 4) {
      const p = tile + (r << 2),
        o = out + r * row;
      turnFour(v128.load(p), v128.load(p, 64), v128.load(p, 128), v128.load(p, 192), o, row);
    }
    tile += ENTRY << 2;
    out += 16;
  }
}

/** turned[J][16] = dy * gain * mean of up to 16 tokens; lanes of missing tokens are zero. */
function scaleTransposed(dy: usize, gain: usize, mean: usize, turned: usize, J: i32, tokens: i32): void {
  const row = (<usize>J) << 2;
  if (tokens < 16) memory.fill(turned, 0, <usize>J * ENTRY);
  for (let j = 0; j < J; j += 4) {
    const alpha = f32x4.mul(v128.load(gain), v128.load(mean));
    for (let m: usize = 0; m < <usize>tokens; m += 4) {
      const p = dy + m * row;
      turnFour(
        f32x4.mul(v128.load(p), alpha),
        f32x4.mul(v128.load(p + row), alpha),
        f32x4.mul(v128.load(p + 2 * row), alpha),
        f32x4.mul(v128.load(p + 3 * row), alpha),
        turned + (m << 2),
        ENTRY,
      );
    }
    dy += 16;
    gain += 16;
    mean += 16;
    turned += ENTRY << 2;
  }
}
