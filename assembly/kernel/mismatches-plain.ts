/**
 * Mismatches, written to be read: the reference that the tests hold every kernel against. No build
 * contains it.
 */

/**
 * How many of the first 8 * `bytes` bits at `row` and at `input` differ. `stride` is the distance in
 * memory between a row's bytes: 1 as in the file, 16 where lanes are output rows.
 */
export function mismatchesPlain(row: usize, stride: i32, input: usize, bytes: i32): i32 {
  let count = 0;
  for (let byte = 0; byte < bytes; byte++) {
    let differing = load<u8>(row + byte * stride) ^ load<u8>(input + byte);
    for (; differing != 0; differing >>= 1) count += differing & 1;
  }
  return count;
}
