/**
 * Mismatches by table lookup where the engine has relaxed SIMD: i8x16.relaxed_swizzle is one instruction
 * on x86 against two of i8x16.swizzle, whose constant is loaded each time. Its result is the same on every
 * engine as long as each index is below 16, as it is here. Lanes are output rows (see lanes.ts); tables
 * and packed input are the pair lookup's.
 *
 * Pairs of tokens: packing copies their tables side by side, once for all the weights that they meet, so that
 * the loop loads from two streams and computes no address. That takes 16 bytes a byte of input:
 *
 *   packed   │ bits 0..3 of byte 0: 16 bytes │ bits 4..7: 16 bytes │ byte 1: ... │     a pair of tokens
 *   weights  │ byte 0 of 16 rows             │ byte 1 of 16 rows   │ ...         │
 *
 * Two pairs at once share the work of taking the weights' bytes apart.
 *
 * A lone token meets 4 blocks of 16 rows. Its tables count for one token only, so that nothing has to be
 * taken apart: a lane holds the mismatches of CHUNK_BYTES bytes as they are.
 *
 *   U[a], byte i:  mismatches of a and i, 4 bits each
 */
import { addCounts, BLOCK_ROWS, CHUNK_BYTES, LOW_BITS } from './lanes';
import { TABLE_BYTES, TABLES } from './mismatches-pair-lookup';

/** 16 tables of a lone token. */
const LONE_TABLES: usize = ASC_FEATURE_RELAXED_SIMD ? memory.data(16 * TABLE_BYTES, 16) : 0;
/** Rows of a lone token's tile. */
export const LONE_ROWS: i32 = 4 * BLOCK_ROWS;
/**
 * Bytes of a row that two tokens add in 8-bit lanes before they are widened: a multiple of 3, and 8
 * mismatches a byte still fit.
 */
const PAIR_CHUNK_BYTES: i32 = 30;

/** Fills the lone token's tables; once, before anything else here is called. */
export function prepareRelaxedLookup(): void {
  for (let a = 0; a < 16; a++) {
    for (let i = 0; i < 16; i++) store<u8>(LONE_TABLES + a * TABLE_BYTES + i, popcnt(a ^ i));
  }
}

/** Packs input [tokens, bytes], tokens even, into `packed`, 16 times as large. */
export function packTables(input: usize, bytes: i32, tokens: i32, packed: usize): void {
  for (let pair = 0; pair < tokens; pair += 2) {
    const end = input + bytes;
    for (; input < end; input += 4) {
      const a = load<u32>(input);
      const b = load<u32>(input + bytes);
      const lower = (a & 0x0f0f0f0f) | ((b & 0x0f0f0f0f) << 4);
      const upper = ((a >> 4) & 0x0f0f0f0f) | (b & 0xf0f0f0f0);
      v128.store(packed, tableAt(lower << 4), 0);
      v128.store(packed, tableAt(upper << 4), 16);
      v128.store(packed, tableAt(lower >> 4), 32);
      v128.store(packed, tableAt(upper >> 4), 48);
      v128.store(packed, tableAt(lower >> 12), 64);
      v128.store(packed, tableAt(upper >> 12), 80);
      v128.store(packed, tableAt(lower >> 20), 96);
      v128.store(packed, tableAt(upper >> 20), 112);
      packed += 8 * TABLE_BYTES;
    }
    input += bytes;
  }
}

/** The table of a byte that stands 4 bits from the right, which is its number times TABLE_BYTES. */
function tableAt(byte: u32): v128 {
  return v128.load(TABLES + (byte & 0xff0));
}

/**
 * counts: u16[tokens, stride] of which `rows` columns are written; weights re-laid [rows, bytes]; input
 * packed by packTables. `rows` is a multiple of 16, `tokens` of 2, `bytes` of 8.
 */
export function mismatchesRelaxedLookup(
  weights: usize,
  rows: i32,
  packed: usize,
  bytes: i32,
  tokens: i32,
  counts: usize,
  stride: i32,
): void {
  const line = stride << 1;
  const pairBytes = 2 * TABLE_BYTES * bytes;
  let token = 0;
  for (; token + 4 <= tokens; token += 4) {
    for (let row = 0; row < rows; row += BLOCK_ROWS) {
      tile1x4(weights + row * bytes, packed, bytes, counts + token * line + (row << 1), line);
    }
    packed += 2 * pairBytes;
  }
  if (token < tokens) {
    for (let row = 0; row < rows; row += BLOCK_ROWS) {
      tile1x2(weights + row * bytes, packed, bytes, counts + token * line + (row << 1), line);
    }
  }
}

function tile1x4(weights: usize, tables0: usize, bytes: i32, counts: usize, line: i32): void {
  const low = v128.load(LOW_BITS);
  let tables1 = tables0 + 2 * TABLE_BYTES * bytes;
  for (let start = 0; start < bytes; start += PAIR_CHUNK_BYTES) {
    let both0 = i8x16.splat(0);
    let both1 = i8x16.splat(0);
    let upper0 = i8x16.splat(0);
    let upper1 = i8x16.splat(0);
    let left = min(PAIR_CHUNK_BYTES, bytes - start);
    // Three bytes are six lookups: two sums of three, each at most 12 in either half. As in the pair
    // lookup, the branch between them is never taken, and keeps V8 from loading more than registers hold.
    for (; left >= 3; left -= 3) {
      const first = v128.load(weights, 0);
      const middle = v128.load(weights, 16);
      let bits0 = v128.and(first, low);
      let bits1 = upperBits(first, low);
      let bits2 = v128.and(middle, low);
      let sum = i8x16.relaxed_swizzle(v128.load(tables0, 0), bits0);
      sum = i8x16.add(sum, i8x16.relaxed_swizzle(v128.load(tables0, 16), bits1));
      sum = i8x16.add(sum, i8x16.relaxed_swizzle(v128.load(tables0, 32), bits2));
      both0 = i8x16.add(both0, sum);
      upper0 = i8x16.add(upper0, upperBits(sum, low));
      sum = i8x16.relaxed_swizzle(v128.load(tables1, 0), bits0);
      sum = i8x16.add(sum, i8x16.relaxed_swizzle(v128.load(tables1, 16), bits1));
      sum = i8x16.add(sum, i8x16.relaxed_swizzle(v128.load(tables1, 32), bits2));
      both1 = i8x16.add(both1, sum);
      upper1 = i8x16.add(upper1, upperBits(sum, low));
      if (left < 0) break;
      const last = v128.load(weights, 32);
      bits0 = upperBits(middle, low);
      bits1 = v128.and(last, low);
      bits2 = upperBits(last, low);
      sum = i8x16.relaxed_swizzle(v128.load(tables0, 48), bits0);
      sum = i8x16.add(sum, i8x16.relaxed_swizzle(v128.load(tables0, 64), bits1));
      sum = i8x16.add(sum, i8x16.relaxed_swizzle(v128.load(tables0, 80), bits2));
      both0 = i8x16.add(both0, sum);
      upper0 = i8x16.add(upper0, upperBits(sum, low));
      sum = i8x16.relaxed_swizzle(v128.load(tables1, 48), bits0);
      sum = i8x16.add(sum, i8x16.relaxed_swizzle(v128.load(tables1, 64), bits1));
      sum = i8x16.add(sum, i8x16.relaxed_swizzle(v128.load(tables1, 80), bits2));
      both1 = i8x16.add(both1, sum);
      upper1 = i8x16.add(upper1, upperBits(sum, low));
      tables0 += 6 * TABLE_BYTES;
      tables1 += 6 * TABLE_BYTES;
      weights += 3 * BLOCK_ROWS;
    }
    for (; left > 0; left--) {
      const byte = v128.load(weights);
      let sum = lookUp2(v128.load(tables0), v128.load(tables0, TABLE_BYTES), byte, low);
      both0 = i8x16.add(both0, sum);
      upper0 = i8x16.add(upper0, upperBits(sum, low));
      sum = lookUp2(v128.load(tables1), v128.load(tables1, TABLE_BYTES), byte, low);
      both1 = i8x16.add(both1, sum);
      upper1 = i8x16.add(upper1, upperBits(sum, low));
      tables0 += 2 * TABLE_BYTES;
      tables1 += 2 * TABLE_BYTES;
      weights += BLOCK_ROWS;
    }
    const isFirst = start == 0;
    addCounts(counts, i8x16.sub(both0, i8x16.shl(upper0, 4)), isFirst);
    addCounts(counts + line, upper0, isFirst);
    addCounts(counts + line * 2, i8x16.sub(both1, i8x16.shl(upper1, 4)), isFirst);
    addCounts(counts + line * 3, upper1, isFirst);
  }
}

function tile1x2(weights: usize, tables: usize, bytes: i32, counts: usize, line: i32): void {
  const low = v128.load(LOW_BITS);
  for (let start = 0; start < bytes; start += PAIR_CHUNK_BYTES) {
    let both = i8x16.splat(0);
    let upper = i8x16.splat(0);
    let left = min(PAIR_CHUNK_BYTES, bytes - start);
    // Three bytes are six lookups: two sums of three, each at most 12 in either half.
    for (; left >= 3; left -= 3) {
      const first = v128.load(weights, 0);
      const middle = v128.load(weights, 16);
      const last = v128.load(weights, 32);
      let sum = i8x16.relaxed_swizzle(v128.load(tables, 0), v128.and(first, low));
      sum = i8x16.add(sum, i8x16.relaxed_swizzle(v128.load(tables, 16), upperBits(first, low)));
      sum = i8x16.add(sum, i8x16.relaxed_swizzle(v128.load(tables, 32), v128.and(middle, low)));
      both = i8x16.add(both, sum);
      upper = i8x16.add(upper, upperBits(sum, low));
      sum = i8x16.relaxed_swizzle(v128.load(tables, 48), upperBits(middle, low));
      sum = i8x16.add(sum, i8x16.relaxed_swizzle(v128.load(tables, 64), v128.and(last, low)));
      sum = i8x16.add(sum, i8x16.relaxed_swizzle(v128.load(tables, 80), upperBits(last, low)));
      both = i8x16.add(both, sum);
      upper = i8x16.add(upper, upperBits(sum, low));
      tables += 6 * TABLE_BYTES;
      weights += 3 * BLOCK_ROWS;
    }
    for (; left > 0; left--) {
      const sum = lookUp2(v128.load(tables), v128.load(tables, TABLE_BYTES), v128.load(weights), low);
      both = i8x16.add(both, sum);
      upper = i8x16.add(upper, upperBits(sum, low));
      tables += 2 * TABLE_BYTES;
      weights += BLOCK_ROWS;
    }
    const isFirst = start == 0;
    addCounts(counts, i8x16.sub(both, i8x16.shl(upper, 4)), isFirst);
    addCounts(counts + line, upper, isFirst);
  }
}

/**
 * counts: u16[rows] of one token; weights re-laid [rows, bytes]; input as it is, [bytes]. `rows` is a
 * multiple of LONE_ROWS, `bytes` of 8.
 */
export function mismatchesLoneLookup(
  weights: usize,
  rows: i32,
  input: usize,
  bytes: i32,
  counts: usize,
): void {
  for (let row = 0; row < rows; row += LONE_ROWS) {
    tile4x1(weights + row * bytes, input, bytes, counts + (row << 1));
  }
}

function tile4x1(block0: usize, input: usize, bytes: i32, counts: usize): void {
  const low = v128.load(LOW_BITS);
  const blockBytes = BLOCK_ROWS * bytes;
  let block1 = block0 + blockBytes;
  let block2 = block1 + blockBytes;
  let block3 = block2 + blockBytes;
  for (let start = 0; start < bytes; start += CHUNK_BYTES) {
    let sums0 = i8x16.splat(0);
    let sums1 = i8x16.splat(0);
    let sums2 = i8x16.splat(0);
    let sums3 = i8x16.splat(0);
    const end = input + min(CHUNK_BYTES, bytes - start);
    for (; input < end; input++) {
      const byte = <usize>load<u8>(input);
      const table0 = v128.load(LONE_TABLES + (byte & 15) * TABLE_BYTES);
      const table1 = v128.load(LONE_TABLES + (byte >> 4) * TABLE_BYTES);
      sums0 = i8x16.add(sums0, lookUp2(table0, table1, v128.load(block0), low));
      sums1 = i8x16.add(sums1, lookUp2(table0, table1, v128.load(block1), low));
      sums2 = i8x16.add(sums2, lookUp2(table0, table1, v128.load(block2), low));
      sums3 = i8x16.add(sums3, lookUp2(table0, table1, v128.load(block3), low));
      block0 += BLOCK_ROWS;
      block1 += BLOCK_ROWS;
      block2 += BLOCK_ROWS;
      block3 += BLOCK_ROWS;
    }
    const isFirst = start == 0;
    addCounts(counts, sums0, isFirst);
    addCounts(counts + 32, sums1, isFirst);
    addCounts(counts + 64, sums2, isFirst);
    addCounts(counts + 96, sums3, isFirst);
  }
}

/** Sum of the lookups by the lower and by the upper 4 bits of the weights' bytes. */
function lookUp2(table0: v128, table1: v128, weights: v128, low: v128): v128 {
  return i8x16.add(
    i8x16.relaxed_swizzle(table0, v128.and(weights, low)),
    i8x16.relaxed_swizzle(table1, upperBits(weights, low)),
  );
}

/** The upper 4 bits of each byte. */
function upperBits(bytes: v128, low: v128): v128 {
  return v128.and(i16x8.shr_u(bytes, 4), low);
}
