/** Rows of the embedding: bits or signed bytes times a scale. `width` is a multiple of 8. */

/** out f32[width] = scale where the bit is 1, -scale where it is 0. */
export function scaleBits(bits: usize, width: i32, scale: f32, out: usize): void {
  const end = out + (width << 2);
  if (ASC_FEATURE_SIMD) {
    const scales = f32x4.splat(scale);
    const minus = i32x4.splat(i32.MIN_VALUE);
    const lowBits = i32x4(1, 2, 4, 8);
    const highBits = i32x4(16, 32, 64, 128);
    for (; out < end; out += 32) {
      const byte = i32x4.splat(load<u8>(bits));
      const low = i32x4.eq(v128.and(byte, lowBits), i32x4.splat(0));
      const high = i32x4.eq(v128.and(byte, highBits), i32x4.splat(0));
      v128.store(out, v128.xor(scales, v128.and(low, minus)));
      v128.store(out, v128.xor(scales, v128.and(high, minus)), 16);
      bits += 1;
    }
  } else {
    for (; out < end; out += 32) {
      const byte = <i32>load<u8>(bits);
      for (let i = 0; i < 8; i++) store<f32>(out + (i << 2), ((byte >> i) & 1) != 0 ? scale : -scale);
      bits += 1;
    }
  }
}

/** out f32[width] = scale * byte */
export function scaleBytes(bytes: usize, width: i32, scale: f32, out: usize): void {
  const end = out + (width << 2);
  for (; out < end; out += 16) {
    if (ASC_FEATURE_SIMD) {
      v128.store(out, scaled4(bytes, scale));
    } else {
      for (let i = 0; i < 4; i++) store<f32>(out + (i << 2), scaled1(bytes + i, scale));
    }
    bytes += 4;
  }
}

/** out f32[width] += scale * byte */
export function addScaledBytes(bytes: usize, width: i32, scale: f32, out: usize): void {
  const end = out + (width << 2);
  for (; out < end; out += 16) {
    if (ASC_FEATURE_SIMD) {
      v128.store(out, f32x4.add(v128.load(out), scaled4(bytes, scale)));
    } else {
      for (let i = 0; i < 4; i++) {
        const at = out + (i << 2);
        store<f32>(at, load<f32>(at) + scaled1(bytes + i, scale));
      }
    }
    bytes += 4;
  }
}

function scaled1(byte: usize, scale: f32): f32 {
  return scale * <f32>(<i32>load<i8>(byte));
}

function scaled4(bytes: usize, scale: f32): v128 {
  const words = i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.load32_zero(bytes)));
  return f32x4.mul(f32x4.splat(scale), f32x4.convert_i32x4_s(words));
}
