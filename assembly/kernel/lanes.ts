/**
 * Lanes are output rows: how SIMD builds lay weights out, and what they do with a vector of counts.
 *
 *   in the file, row by row               re-laid, a block of 16 rows
 *   row  0 │ b0 │ b1 │ b2 │ ...           byte 0 │ row 0 │ row 1 │ ... │ row 15 │
 *   row  1 │ b0 │ b1 │ b2 │ ...           byte 1 │ row 0 │ row 1 │ ... │ row 15 │
 *   ...                                   ...
 *   row 15 │ b0 │ b1 │ b2 │ ...           the next block follows where its rows stood
 *
 * One load then gives 8 weights of each of 16 rows, which meet the same byte of the input, and
 * their counts add up in lanes without ever being summed across.
 */

/** Rows of a block: the bytes of a vector. */
export const BLOCK_ROWS: i32 = 16;
/**
 * 16 bytes of 15, the mask of a byte's lower 4 bits: loaded, not a constant. V8 from Node 24 on makes a constant anew
 * at each use, by three instructions; what was loaded it keeps in a register.
 */
export const LOW_BITS: usize = ASC_FEATURE_SIMD
  ? memory.data<u8>([15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15], 16)
  : 0;

/**
 * Re-lays `rows` rows of `bytes` bytes in place. `rows` is a multiple of 16.
 * @param scratch 16 * bytes bytes
 */
export function layLanes(weights: usize, rows: i32, bytes: i32, scratch: usize): void {
  const size = BLOCK_ROWS * bytes;
  const end = weights + rows * bytes;
  for (let block = weights; block < end; block += size) {
    memory.copy(scratch, block, size);
    for (let byte = 0; byte < bytes; byte++) {
      for (let row = 0; row < BLOCK_ROWS; row += 2) {
        const at = scratch + row * bytes + byte;
        store<u16>(block + byte * BLOCK_ROWS + row, <i32>load<u8>(at) | ((<i32>load<u8>(at + bytes)) << 8));
      }
    }
  }
}

/** Adds 16 counts of 8 bits to the u16[16] at `counts`, or sets it when `first`. */
export function addCounts(counts: usize, sums: v128, first: bool): void {
  let low = i16x8.extend_low_i8x16_u(sums);
  let high = i16x8.extend_high_i8x16_u(sums);
  if (!first) {
    low = i16x8.add(low, v128.load(counts));
    high = i16x8.add(high, v128.load(counts, 16));
  }
  v128.store(counts, low);
  v128.store(counts, high, 16);
}

/** For each byte of `indices`, all below 16, that byte of `table`: one instruction of x86 where SIMD is relaxed, three without. */
export function lookUp(table: v128, indices: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) {
    return i8x16.relaxed_swizzle(table, indices);
  } else {
    return i8x16.swizzle(table, indices);
  }
}

/** The upper 4 bits of each byte. `low` is LOW_BITS. */
export function upperBits(bytes: v128, low: v128): v128 {
  return v128.and(i16x8.shr_u(bytes, 4), low);
}
