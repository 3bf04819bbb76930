/** Numbers as decimals, out and in. */
import { writeFraction } from './fraction';
import { write, writeByte } from './streams';

const ZERO: i32 = 0x30;
const DOT: i32 = 0x2e;
const MINUS: i32 = 0x2d;

/** Digits of an f64 hold 15 decimals exactly, and powers of ten up to 22. */
const DIGITS_MOST: i32 = 15;

export function writeInteger(value: i32): void {
  if (value < 0) writeByte(MINUS);
  writeCount(abs(value));
}

function writeCount(value: u64): void {
  if (value > 9) writeCount(value / 10);
  writeByte(ZERO + <i32>(value % 10));
}

/**
 * The shortest decimal that gives the float again when it is read as double, as JSON has it, and without an
 * exponent. Below 2^31.
 */
export function writeFloat(value: f32): void {
  // JSON has neither.
  if (!isFinite(value)) {
    write('null');
    return;
  }
  if (value < 0) writeByte(MINUS);
  value = abs(value);
  const integer = <i32>value;
  writeCount(integer);
  const fraction = value - <f32>integer;
  if (fraction == 0) return;
  writeByte(DOT);
  writeFraction(value, fraction);
}

/** Nanoseconds as microseconds with one decimal. */
export function writeMicroseconds(nanoseconds: u64): void {
  const tenths = (nanoseconds + 50) / 100;
  writeCount(tenths / 10);
  writeByte(DOT);
  writeByte(ZERO + <i32>(tenths % 10));
}

/** What `readDecimal` read, and the byte behind it. */
export let decimal: f32 = 0;
export let decimalEnd: usize = 0;

/**
 * Reads digits with at most one point, and a minus, from `at` up to `end`: whether there was a number, of
 * at most 15 digits. Within that, the double is exact before it is rounded to single, as in JavaScript.
 */
export function readDecimal(at: usize, end: usize): bool {
  const isNegative = at < end && load<u8>(at) == MINUS;
  if (isNegative) at++;
  let value: f64 = 0;
  let scale: f64 = 1;
  let digits = 0;
  let isFraction = false;
  for (; at < end; at++) {
    const byte: i32 = load<u8>(at);
    if (byte == DOT && !isFraction) {
      isFraction = true;
    } else if (<u32>(byte - ZERO) < 10) {
      value = value * 10 + <f64>(byte - ZERO);
      if (isFraction) scale *= 10;
      digits++;
    } else {
      break;
    }
  }
  decimal = <f32>(isNegative ? -(value / scale) : value / scale);
  decimalEnd = at;
  return digits > 0 && digits <= DIGITS_MOST;
}
