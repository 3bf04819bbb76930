/**
 * AssemblyScript: the peer of the binary products, out = W x in float32, written as well as plain Wasm
 * SIMD allows: it is what "how much faster" is measured against, and no build of the core contains it.
 *
 *   input   [tokens, K]              row by row
 *   weights [rows/8, K, 8]           8 rows side by side: two vectors for each of K
 *   output  [tokens, rows]           a tile is 4 tokens x 8 rows: 8 accumulators, all in registers
 *
 * A lone token meets 32 rows at a time instead, again 8 accumulators.
 */

/** Rows side by side. */
const PANEL: i32 = 8;

/** out f32[tokens, rows]; `rows` is a multiple of 32. */
export function multiplyFloats(
  weights: usize,
  rows: i32,
  input: usize,
  width: i32,
  tokens: i32,
  out: usize,
): void {
  const fours = tokens & -4;
  const panelBytes = width * PANEL * 4;
  for (let row = 0; row < rows; row += PANEL) {
    for (let token = 0; token < fours; token += 4) {
      tile4x8(weights, input + ((token * width) << 2), width, out + ((token * rows + row) << 2), rows << 2);
    }
    weights += panelBytes;
  }
  weights -= panelBytes * (rows / PANEL);
  for (let token = fours; token < tokens; token++) {
    for (let row = 0; row < rows; row += 4 * PANEL) {
      const panels = weights + (row / PANEL) * panelBytes;
      tile1x32(panels, panelBytes, input + ((token * width) << 2), width, out + ((token * rows + row) << 2));
    }
  }
}

function tile4x8(weights: usize, input0: usize, width: i32, out: usize, line: i32): void {
  const bytes = width << 2;
  const end = input0 + bytes;
  let input1 = input0 + bytes;
  let input2 = input1 + bytes;
  let input3 = input2 + bytes;
  let sum0a = f32x4.splat(0);
  let sum0b = f32x4.splat(0);
  let sum1a = f32x4.splat(0);
  let sum1b = f32x4.splat(0);
  let sum2a = f32x4.splat(0);
  let sum2b = f32x4.splat(0);
  let sum3a = f32x4.splat(0);
  let sum3b = f32x4.splat(0);
  for (; input0 < end; input0 += 4) {
    const a = v128.load(weights);
    const b = v128.load(weights, 16);
    let x = v128.load32_splat(input0);
    sum0a = f32x4.add(sum0a, f32x4.mul(a, x));
    sum0b = f32x4.add(sum0b, f32x4.mul(b, x));
    x = v128.load32_splat(input1);
    sum1a = f32x4.add(sum1a, f32x4.mul(a, x));
    sum1b = f32x4.add(sum1b, f32x4.mul(b, x));
    x = v128.load32_splat(input2);
    sum2a = f32x4.add(sum2a, f32x4.mul(a, x));
    sum2b = f32x4.add(sum2b, f32x4.mul(b, x));
    x = v128.load32_splat(input3);
    sum3a = f32x4.add(sum3a, f32x4.mul(a, x));
    sum3b = f32x4.add(sum3b, f32x4.mul(b, x));
    weights += 32;
    input1 += 4;
    input2 += 4;
    input3 += 4;
  }
  v128.store(out, sum0a);
  v128.store(out, sum0b, 16);
  out += line;
  v128.store(out, sum1a);
  v128.store(out, sum1b, 16);
  out += line;
  v128.store(out, sum2a);
  v128.store(out, sum2b, 16);
  out += line;
  v128.store(out, sum3a);
  v128.store(out, sum3b, 16);
}

function tile1x32(panel0: usize, panelBytes: i32, input: usize, width: i32, out: usize): void {
  const end = input + (width << 2);
  let panel1 = panel0 + panelBytes;
  let panel2 = panel1 + panelBytes;
  let panel3 = panel2 + panelBytes;
  let sum0a = f32x4.splat(0);
  let sum0b = f32x4.splat(0);
  let sum1a = f32x4.splat(0);
  let sum1b = f32x4.splat(0);
  let sum2a = f32x4.splat(0);
  let sum2b = f32x4.splat(0);
  let sum3a = f32x4.splat(0);
  let sum3b = f32x4.splat(0);
  for (; input < end; input += 4) {
    const x = v128.load32_splat(input);
    sum0a = f32x4.add(sum0a, f32x4.mul(v128.load(panel0), x));
    sum0b = f32x4.add(sum0b, f32x4.mul(v128.load(panel0, 16), x));
    sum1a = f32x4.add(sum1a, f32x4.mul(v128.load(panel1), x));
    sum1b = f32x4.add(sum1b, f32x4.mul(v128.load(panel1, 16), x));
    sum2a = f32x4.add(sum2a, f32x4.mul(v128.load(panel2), x));
    sum2b = f32x4.add(sum2b, f32x4.mul(v128.load(panel2, 16), x));
    sum3a = f32x4.add(sum3a, f32x4.mul(v128.load(panel3), x));
    sum3b = f32x4.add(sum3b, f32x4.mul(v128.load(panel3, 16), x));
    panel0 += 32;
    panel1 += 32;
    panel2 += 32;
    panel3 += 32;
  }
  v128.store(out, sum0a);
  v128.store(out, sum0b, 16);
  v128.store(out, sum1a, 32);
  v128.store(out, sum1b, 48);
  v128.store(out, sum2a, 64);
  v128.store(out, sum2b, 80);
  v128.store(out, sum3a, 96);
  v128.store(out, sum3b, 112);
}
