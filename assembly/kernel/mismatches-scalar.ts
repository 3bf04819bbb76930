/**
 * Mismatches by 64-bit words, 4 rows at a time: the kernel of plain Wasm 1.0, and the one that
 * interpreters want, for which an i64.popcnt costs no more than an addition.
 *
 *   weights as in the file, row by row        input, token by token
 *   row 0 │ word 0 │ word 1 │ ... │           token 0 │ word 0 │ word 1 │ ... │
 *   row 1 │ word 0 │ word 1 │ ... │           token 1 │ word 0 │ word 1 │ ... │
 */

/**
 * counts: u16[tokens, rows] of weights [rows, bytes] against input [tokens, bytes].
 * `rows` is a multiple of 4, `bytes` of 8.
 */
export function mismatchesScalar(
  weights: usize,
  rows: i32,
  input: usize,
  bytes: i32,
  tokens: i32,
  counts: usize,
): void {
  const end = weights + rows * bytes;
  for (let token = 0; token < tokens; token++) {
    for (let row0 = weights; row0 < end; row0 += bytes * 4) {
      const row1 = row0 + bytes;
      const row2 = row1 + bytes;
      const row3 = row2 + bytes;
      let count0: u64 = 0;
      let count1: u64 = 0;
      let count2: u64 = 0;
      let count3: u64 = 0;
      for (let k = 0; k < bytes; k += 8) {
        const word = load<u64>(input + k);
        count0 += popcnt(word ^ load<u64>(row0 + k));
        count1 += popcnt(word ^ load<u64>(row1 + k));
        count2 += popcnt(word ^ load<u64>(row2 + k));
        count3 += popcnt(word ^ load<u64>(row3 + k));
      }
      store<u16>(counts, count0, 0);
      store<u16>(counts, count1, 2);
      store<u16>(counts, count2, 4);
      store<u16>(counts, count3, 6);
      counts += 8;
    }
    input += bytes;
  }
}
