/**
 * Mismatches by table lookup, lanes are output rows (see lanes.ts), 1 block of 16 rows x 4 tokens. On x86, V8
 * makes ten instructions of i8x16.popcnt, three of a swizzle and one of a relaxed swizzle, so a table wins.
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
 * The input is packed beforehand: for each pair of tokens and each 4 bits, the table's address. (Tables copied side
 * by side make a loop of fewer instructions, and lose more by being copied.)
 *
 *   packed   │ bits 0..3 of byte 0: u16 │ bits 4..7: u16 │ byte 1: ... │     a pair of tokens
 *   weights  │ byte 0 of 16 rows        │ byte 1 of 16 rows            │ ...
 *
 * Two pairs at once share the work of taking the weights' bytes apart.
 */
import { addCounts, BLOCK_ROWS, LOW_BITS, lookUp, upperBits } from './lanes';

const TABLE_BYTES: i32 = 16;
/** 256 tables. Static data lies at the start of memory, so an address in it fits 16 bits. */
const TABLES: usize = ASC_FEATURE_SIMD ? memory.data(256 * TABLE_BYTES, 16) : 0;
/**
 * Bytes of a row that are added in 8-bit lanes before they are widened: a multiple of 3, and 8 mismatches a
 * byte still fit.
 */
const CHUNK_BYTES: i32 = 30;

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
  const low = v128.load(LOW_BITS);
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
 * packed by packPairs. `rows` is a multiple of 16, `tokens` of 2, `bytes` of 8.
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
  const line = stride << 1;
  const pairBytes = 4 * bytes;
  for (; tokens >= 4; tokens -= 4) {
    countFour(weights, rows, packed, bytes, counts, line);
    packed += 2 * pairBytes;
    counts += 4 * line;
  }
  if (tokens > 0) countTwo(weights, rows, packed, bytes, counts, line);
}

function countFour(weights: usize, rows: i32, packed: usize, bytes: i32, counts: usize, line: i32): void {
  const low = v128.load(LOW_BITS);
  const end = counts + (rows << 1);
  for (; counts < end; counts += 2 * BLOCK_ROWS) {
    let tables0 = packed;
    let tables1 = tables0 + 4 * bytes;
    for (let start = 0; start < bytes; start += CHUNK_BYTES) {
      let both0 = i8x16.splat(0);
      let both1 = i8x16.splat(0);
      let upper0 = i8x16.splat(0);
      let upper1 = i8x16.splat(0);
      let left = min(CHUNK_BYTES, bytes - start);
      // Three bytes are six lookups: two sums of three, each at most 12 in either half. The branch between them
      // is never taken: without it V8 loads both sums' operands first, more than there are registers for. There is one
      // for a sum that waits, so the second pair's upper halves are taken two at a time; for two V8 of Node 20 has none.
      for (; left >= 3; left -= 3) {
        const first = v128.load(weights, 0);
        const middle = v128.load(weights, 16);
        let bits0 = v128.and(first, low);
        let bits1 = upperBits(first, low);
        let bits2 = v128.and(middle, low);
        let sum = lookUp(v128.load(load<u16>(tables0, 0)), bits0);
        sum = i8x16.add(sum, lookUp(v128.load(load<u16>(tables0, 2)), bits1));
        sum = i8x16.add(sum, lookUp(v128.load(load<u16>(tables0, 4)), bits2));
        both0 = i8x16.add(both0, sum);
        upper0 = i8x16.add(upper0, upperBits(sum, low));
        sum = lookUp(v128.load(load<u16>(tables1, 0)), bits0);
        sum = i8x16.add(sum, lookUp(v128.load(load<u16>(tables1, 2)), bits1));
        sum = i8x16.add(sum, lookUp(v128.load(load<u16>(tables1, 4)), bits2));
        both1 = i8x16.add(both1, sum);
        const waiting = sum;
        if (left < 0) break;
        const last = v128.load(weights, 32);
        bits0 = upperBits(middle, low);
        bits1 = v128.and(last, low);
        bits2 = upperBits(last, low);
        sum = lookUp(v128.load(load<u16>(tables1, 6)), bits0);
        sum = i8x16.add(sum, lookUp(v128.load(load<u16>(tables1, 8)), bits1));
        sum = i8x16.add(sum, lookUp(v128.load(load<u16>(tables1, 10)), bits2));
        both1 = i8x16.add(both1, sum);
        upper1 = i8x16.add(upper1, bothUppers(waiting, sum, low));
        sum = lookUp(v128.load(load<u16>(tables0, 6)), bits0);
        sum = i8x16.add(sum, lookUp(v128.load(load<u16>(tables0, 8)), bits1));
        sum = i8x16.add(sum, lookUp(v128.load(load<u16>(tables0, 10)), bits2));
        both0 = i8x16.add(both0, sum);
        upper0 = i8x16.add(upper0, upperBits(sum, low));
        tables0 += 12;
        tables1 += 12;
        weights += 3 * BLOCK_ROWS;
      }
      for (; left > 0; left--) {
        const byte = v128.load(weights);
        let sum = lookUp2(v128.load(load<u16>(tables0)), v128.load(load<u16>(tables0, 2)), byte, low);
        both0 = i8x16.add(both0, sum);
        upper0 = i8x16.add(upper0, upperBits(sum, low));
        sum = lookUp2(v128.load(load<u16>(tables1)), v128.load(load<u16>(tables1, 2)), byte, low);
        both1 = i8x16.add(both1, sum);
        upper1 = i8x16.add(upper1, upperBits(sum, low));
        tables0 += 4;
        tables1 += 4;
        weights += BLOCK_ROWS;
      }
      const isFirst = start == 0;
      addCounts(counts, i8x16.sub(both0, i16x8.shl(v128.and(upper0, low), 4)), isFirst);
      addCounts(counts + line, upper0, isFirst);
      addCounts(counts + line * 2, i8x16.sub(both1, i16x8.shl(v128.and(upper1, low), 4)), isFirst);
      addCounts(counts + line * 3, upper1, isFirst);
    }
  }
}

function countTwo(weights: usize, rows: i32, packed: usize, bytes: i32, counts: usize, line: i32): void {
  const low = v128.load(LOW_BITS);
  const end = counts + (rows << 1);
  for (; counts < end; counts += 2 * BLOCK_ROWS) {
    let tables = packed;
    for (let start = 0; start < bytes; start += CHUNK_BYTES) {
      let both = i8x16.splat(0);
      let upper = i8x16.splat(0);
      let left = min(CHUNK_BYTES, bytes - start);
      // Three bytes are six lookups: two sums of three, each at most 12 in either half.
      for (; left >= 3; left -= 3) {
        const first = v128.load(weights, 0);
        const middle = v128.load(weights, 16);
        const last = v128.load(weights, 32);
        let sum = lookUp(v128.load(load<u16>(tables, 0)), v128.and(first, low));
        sum = i8x16.add(sum, lookUp(v128.load(load<u16>(tables, 2)), upperBits(first, low)));
        sum = i8x16.add(sum, lookUp(v128.load(load<u16>(tables, 4)), v128.and(middle, low)));
        both = i8x16.add(both, sum);
        upper = i8x16.add(upper, upperBits(sum, low));
        sum = lookUp(v128.load(load<u16>(tables, 6)), upperBits(middle, low));
        sum = i8x16.add(sum, lookUp(v128.load(load<u16>(tables, 8)), v128.and(last, low)));
        sum = i8x16.add(sum, lookUp(v128.load(load<u16>(tables, 10)), upperBits(last, low)));
        both = i8x16.add(both, sum);
        upper = i8x16.add(upper, upperBits(sum, low));
        tables += 12;
        weights += 3 * BLOCK_ROWS;
      }
      for (; left > 0; left--) {
        const sum = lookUp2(
          v128.load(load<u16>(tables)),
          v128.load(load<u16>(tables, 2)),
          v128.load(weights),
          low,
        );
        both = i8x16.add(both, sum);
        upper = i8x16.add(upper, upperBits(sum, low));
        tables += 4;
        weights += BLOCK_ROWS;
      }
      const isFirst = start == 0;
      addCounts(counts, i8x16.sub(both, i16x8.shl(v128.and(upper, low), 4)), isFirst);
      addCounts(counts + line, upper, isFirst);
    }
  }
}

/** Sum of the lookups by the lower and by the upper 4 bits of the weights' bytes. */
function lookUp2(table0: v128, table1: v128, weights: v128, low: v128): v128 {
  return i8x16.add(lookUp(table0, v128.and(weights, low)), lookUp(table1, upperBits(weights, low)));
}

/**
 * The sum of the upper 4 bits of two vectors of bytes. Without their lower bits their mean is 8 times that, exactly, and
 * what a shift moves from one byte into the next is zeros: one operation less than shifting and masking both.
 */
function bothUppers(a: v128, b: v128, low: v128): v128 {
  return i16x8.shr_u(i8x16.avgr_u(v128.andnot(a, low), v128.andnot(b, low)), 3);
}
