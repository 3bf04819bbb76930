/** Broken UTF-8 is replaced as TextDecoder replaces it, however the bytes are cut. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { referenceWords } from '../reference/tokenizer.ts';
import { BUILDS, wordCore } from './text-core.ts';

const FLAGS = { lowercase: false, stripAccents: false };

const BROKEN: [what: string, bytes: number[]][] = [
  ['a lone continuation', [0x61, 0x80, 0x62]],
  ['a lead at the end', [0x61, 0xe2]],
  ['two thirds of a sequence at the end', [0x61, 0xe2, 0x82]],
  ['a sequence broken off by ASCII', [0xe2, 0x82, 0x61]],
  ['a sequence broken off by a lead', [0xf0, 0x9f, 0x98, 0xc3, 0xa9]],
  ['overlong forms', [0xc0, 0xaf, 0xc1, 0xbf, 0xe0, 0x80, 0xaf, 0xf0, 0x80, 0x80, 0xaf]],
  ['surrogates', [0xed, 0xa0, 0x80, 0xed, 0xbf, 0xbf]],
  ['above U+10FFFF', [0xf4, 0x90, 0x80, 0x80, 0xf5, 0x80, 0xff, 0xfe]],
  ['the last of each length', [0x7f, 0xdf, 0xbf, 0xef, 0xbf, 0xbd, 0xf4, 0x8f, 0xbf, 0xbf]],
  ['a byte order mark inside', [0x61, 0xef, 0xbb, 0xbf, 0x62]],
];

describe.each(BUILDS)('UTF-8, build %s', (build) => {
  const core = wordCore(build, false, false);

  it.each(BROKEN)('%s', (_, numbers) => {
    const bytes = Uint8Array.from(numbers);
    const words = referenceWords(bytes, FLAGS);
    expect(core.words(bytes)).toEqual(words);
    expect(core.words(bytes, 1)).toEqual(words);
  });

  it('every two bytes', () => {
    const bytes = Uint8Array.from({ length: 65536 * 3 }, (_, i) =>
      i % 3 === 2 ? 0x2e : i % 3 === 0 ? (i / 3) >> 8 : ((i - 1) / 3) & 0xff,
    );
    expect(core.words(bytes)).toEqual(referenceWords(bytes, FLAGS));
  });

  it('any bytes, cut anywhere', () => {
    // Bytes around the edges of table 3-7, which random bytes seldom hit.
    const edges = [0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf];
    const leads = [0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff];
    const byte = fc.oneof(fc.constantFrom(...edges, ...leads), fc.nat(255));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 40 }), fc.integer({ min: 1, max: 41 }), (numbers, step) => {
        const bytes = Uint8Array.from(numbers);
        const words = referenceWords(bytes, FLAGS);
        // Unassigned characters may be symbols to one side and letters to the other.
        fc.pre(words.every((word) => !/\p{Cn}/u.test(word)));
        expect(core.words(bytes, step)).toEqual(words);
      }),
      { numRuns: 2000 },
    );
  });
});
