/**
 * Mismatches by i8x16.popcnt, lanes are output rows (see lanes.ts), 4 blocks of 16 rows x 1 token:
 *
 *   block 0  byte k │ 16 rows │ ─┐
 *   block 1  byte k │ 16 rows │ ─┤ xor  splat of the token's byte k, popcnt, add to 4 accumulators
 *   block 2  byte k │ 16 rows │ ─┤
 *   block 3  byte k │ 16 rows │ ─┘
 *
 * The kernel where popcnt is one instruction: arm64, and x86 engines that use AVX-512.
 */
import { addCounts, BLOCK_ROWS } from './lanes';

/** Bytes of a row that are added in 8-bit lanes before they are widened: at most 8 mismatches a byte. */
const CHUNK_BYTES: i32 = 24;

/**
 * counts: u16[tokens, stride] of which `rows` columns are written; weights re-laid [rows, bytes];
 * input [tokens, bytes]. `rows` is a multiple of 16.
 */
export function mismatchesPopcount(
  weights: usize,
  rows: i32,
  input: usize,
  bytes: i32,
  tokens: i32,
  counts: usize,
  stride: i32,
): void {
  let row = 0;
  for (; row + 4 * BLOCK_ROWS <= rows; row += 4 * BLOCK_ROWS) {
    for (let token = 0; token < tokens; token++) {
      const out = counts + ((token * stride + row) << 1);
      tile4x1(weights + row * bytes, input + token * bytes, bytes, out);
    }
  }
  for (; row < rows; row += BLOCK_ROWS) {
    for (let token = 0; token < tokens; token++) {
      const out = counts + ((token * stride + row) << 1);
      tile1x1(weights + row * bytes, input + token * bytes, bytes, out);
    }
  }
}

function tile4x1(block0: usize, input: usize, bytes: i32, counts: usize): void {
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
      const x = v128.load8_splat(input);
      sums0 = i8x16.add(sums0, i8x16.popcnt(v128.xor(v128.load(block0), x)));
      sums1 = i8x16.add(sums1, i8x16.popcnt(v128.xor(v128.load(block1), x)));
      sums2 = i8x16.add(sums2, i8x16.popcnt(v128.xor(v128.load(block2), x)));
      sums3 = i8x16.add(sums3, i8x16.popcnt(v128.xor(v128.load(block3), x)));
      block0 += BLOCK_ROWS;
      block1 += BLOCK_ROWS;
      block2 += BLOCK_ROWS;
      block3 += BLOCK_ROWS;
    }
    const first = start == 0;
    addCounts(counts, sums0, first);
    addCounts(counts + 32, sums1, first);
    addCounts(counts + 64, sums2, first);
    addCounts(counts + 96, sums3, first);
  }
}

function tile1x1(block: usize, input: usize, bytes: i32, counts: usize): void {
  for (let start = 0; start < bytes; start += CHUNK_BYTES) {
    let sums = i8x16.splat(0);
    const end = input + min(CHUNK_BYTES, bytes - start);
    for (; input < end; input++) {
      sums = i8x16.add(sums, i8x16.popcnt(v128.xor(v128.load(block), v128.load8_splat(input))));
      block += BLOCK_ROWS;
    }
    addCounts(counts, sums, start == 0);
  }
}
