/**
 * Mismatches by bit planes, a kernel that the core does not have yet: it needs rows by 128 and two bytes a
 * row. It is timed beside those that the core has, and held against the scalar one.
 *
 *   mismatches = ones of the row's weights + ones of the token - 2 x ones that both have
 *
 * Only the last term is a product. Weights are laid so that one vector holds one input's weights in 128 rows:
 *
 *   planes   input 0 │ input 1 │ ... │ input K-1 │ zeros │      16 bytes each
 *   byte i of one    │ row i │ row 16 + i │ ... │ row 112 + i │    bits 0 to 7
 *
 * A token is the list of its ones' planes, which are added up, the others never read; zeros fill it up to 16.
 * Sums stay bits, one vector for each of their places, until all are added:
 *
 *   planes 0 1 2 3 │ 4 5 6 7 │ 8 9 10 11 │ 12 13 14 15
 *          └─ ++ ──┴── ++ ───┴─── ++ ────┴──── ++ ──► ones
 *             └─── ++ ───┘          └─── ++ ────┘ ──► twos       a ++ is an adder
 *                   └─────── ++ ──────────┘ ────────► fours      of two pairs
 *                             + ────────────────────► eights
 *                             └ half adders ────────► 16s to 512s
 *
 * 10 places hold sums up to 1023. A ++ adds two pairs to a bit in 8 operations where two full adders take 10: it
 * wants of a pair x, y the bits x and x ^ y, and gives its two carries in the same form (MDFA of Demenkov,
 * Kojevnikov, Kulikov and Yaroslavtsev, New upper bounds on the Boolean circuit complexity of symmetric functions,
 * 2010):
 *
 *   half   = z ^ (x0 ^ y0)             z' = half ^ (x1 ^ y1)
 *   either = (x0 ^ y0) | (x0 ^ z)
 *   carry  = either ^ half             carry ^ next = either ^ ((x1 ^ half) & ~(x1 ^ y1))
 */

/** Rows that one vector has a bit of. */
const PLANE_ROWS: usize = 128;
const PLANE_BYTES: usize = 16;
/** Planes that are added at a time. */
const ROUND: i32 = 16;
/** For each byte, the planes of its ones: u16[256][8] of offsets in bytes. */
const LISTS: usize = memory.data(256 * 16, 16);

/** Fills the table of lists; once an instance. */
export function prepareBitPlanes(): void {
  for (let byte: usize = 0; byte < 256; byte++) {
    let at = LISTS + byte * 16;
    for (let bit: usize = 0; bit < 8; bit++) {
      if (((byte >> bit) & 1) == 0) continue;
      store<u16>(at, <u16>(bit * PLANE_BYTES));
      at += 2;
    }
  }
}

/**
 * Weights [rows, bytes] in the file's order to planes, 8 bytes + 1 of them for 128 rows, and the ones of
 * each row, u16[rows]. Planes must be zero before.
 */
export function layBitPlanes(weights: usize, rows: usize, bytes: usize, planes: usize, ones: usize): void {
  for (let row: usize = 0; row < rows; row++) {
    const block = planes + (row / PLANE_ROWS) * blockBytes(bytes);
    let sum = 0;
    for (let k: usize = 0; k < 8 * bytes; k++) {
      const bit = (load<u8>(weights + row * bytes + (k >> 3)) >> <u8>(k & 7)) & 1;
      const at = block + k * PLANE_BYTES + (row & 15);
      store<u8>(at, load<u8>(at) | (bit << <u8>((row >> 4) & 7)));
      sum += bit;
    }
    store<u16>(ones + (row << 1), <u16>sum);
  }
}

function blockBytes(bytes: usize): usize {
  return (8 * bytes + 1) * PLANE_BYTES;
}

/**
 * counts: u16[tokens, rows]; input [tokens, bytes]; rows a multiple of 128, bytes at most 127.
 * scratch: 16 (10 + bytes + 3) bytes, for sums and a list.
 */
export function mismatchesBitPlanes(
  planes: usize,
  rows: i32,
  input: usize,
  bytes: i32,
  tokens: i32,
  counts: usize,
  ones: usize,
  scratch: usize,
): void {
  const block = blockBytes(bytes);
  const list = scratch + 10 * PLANE_BYTES;
  for (let token = 0; token < tokens; token++) {
    const own = listOnes(input, bytes, list);
    let at = planes;
    for (let row: usize = 0; row < <usize>rows; row += PLANE_ROWS) {
      addPlanes(at, list, own, scratch);
      storeCounts(scratch, ones + (row << 1), own, counts + (row << 1));
      at += block;
    }
    input += bytes;
    counts += rows << 1;
  }
}

/** Offsets of the planes of the token's ones, then of the zero plane for a whole round; returns how many ones. */
function listOnes(input: usize, bytes: i32, list: usize): i32 {
  const perByte = i16x8.splat(<i16>(8 * PLANE_BYTES));
  const end = input + bytes;
  let offset = i16x8.splat(0);
  let at = list;
  for (; input < end; input++) {
    const byte = <usize>load<u8>(input);
    // Eight are written, as many as there are ones are kept.
    v128.store(at, i16x8.add(v128.load(LISTS + (byte << 4)), offset));
    at += <usize>popcnt<u32>(<u32>byte) << 1;
    offset = i16x8.add(offset, perByte);
  }
  v128.store(at, offset);
  v128.store(at, offset, 16);
  return <i32>(at - list) >> 1;
}

/**
 * As in the core's tiles, branches that are never taken keep V8 from loading too much at once. Their conditions
 * differ, since V8 drops one that it knows.
 */
function addPlanes(block: usize, list: usize, left: i32, sums: usize): void {
  let ones = i8x16.splat(0);
  let twos = i8x16.splat(0);
  let fours = i8x16.splat(0);
  let eights = i8x16.splat(0);
  let s16 = i8x16.splat(0);
  let s32 = i8x16.splat(0);
  let s64 = i8x16.splat(0);
  let s128 = i8x16.splat(0);
  let s256 = i8x16.splat(0);
  let s512 = i8x16.splat(0);
  for (; left > 0; left -= ROUND) {
    let x = v128.load(block + load<u16>(list, 0));
    let xy = v128.xor(x, v128.load(block + load<u16>(list, 2)));
    let next = v128.load(block + load<u16>(list, 4));
    let nextXy = v128.xor(next, v128.load(block + load<u16>(list, 6)));
    let half = v128.xor(ones, xy);
    let either = v128.or(xy, v128.xor(x, ones));
    let a = v128.xor(either, half);
    let ab = v128.xor(either, v128.andnot(v128.xor(next, half), nextXy));
    ones = v128.xor(half, nextXy);
    if (left < 0) break;
    x = v128.load(block + load<u16>(list, 8));
    xy = v128.xor(x, v128.load(block + load<u16>(list, 10)));
    next = v128.load(block + load<u16>(list, 12));
    nextXy = v128.xor(next, v128.load(block + load<u16>(list, 14)));
    half = v128.xor(ones, xy);
    either = v128.or(xy, v128.xor(x, ones));
    let c = v128.xor(either, half);
    let cd = v128.xor(either, v128.andnot(v128.xor(next, half), nextXy));
    ones = v128.xor(half, nextXy);
    half = v128.xor(twos, ab);
    either = v128.or(ab, v128.xor(a, twos));
    const e = v128.xor(either, half);
    const ef = v128.xor(either, v128.andnot(v128.xor(c, half), cd));
    twos = v128.xor(half, cd);
    if (left < -1) break;
    x = v128.load(block + load<u16>(list, 16));
    xy = v128.xor(x, v128.load(block + load<u16>(list, 18)));
    next = v128.load(block + load<u16>(list, 20));
    nextXy = v128.xor(next, v128.load(block + load<u16>(list, 22)));
    half = v128.xor(ones, xy);
    either = v128.or(xy, v128.xor(x, ones));
    a = v128.xor(either, half);
    ab = v128.xor(either, v128.andnot(v128.xor(next, half), nextXy));
    ones = v128.xor(half, nextXy);
    if (left < -2) break;
    x = v128.load(block + load<u16>(list, 24));
    xy = v128.xor(x, v128.load(block + load<u16>(list, 26)));
    next = v128.load(block + load<u16>(list, 28));
    nextXy = v128.xor(next, v128.load(block + load<u16>(list, 30)));
    half = v128.xor(ones, xy);
    either = v128.or(xy, v128.xor(x, ones));
    c = v128.xor(either, half);
    cd = v128.xor(either, v128.andnot(v128.xor(next, half), nextXy));
    ones = v128.xor(half, nextXy);
    half = v128.xor(twos, ab);
    either = v128.or(ab, v128.xor(a, twos));
    const g = v128.xor(either, half);
    const gh = v128.xor(either, v128.andnot(v128.xor(c, half), cd));
    twos = v128.xor(half, cd);
    half = v128.xor(fours, ef);
    either = v128.or(ef, v128.xor(e, fours));
    const i = v128.xor(either, half);
    const ij = v128.xor(either, v128.andnot(v128.xor(g, half), gh));
    fours = v128.xor(half, gh);
    half = v128.xor(eights, ij);
    let carry = v128.xor(v128.or(ij, v128.xor(i, eights)), half);
    eights = half;
    let more = v128.and(s16, carry);
    s16 = v128.xor(s16, carry);
    carry = v128.and(s32, more);
    s32 = v128.xor(s32, more);
    more = v128.and(s64, carry);
    s64 = v128.xor(s64, carry);
    carry = v128.and(s128, more);
    s128 = v128.xor(s128, more);
    more = v128.and(s256, carry);
    s256 = v128.xor(s256, carry);
    s512 = v128.xor(s512, more);
    list += 2 * ROUND;
  }
  v128.store(sums, ones);
  v128.store(sums, twos, 16);
  v128.store(sums, fours, 32);
  v128.store(sums, eights, 48);
  v128.store(sums, s16, 64);
  v128.store(sums, s32, 80);
  v128.store(sums, s64, 96);
  v128.store(sums, s128, 112);
  v128.store(sums, s256, 128);
  v128.store(sums, s512, 144);
}

/**
 * counts: u16[128] from the sums' places, the rows' ones u16[128] and the token's. The lowest 8 places are 8
 * vectors of single bits and become 8 vectors of whole bytes, which is a transposition of 8 x 8 bits in every
 * byte: nibbles change places, then pairs of bits, then bits.
 */
function storeCounts(sums: usize, ones: usize, own: i32, counts: usize): void {
  let a0 = v128.load(sums, 0);
  let a1 = v128.load(sums, 16);
  let a2 = v128.load(sums, 32);
  let a3 = v128.load(sums, 48);
  let a4 = v128.load(sums, 64);
  let a5 = v128.load(sums, 80);
  let a6 = v128.load(sums, 96);
  let a7 = v128.load(sums, 112);
  const s256 = v128.load(sums, 128);
  const s512 = v128.load(sums, 144);
  const ofToken = i16x8.splat(<i16>own);
  const nibbles = i8x16.splat(0x0f);
  const pairs = i8x16.splat(0x33);
  const bits = i8x16.splat(0x55);
  let d: v128;
  d = v128.and(v128.xor(i16x8.shr_u(a0, 4), a4), nibbles);
  a4 = v128.xor(a4, d);
  a0 = v128.xor(a0, i16x8.shl(d, 4));
  d = v128.and(v128.xor(i16x8.shr_u(a1, 4), a5), nibbles);
  a5 = v128.xor(a5, d);
  a1 = v128.xor(a1, i16x8.shl(d, 4));
  d = v128.and(v128.xor(i16x8.shr_u(a2, 4), a6), nibbles);
  a6 = v128.xor(a6, d);
  a2 = v128.xor(a2, i16x8.shl(d, 4));
  d = v128.and(v128.xor(i16x8.shr_u(a3, 4), a7), nibbles);
  a7 = v128.xor(a7, d);
  a3 = v128.xor(a3, i16x8.shl(d, 4));
  d = v128.and(v128.xor(i16x8.shr_u(a0, 2), a2), pairs);
  a2 = v128.xor(a2, d);
  a0 = v128.xor(a0, i16x8.shl(d, 2));
  d = v128.and(v128.xor(i16x8.shr_u(a1, 2), a3), pairs);
  a3 = v128.xor(a3, d);
  a1 = v128.xor(a1, i16x8.shl(d, 2));
  d = v128.and(v128.xor(i16x8.shr_u(a4, 2), a6), pairs);
  a6 = v128.xor(a6, d);
  a4 = v128.xor(a4, i16x8.shl(d, 2));
  d = v128.and(v128.xor(i16x8.shr_u(a5, 2), a7), pairs);
  a7 = v128.xor(a7, d);
  a5 = v128.xor(a5, i16x8.shl(d, 2));
  d = v128.and(v128.xor(i16x8.shr_u(a0, 1), a1), bits);
  a1 = v128.xor(a1, d);
  a0 = v128.xor(a0, i16x8.shl(d, 1));
  d = v128.and(v128.xor(i16x8.shr_u(a2, 1), a3), bits);
  a3 = v128.xor(a3, d);
  a2 = v128.xor(a2, i16x8.shl(d, 1));
  d = v128.and(v128.xor(i16x8.shr_u(a4, 1), a5), bits);
  a5 = v128.xor(a5, d);
  a4 = v128.xor(a4, i16x8.shl(d, 1));
  d = v128.and(v128.xor(i16x8.shr_u(a6, 1), a7), bits);
  a7 = v128.xor(a7, d);
  a6 = v128.xor(a6, i16x8.shl(d, 1));
  store16(a0, s256, s512, 0, ofToken, ones, counts);
  store16(a1, s256, s512, 1, ofToken, ones, counts);
  store16(a2, s256, s512, 2, ofToken, ones, counts);
  store16(a3, s256, s512, 3, ofToken, ones, counts);
  store16(a4, s256, s512, 4, ofToken, ones, counts);
  store16(a5, s256, s512, 5, ofToken, ones, counts);
  store16(a6, s256, s512, 6, ofToken, ones, counts);
  store16(a7, s256, s512, 7, ofToken, ones, counts);
}

/** counts u16[16] of rows 16 k to 16 k + 15, whose sums are `low` and bit k of s256 and s512. */
function store16(
  low: v128,
  s256: v128,
  s512: v128,
  k: i32,
  ofToken: v128,
  ones: usize,
  counts: usize,
): void {
  const one = i8x16.splat(1);
  const bit8 = v128.and(i16x8.shr_u(s256, k), one);
  const bit9 = v128.and(i16x8.shr_u(s512, k), one);
  const high = v128.or(bit8, i8x16.add(bit9, bit9));
  const first = i8x16.shuffle(low, high, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const last = i8x16.shuffle(low, high, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  const at = <usize>(k << 5);
  const toFirst = i16x8.add(v128.load(ones + at), ofToken);
  const toLast = i16x8.add(v128.load(ones + at, 16), ofToken);
  v128.store(counts + at, i16x8.sub(toFirst, i16x8.add(first, first)));
  v128.store(counts + at, i16x8.sub(toLast, i16x8.add(last, last)), 16);
}
