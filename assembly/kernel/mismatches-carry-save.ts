/**
 * Mismatches of a lone token by carry-save addition (Harley-Seal), lanes are output rows (see lanes.ts),
 * 2 blocks of 16 rows x 1 token. Adders add 8 bytes of differing bits, bit by bit, before anything is counted,
 * so one popcount serves 8 bytes: on x86 under V8, where i8x16.popcnt is six instructions and four loads,
 * that saves a fifth of the time.
 *
 *   bytes 0 1 2 3 │ 4 5 6 7          of one row's lane, each xor the token's byte
 *         └─ ++ ──┴── ++ ──► ones        (each ++ takes what is left of the one before)
 *            └─── ++ ───┘  ──► twos      of pairs of carries of ones
 *                 └ + ─────► fours       of a pair of carries of twos
 *                   └ popcnt ──► eights  of carries of fours, the only sum
 *
 *   mismatches = 8 eights + 4 popcnt(fours) + 2 popcnt(twos) + popcnt(ones)
 *
 * A ++ adds two pairs to a bit in 8 operations where two full adders take 10: it wants of a pair x, y the bits
 * x and x ^ y, and gives its two carries in the same form (MDFA of Demenkov, Kojevnikov, Kulikov and
 * Yaroslavtsev, New upper bounds on the Boolean circuit complexity of symmetric functions, 2010):
 *
 *   half   = z ^ (x0 ^ y0)             z' = half ^ (x1 ^ y1)
 *   either = (x0 ^ y0) | (x0 ^ z)
 *   carry  = either ^ half             carry ^ next = either ^ ((x1 ^ half) & ~(x1 ^ y1))
 */
import { BLOCK_ROWS } from './lanes';

/** Rows of a tile. */
export const CARRY_SAVE_ROWS: i32 = 2 * BLOCK_ROWS;
/** Bytes of a row of which 8-bit lanes can hold the eights: at most 8 of them for 8 bytes. */
const LONG_CHUNK_BYTES: i32 = 31 * 8;

/**
 * counts: u16[rows] of one token; weights re-laid [rows, bytes]; input [bytes]. `rows` is a multiple of
 * CARRY_SAVE_ROWS, `bytes` of 8.
 */
export function mismatchesCarrySave(
  weights: usize,
  rows: i32,
  input: usize,
  bytes: i32,
  counts: usize,
): void {
  for (let row = 0; row < rows; row += CARRY_SAVE_ROWS) {
    tile2x1(weights + row * bytes, input, bytes, counts + (row << 1));
  }
}

/**
 * As in the other tiles, the branches that are never taken keep V8 from loading too much at once. Their
 * conditions differ, since it drops one that it knows.
 */
function tile2x1(block0: usize, input: usize, bytes: i32, counts: usize): void {
  let block1 = block0 + BLOCK_ROWS * bytes;
  for (let start = 0; start < bytes; start += LONG_CHUNK_BYTES) {
    let ones0 = i8x16.splat(0);
    let twos0 = i8x16.splat(0);
    let fours0 = i8x16.splat(0);
    let eights0 = i8x16.splat(0);
    let ones1 = i8x16.splat(0);
    let twos1 = i8x16.splat(0);
    let fours1 = i8x16.splat(0);
    let eights1 = i8x16.splat(0);
    for (let left = min(LONG_CHUNK_BYTES, bytes - start); left > 0; left -= 8) {
      let x = v128.xor(v128.load(block0, 0), v128.load8_splat(input, 0));
      let xy = v128.xor(x, v128.xor(v128.load(block0, 16), v128.load8_splat(input, 1)));
      let next = v128.xor(v128.load(block0, 32), v128.load8_splat(input, 2));
      let nextXy = v128.xor(next, v128.xor(v128.load(block0, 48), v128.load8_splat(input, 3)));
      let half = v128.xor(ones0, xy);
      let either = v128.or(xy, v128.xor(x, ones0));
      let a = v128.xor(either, half);
      let ab = v128.xor(either, v128.andnot(v128.xor(next, half), nextXy));
      ones0 = v128.xor(half, nextXy);
      if (left < 0) break;
      x = v128.xor(v128.load(block0, 64), v128.load8_splat(input, 4));
      xy = v128.xor(x, v128.xor(v128.load(block0, 80), v128.load8_splat(input, 5)));
      next = v128.xor(v128.load(block0, 96), v128.load8_splat(input, 6));
      nextXy = v128.xor(next, v128.xor(v128.load(block0, 112), v128.load8_splat(input, 7)));
      half = v128.xor(ones0, xy);
      either = v128.or(xy, v128.xor(x, ones0));
      let c = v128.xor(either, half);
      let cd = v128.xor(either, v128.andnot(v128.xor(next, half), nextXy));
      ones0 = v128.xor(half, nextXy);
      half = v128.xor(twos0, ab);
      either = v128.or(ab, v128.xor(a, twos0));
      let e = v128.xor(either, half);
      let ef = v128.xor(either, v128.andnot(v128.xor(c, half), cd));
      twos0 = v128.xor(half, cd);
      half = v128.xor(fours0, ef);
      eights0 = i8x16.add(eights0, i8x16.popcnt(v128.xor(v128.or(ef, v128.xor(e, fours0)), half)));
      fours0 = half;
      if (left < -1) break;
      x = v128.xor(v128.load(block1, 0), v128.load8_splat(input, 0));
      xy = v128.xor(x, v128.xor(v128.load(block1, 16), v128.load8_splat(input, 1)));
      next = v128.xor(v128.load(block1, 32), v128.load8_splat(input, 2));
      nextXy = v128.xor(next, v128.xor(v128.load(block1, 48), v128.load8_splat(input, 3)));
      half = v128.xor(ones1, xy);
      either = v128.or(xy, v128.xor(x, ones1));
      a = v128.xor(either, half);
      ab = v128.xor(either, v128.andnot(v128.xor(next, half), nextXy));
      ones1 = v128.xor(half, nextXy);
      if (left < -2) break;
      x = v128.xor(v128.load(block1, 64), v128.load8_splat(input, 4));
      xy = v128.xor(x, v128.xor(v128.load(block1, 80), v128.load8_splat(input, 5)));
      next = v128.xor(v128.load(block1, 96), v128.load8_splat(input, 6));
      nextXy = v128.xor(next, v128.xor(v128.load(block1, 112), v128.load8_splat(input, 7)));
      half = v128.xor(ones1, xy);
      either = v128.or(xy, v128.xor(x, ones1));
      c = v128.xor(either, half);
      cd = v128.xor(either, v128.andnot(v128.xor(next, half), nextXy));
      ones1 = v128.xor(half, nextXy);
      half = v128.xor(twos1, ab);
      either = v128.or(ab, v128.xor(a, twos1));
      e = v128.xor(either, half);
      ef = v128.xor(either, v128.andnot(v128.xor(c, half), cd));
      twos1 = v128.xor(half, cd);
      half = v128.xor(fours1, ef);
      eights1 = i8x16.add(eights1, i8x16.popcnt(v128.xor(v128.or(ef, v128.xor(e, fours1)), half)));
      fours1 = half;
      input += 8;
      block0 += 8 * BLOCK_ROWS;
      block1 += 8 * BLOCK_ROWS;
    }
    const isFirst = start == 0;
    addEights(counts, eights0, fours0, twos0, ones0, isFirst);
    addEights(counts + 32, eights1, fours1, twos1, ones1, isFirst);
  }
}

/** Adds 16 counts to the u16[16] at `counts`, or sets it when `first`. */
function addEights(counts: usize, eights: v128, fours: v128, twos: v128, ones: v128, first: bool): void {
  let few = i8x16.popcnt(fours);
  few = i8x16.add(i8x16.add(few, few), i8x16.popcnt(twos));
  few = i8x16.add(i8x16.add(few, few), i8x16.popcnt(ones));
  let low = i16x8.add(i16x8.shl(i16x8.extend_low_i8x16_u(eights), 3), i16x8.extend_low_i8x16_u(few));
  let high = i16x8.add(i16x8.shl(i16x8.extend_high_i8x16_u(eights), 3), i16x8.extend_high_i8x16_u(few));
  if (!first) {
    low = i16x8.add(low, v128.load(counts));
    high = i16x8.add(high, v128.load(counts, 16));
  }
  v128.store(counts, low);
  v128.store(counts, high, 16);
}
