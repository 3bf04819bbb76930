/**
 * Mismatches of a lone token by carry-save addition (Harley-Seal), lanes are output rows (see lanes.ts),
 * 2 blocks of 16 rows x 1 token. Full adders add 8 bytes of differing bits, bit by bit, before anything
 * is counted, so one popcount serves 8 bytes: on x86 under V8, where i8x16.popcnt is six instructions
 * and four loads, that saves a fifth of the time.
 *
 *   bytes 0 1 │ 2 3 │ 4 5 │ 6 7          of one row's lane, each xor the token's byte
 *        └ + ─┴─ + ─┴─ + ─┴─ + ──► ones        (each + takes what is left of the one before)
 *          └──+──┘    └──+──┘  ──► twos        of carries of ones
 *             └─────+────┘     ──► fours       of carries of twos
 *                   └ popcnt ──► eights        of carries of fours, the only sum
 *
 * mismatches = 8 eights + 4 popcnt(fours) + 2 popcnt(twos) + popcnt(ones)
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

/** As in the other tiles, the branches that are never taken keep V8 from loading too much at once. */
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
      let a = v128.xor(v128.load(block0, 0), v128.load8_splat(input, 0));
      let b = v128.xor(v128.load(block0, 16), v128.load8_splat(input, 1));
      let carry = carryOf(a, b, ones0);
      ones0 = parityOf(a, b, ones0);
      a = v128.xor(v128.load(block0, 32), v128.load8_splat(input, 2));
      b = v128.xor(v128.load(block0, 48), v128.load8_splat(input, 3));
      let nextCarry = carryOf(a, b, ones0);
      ones0 = parityOf(a, b, ones0);
      let carryOfTwos = carryOf(carry, nextCarry, twos0);
      twos0 = parityOf(carry, nextCarry, twos0);
      if (left < 0) break;
      a = v128.xor(v128.load(block0, 64), v128.load8_splat(input, 4));
      b = v128.xor(v128.load(block0, 80), v128.load8_splat(input, 5));
      carry = carryOf(a, b, ones0);
      ones0 = parityOf(a, b, ones0);
      a = v128.xor(v128.load(block0, 96), v128.load8_splat(input, 6));
      b = v128.xor(v128.load(block0, 112), v128.load8_splat(input, 7));
      nextCarry = carryOf(a, b, ones0);
      ones0 = parityOf(a, b, ones0);
      let nextOfTwos = carryOf(carry, nextCarry, twos0);
      twos0 = parityOf(carry, nextCarry, twos0);
      eights0 = i8x16.add(eights0, i8x16.popcnt(carryOf(carryOfTwos, nextOfTwos, fours0)));
      fours0 = parityOf(carryOfTwos, nextOfTwos, fours0);
      if (left < 0) break;
      a = v128.xor(v128.load(block1, 0), v128.load8_splat(input, 0));
      b = v128.xor(v128.load(block1, 16), v128.load8_splat(input, 1));
      carry = carryOf(a, b, ones1);
      ones1 = parityOf(a, b, ones1);
      a = v128.xor(v128.load(block1, 32), v128.load8_splat(input, 2));
      b = v128.xor(v128.load(block1, 48), v128.load8_splat(input, 3));
      nextCarry = carryOf(a, b, ones1);
      ones1 = parityOf(a, b, ones1);
      carryOfTwos = carryOf(carry, nextCarry, twos1);
      twos1 = parityOf(carry, nextCarry, twos1);
      if (left < 0) break;
      a = v128.xor(v128.load(block1, 64), v128.load8_splat(input, 4));
      b = v128.xor(v128.load(block1, 80), v128.load8_splat(input, 5));
      carry = carryOf(a, b, ones1);
      ones1 = parityOf(a, b, ones1);
      a = v128.xor(v128.load(block1, 96), v128.load8_splat(input, 6));
      b = v128.xor(v128.load(block1, 112), v128.load8_splat(input, 7));
      nextCarry = carryOf(a, b, ones1);
      ones1 = parityOf(a, b, ones1);
      nextOfTwos = carryOf(carry, nextCarry, twos1);
      twos1 = parityOf(carry, nextCarry, twos1);
      eights1 = i8x16.add(eights1, i8x16.popcnt(carryOf(carryOfTwos, nextOfTwos, fours1)));
      fours1 = parityOf(carryOfTwos, nextOfTwos, fours1);
      input += 8;
      block0 += 8 * BLOCK_ROWS;
      block1 += 8 * BLOCK_ROWS;
    }
    const isFirst = start == 0;
    addEights(counts, eights0, fours0, twos0, ones0, isFirst);
    addEights(counts + 32, eights1, fours1, twos1, ones1, isFirst);
  }
}

/** The full adder's two outputs, bit by bit. */
function parityOf(a: v128, b: v128, c: v128): v128 {
  return v128.xor(v128.xor(a, b), c);
}

function carryOf(a: v128, b: v128, c: v128): v128 {
  return v128.bitselect(c, a, v128.xor(a, b));
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
