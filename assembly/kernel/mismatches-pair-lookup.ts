/**
 * Mismatches by table lookup, lanes are output rows (see lanes.ts), 2 blocks of 16 rows x 2 tokens.
 * On x86, V8 makes ten instructions of i8x16.popcnt and three of a swizzle, so a table wins.
 *
 * A table of 16 bytes serves 4 input bits `a` of one token and `b` of its neighbour:
 *
 *   T[a │ b << 4], byte i:   │ mismatches of b and i : 4 bits │ mismatches of a and i : 4 bits │
 *
 * Swizzling it by 4 weight bits of each of 16 rows counts for both tokens at once. Three such counts
 * add up to at most 12 in each half, so the halves stay apart; then
 *
 *   both  += sum           (mod 256)             at the end:  second token = upper
 *   upper += sum >> 4                                         first token  = both - (upper << 4)
 *
 * The input is packed beforehand: for each pair of tokens and each 4 bits, the table's address.
 *
 *   pair 0 │ bits 0..3: u16 │ bits 4..7: u16 │ ... │     K/4 addresses a pair, 2 bytes each
 */
import { addCounts, BLOCK_ROWS, CHUNK_BYTES, LOW_BITS } from './lanes';

export const TABLE_BYTES: i32 = 16;
/** 256 tables. Static data lies at the start of memory, so an address in it fits 16 bits. */
export const TABLES: usize = ASC_FEATURE_SIMD ? memory.data(256 * TABLE_BYTES, 16) : 0;

/** Fills the tables; once, before anything else here is called. */
export function preparePairLookup(): void {
  for (let pair = 0; pair < 256; pair++) {
    for (let i = 0; i < 16; i++) {
      const count = popcnt((pair & 15) ^ i) | (popcnt((pair >> 4) ^ i) << 4);
      store<u8>(TABLES + pair * TABLE_BYTES + i, count);
    }
  }
}

/** Packs input [tokens, bytes], tokens even, into `packed`, twice as large. `bytes` is a multiple of 8. */
export function packPairs(input: usize, bytes: i32, tokens: i32, packed: usize): void {
  const tables = i16x8.splat(<i16>TABLES);
  const low = i8x16.splat(15);
  for (let pair = 0; pair < tokens; pair += 2) {
    const end = input + bytes;
    for (; input < end; input += 8) {
      const a = v128.load64_zero(input);
      const b = v128.load64_zero(input + bytes);
      const lower = v128.or(v128.and(a, low), i16x8.shl(v128.and(b, low), 4));
      const upper = v128.or(v128.and(i16x8.shr_u(a, 4), low), v128.andnot(b, low));
      const both = i8x16.shuffle(lower, upper, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      v128.store(packed, address(i16x8.extend_low_i8x16_u(both), tables));
      v128.store(packed, address(i16x8.extend_high_i8x16_u(both), tables), 16);
      packed += 32;
    }
    input += bytes;
  }
}

function address(index: v128, tables: v128): v128 {
  return i16x8.add(i16x8.shl(index, 4), tables);
}

/**
 * counts: u16[tokens, stride] of which `rows` columns are written; weights re-laid [rows, bytes]; input
 * packed. `rows` is a multiple of 32, `tokens` of 2, `bytes` of 8.
 */
export function mismatchesPairLookup(
  weights: usize,
  rows: i32,
  packed: usize,
  bytes: i32,
  tokens: i32,
  counts: usize,
  stride: i32,
): void {
  for (let row = 0; row < rows; row += 2 * BLOCK_ROWS) {
    for (let token = 0; token < tokens; token += 2) {
      const out = counts + ((token * stride + row) << 1);
      tile2x2(weights + row * bytes, packed + token * bytes * 2, bytes, out, out + (stride << 1));
    }
  }
}

function tile2x2(block0: usize, packed: usize, bytes: i32, counts0: usize, counts1: usize): void {
  const low = v128.load(LOW_BITS);
  let block1 = block0 + BLOCK_ROWS * bytes;
  for (let start = 0; start < bytes; start += CHUNK_BYTES) {
    let both0 = i8x16.splat(0);
    let both1 = i8x16.splat(0);
    let upper0 = i8x16.splat(0);
    let upper1 = i8x16.splat(0);
    let left = min(CHUNK_BYTES, bytes - start);
    // Three bytes are six lookups: two sums of three. The branch between them is never taken: without it
    // V8 loads all tables and weights first, more than there are registers, and spills the sums.
    for (; left >= 3; left -= 3) {
      let table0 = v128.load(load<u16>(packed, 0));
      let table1 = v128.load(load<u16>(packed, 2));
      let table2 = v128.load(load<u16>(packed, 4));
      let first = v128.load(block0, 0);
      let middle = v128.load(block0, 16);
      let sum = lookUp3(table0, first, table1, i16x8.shr_u(first, 4), table2, middle, low);
      both0 = i8x16.add(both0, sum);
      upper0 = i8x16.add(upper0, v128.and(i16x8.shr_u(sum, 4), low));
      first = v128.load(block1, 0);
      middle = v128.load(block1, 16);
      sum = lookUp3(table0, first, table1, i16x8.shr_u(first, 4), table2, middle, low);
      both1 = i8x16.add(both1, sum);
      upper1 = i8x16.add(upper1, v128.and(i16x8.shr_u(sum, 4), low));
      if (left < 0) break;
      table0 = v128.load(load<u16>(packed, 6));
      table1 = v128.load(load<u16>(packed, 8));
      table2 = v128.load(load<u16>(packed, 10));
      middle = v128.load(block0, 16);
      let last = v128.load(block0, 32);
      sum = lookUp3(table0, i16x8.shr_u(middle, 4), table1, last, table2, i16x8.shr_u(last, 4), low);
      both0 = i8x16.add(both0, sum);
      upper0 = i8x16.add(upper0, v128.and(i16x8.shr_u(sum, 4), low));
      middle = v128.load(block1, 16);
      last = v128.load(block1, 32);
      sum = lookUp3(table0, i16x8.shr_u(middle, 4), table1, last, table2, i16x8.shr_u(last, 4), low);
      both1 = i8x16.add(both1, sum);
      upper1 = i8x16.add(upper1, v128.and(i16x8.shr_u(sum, 4), low));
      packed += 12;
      block0 += 3 * BLOCK_ROWS;
      block1 += 3 * BLOCK_ROWS;
    }
    for (; left > 0; left--) {
      const table0 = v128.load(load<u16>(packed, 0));
      const table1 = v128.load(load<u16>(packed, 2));
      let sum = lookUp2(table0, table1, v128.load(block0), low);
      both0 = i8x16.add(both0, sum);
      upper0 = i8x16.add(upper0, v128.and(i16x8.shr_u(sum, 4), low));
      sum = lookUp2(table0, table1, v128.load(block1), low);
      both1 = i8x16.add(both1, sum);
      upper1 = i8x16.add(upper1, v128.and(i16x8.shr_u(sum, 4), low));
      packed += 4;
      block0 += BLOCK_ROWS;
      block1 += BLOCK_ROWS;
    }
    const isFirst = start == 0;
    addCounts(counts0, i8x16.sub(both0, i8x16.shl(upper0, 4)), isFirst);
    addCounts(counts0 + 32, i8x16.sub(both1, i8x16.shl(upper1, 4)), isFirst);
    addCounts(counts1, upper0, isFirst);
    addCounts(counts1 + 32, upper1, isFirst);
  }
}

/** Sum of three lookups, each by the lower 4 bits of the weights' bytes. */
function lookUp3(
  table0: v128,
  weights0: v128,
  table1: v128,
  weights1: v128,
  table2: v128,
  weights2: v128,
  low: v128,
): v128 {
  const sum = i8x16.add(
    i8x16.swizzle(table0, v128.and(weights0, low)),
    i8x16.swizzle(table1, v128.and(weights1, low)),
  );
  return i8x16.add(sum, i8x16.swizzle(table2, v128.and(weights2, low)));
}

/** Sum of the lookups by the lower and by the upper 4 bits of the weights' bytes. */
function lookUp2(table0: v128, table1: v128, weights: v128, low: v128): v128 {
  return i8x16.add(
    i8x16.swizzle(table0, v128.and(weights, low)),
    i8x16.swizzle(table1, v128.and(i16x8.shr_u(weights, 4), low)),
  );
}
