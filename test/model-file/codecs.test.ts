import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32 } from '../../host/model-file/crc32.ts';
import { floatFromHalf, halfFromFloat } from '../../host/model-file/half.ts';
import {
  comparePieces,
  decodePieces,
  encodePieces,
  PieceError,
  sortPieces,
} from '../../host/model-file/vocabulary.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

describe('crc32', () => {
  it('gives the published check values', () => {
    expect(crc32(utf8('123456789'))).toBe(0xcbf43926);
    expect(crc32(new Uint8Array(0))).toBe(0);
    expect(crc32(new Uint8Array(32))).toBe(0x190a55ad);
    expect(crc32(utf8('The quick brown fox jumps over the lazy dog'))).toBe(0x414fa339);
  });
});

describe('half floats', () => {
  it('have the values that the standard gives', () => {
    const known: [number, number][] = [
      [0x0000, 0],
      [0x8000, -0],
      [0x3c00, 1],
      [0xc000, -2],
      [0x3555, 0.333251953125],
      [0x7bff, 65504],
      [0x0400, 2 ** -14],
      [0x03ff, 2 ** -14 - 2 ** -24],
      [0x0001, 2 ** -24],
      [0x7c00, Number.POSITIVE_INFINITY],
      [0xfc00, Number.NEGATIVE_INFINITY],
    ];
    for (const [half, value] of known) {
      expect(floatFromHalf(half)).toBe(value);
      expect(halfFromFloat(value)).toBe(half);
    }
    expect(floatFromHalf(0x7e00)).toBeNaN();
    expect(halfFromFloat(Number.NaN) & 0x7fff).toBeGreaterThan(0x7c00);
  });

  it('survive the way to single and back, every one', () => {
    for (let half = 0; half < 0x10000; half++) {
      const value = floatFromHalf(half);
      if (Number.isNaN(value)) continue;
      if (halfFromFloat(value) !== half) expect.fail(`${half.toString(16)} came back otherwise`);
    }
  });

  it('are the nearest to a single, ties to even', () => {
    // Neighbours of the positive halves, then of what lies between two of them.
    const at = fc.integer({ min: 0, max: 0x7bfe });
    fc.assert(
      fc.property(at, fc.double({ min: 0, max: 1, noNaN: true }), (half, share) => {
        const low = floatFromHalf(half);
        const high = floatFromHalf(half + 1);
        const value = Math.fround(low + (high - low) * share);
        const toLow = value - low;
        const toHigh = high - value;
        const even = half % 2 === 0 ? half : half + 1;
        const nearest = toLow < toHigh ? half : toHigh < toLow ? half + 1 : even;
        expect(halfFromFloat(value)).toBe(nearest);
        expect(halfFromFloat(-value)).toBe(nearest | 0x8000);
      }),
    );
  });

  it('round ties to even and overflow to infinity', () => {
    expect(halfFromFloat(2049)).toBe(halfFromFloat(2048));
    expect(halfFromFloat(2051)).toBe(halfFromFloat(2052));
    expect(halfFromFloat(65519)).toBe(0x7bff);
    expect(halfFromFloat(65520)).toBe(0x7c00);
    expect(halfFromFloat(2 ** -25)).toBe(0);
    expect(halfFromFloat(2 ** -25 * 1.001)).toBe(1);
    expect(halfFromFloat(3 * 2 ** -25)).toBe(2);
    expect(halfFromFloat(-1e-30)).toBe(0x8000);
  });
});

/** Words that share much, of scripts with 1 to 4 bytes a character. */
const piece = fc
  .string({
    unit: fc.constantFrom('a', 'b', '#', 'ß', 'é', '\ufeff', '東', '\uffff', '😀', '𐀀'),
    minLength: 1,
    maxLength: 24,
  })
  .filter((text) => utf8(text).length <= 64);

describe('front coding', () => {
  it('gives back any sorted set of pieces', () => {
    fc.assert(
      fc.property(fc.uniqueArray(piece, { minLength: 1, maxLength: 70 }), (pieces) => {
        const sorted = sortPieces(pieces);
        const coded = encodePieces(sorted);
        expect(decodePieces(sorted.length, coded)).toEqual(sorted);
        expect(coded.longest).toBe(Math.max(...sorted.map((text) => utf8(text).length)));
      }),
    );
  });

  it('sorts by bytes, where UTF-16 would not', () => {
    expect(sortPieces(['\uffff', '😀', 'a', 'ab', 'B'])).toEqual(['B', 'a', 'ab', '\uffff', '😀']);
    fc.assert(
      fc.property(piece, piece, (a, b) => {
        expect(Math.sign(comparePieces(a, b))).toBe(Math.sign(Buffer.compare(utf8(a), utf8(b))));
      }),
    );
  });

  it('is byte for byte what the specification draws', () => {
    const long = 'a'.repeat(30);
    const { strings, bucketOffsets } = encodePieces(['a', 'abc', 'abd', long, `b${'x'.repeat(16)}`].sort());
    // a | 30 a's: 1 shared, 29 in the long form | abc: 1 shared | abd: 2 shared | b...: 17 in the long form
    const bytes = [
      1,
      ...utf8('a'),
      0x10,
      29,
      ...utf8('a'.repeat(29)),
      0x12,
      ...utf8('bc'),
      0x21,
      ...utf8('d'),
    ];
    expect([...strings]).toEqual([...bytes, 0x00, 17, ...utf8(`b${'x'.repeat(16)}`)]);
    expect([...bucketOffsets]).toEqual([0]);
  });

  it('starts a bucket every 16 pieces, shares 15 bytes at most', () => {
    const stem = 'm'.repeat(20);
    const pieces = Array.from({ length: 17 }, (_, i) => stem + String.fromCharCode(97 + i));
    const { strings, bucketOffsets } = encodePieces(pieces);
    expect([...bucketOffsets]).toEqual([0, 1 + 21 + 15 * 7]);
    expect([...strings.subarray(22, 29)]).toEqual([0xf6, ...utf8('mmmmmb')]);
  });

  it.each([
    [['b', 'a'], 'out of order'],
    [['a', 'a'], 'twice'],
    [['a', ''], 'empty'],
    [['x'.repeat(65)], '65 bytes'],
    [['\ud800'], 'surrogate'],
  ])('refuses %j', (pieces, problem) => {
    expect(() => encodePieces(pieces)).toThrow(problem);
  });

  it('never accepts bytes that it would not have written', () => {
    const pieces = sortPieces(['a', 'ab', 'abc', 'b', 'ba', 'x'.repeat(20), 'x'.repeat(40)]);
    const coded = encodePieces(pieces);
    fc.assert(
      fc.property(fc.nat(coded.strings.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const strings = coded.strings.slice();
        strings[at] ^= change;
        let decoded: string[];
        try {
          decoded = decodePieces(pieces.length, { ...coded, strings });
        } catch (error) {
          expect(error).toBeInstanceOf(PieceError);
          return;
        }
        expect(encodePieces(decoded).strings).toEqual(strings);
      }),
    );
  });
});
