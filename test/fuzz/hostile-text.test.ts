/** Text that is meant to hurt: nothing is refused, what is cut is said to be, work grows with length only. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TEXT_CAPACITY } from '../../assembly/abi.ts';
import { FlashCore, flashModule } from '../../host/mcu/flash-core.ts';
import { writeModel } from '../../host/model-file/index.ts';
import { referenceTokens } from '../reference/tokenizer.ts';
import { randomModel, randomSource } from '../support/random-model.ts';
import { CountedCore, RESIDENT_BUILDS } from './counted-core.ts';

const TOKENS = 64;
const parts = randomModel(21, { blocks: 1, slfn: 64, tokens: TOKENS, normalizer: 3 });
const model = { pieces: parts.pieces, tokens: TOKENS, lowercase: true, stripAccents: true };
const file = writeModel(parts);
const builds = RESIDENT_BUILDS.map((build) => ({ build, core: new CountedCore(build, file) }));
const [, simd] = builds.map(({ core }) => core);
const flash = new FlashCore(await flashModule(), file);
flash.open();

const bytesOf = (text: string) => new TextEncoder().encode(text);
const repeated = (unit: Uint8Array, length: number) => {
  const text = new Uint8Array(length);
  for (let at = 0; at < length; at += unit.length) text.set(unit.subarray(0, length - at), at);
  return text;
};

/** What a text of one thing without end is made of, and whether it runs into the model's limit. */
const ENDLESS: Record<string, { unit: Uint8Array; fills: boolean }> = {
  spaces: { unit: bytesOf(' '), fills: false },
  NUL: { unit: bytesOf('\0'), fills: false },
  'combining marks': { unit: bytesOf('\u0301'), fills: false },
  'one letter with marks without end': { unit: bytesOf('\u0301\u0308'), fills: false },
  'right-to-left marks': { unit: bytesOf('\u200f\u202e'), fills: false },
  'byte order marks': { unit: bytesOf('\ufeff'), fills: false },
  'letters without a space': { unit: bytesOf('a'), fills: false },
  'Cyrillic without a space': { unit: bytesOf('ж'), fills: false },
  'apostrophes after n': { unit: bytesOf("n't"), fills: true },
  'words that almost fit': { unit: bytesOf(`${'ab'.repeat(32)} `), fills: true },
  'bytes that begin nothing': { unit: Uint8Array.of(0xff), fills: true },
  'characters that never end': { unit: Uint8Array.of(0xf0, 0x9f, 0x98), fills: true },
  'continuations of nothing': { unit: Uint8Array.of(0x80), fills: true },
  'halves of surrogate pairs': { unit: Uint8Array.of(0xed, 0xa0, 0x80), fills: true },
  ideographs: { unit: bytesOf('夜'), fills: true },
  dots: { unit: bytesOf('…'), fills: true },
};

describe.each(Object.entries(ENDLESS))('10 MB of %s', (name, { unit, fills }) => {
  it('are read in time that grows with length, and cut where the model is full', () => {
    const lengths = [100_000, 1_000_000, 10_000_000];
    const runs = lengths.map((length) => simd.tokenize(repeated(unit, length)));
    const [short, middle, long] = runs.map(({ turns }) => turns);
    expect(middle).toBeLessThanOrEqual(10.1 * short);
    expect(long).toBeLessThanOrEqual(10.1 * middle);
    for (const { cut, ids } of runs)
      expect([name, cut, ids.length]).toEqual([name, fills, fills ? TOKENS : 1]);
    // Once it is full, no more is read.
    if (fills) expect(long).toBe(short);
    else expect(long / lengths[2]).toBeLessThan(12);
  });

  it('mean the same to every build', () => {
    const text = repeated(unit, 100_000);
    const { ids, cut } = simd.tokenize(text);
    for (const { core } of builds) expect(core.tokenize(text)).toMatchObject({ ids, cut });
    expect(flash.core.tokenize(text)).toMatchObject({ ids, cut });
  });
});

it('every pair of bytes is read as browsers decode it', () => {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  for (let pair = 0; pair < 65_536; pair++) {
    const bytes = Uint8Array.of(0x61, pair >> 8, pair & 255, 0x62);
    const { ids } = simd.core.tokenize(bytes);
    if (
      Buffer.compare(
        Buffer.from(ids.buffer),
        Buffer.from(simd.core.tokenize(decoder.decode(bytes)).ids.buffer),
      )
    )
      expect({ bytes, ids }).toBe('what its decoded text gives');
  }
});

/** Bytes that favour the first and the last of each kind in UTF-8. */
const byte = fc.oneof(
  fc.integer({ min: 0, max: 255 }),
  fc.constantFrom(0x00, 0x20, 0x61, 0x7f, 0x80, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5),
);
const bytes = fc.uint8Array({ maxLength: 24 }).chain((any) =>
  fc.oneof(
    fc.constant(any),
    fc.array(byte, { maxLength: 24 }).map((list) => Uint8Array.from(list)),
  ),
);
const hostile = fc
  .array(
    fc.oneof(
      bytes,
      fc
        .tuple(fc.constantFrom(...Object.values(ENDLESS)), fc.integer({ min: 1, max: 70 }))
        .map(([{ unit }, times]) => repeated(unit, unit.length * times)),
    ),
    { maxLength: 6 },
  )
  .map((list) => Uint8Array.from(Buffer.concat(list)));

it('any mixture of these means to every build what it means to the reference', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const { ids, wasCut } = referenceTokens(text, undefined, model);
      for (const { core } of builds) {
        const read = core.tokenize(text);
        expect([...read.ids]).toEqual(ids);
        expect(read.cut).toBe(wasCut);
      }
      expect([...flash.core.tokenize(text).ids]).toEqual(ids);
    }),
    { numRuns: 150, seed: 7 },
  );
});

it('where a text is cut into pieces changes nothing', () => {
  const random = randomSource(5);
  const [{ core }] = builds;
  const text = Buffer.concat([
    bytesOf('größe '.repeat(5) + '\u0301'.repeat(9000)),
    repeated(Uint8Array.of(0xf0, 0x9f), 9000),
    bytesOf("'s don't 夜"),
  ]);
  const whole = core.tokenize(text);
  for (let round = 0; round < 20; round++) {
    const most = round < 5 ? 1 : TEXT_CAPACITY;
    const pieces = [];
    for (let at = 0; at < text.length; at += pieces.at(-1)!.length) {
      pieces.push(text.subarray(at, at + 1 + Math.floor(random() * most)));
    }
    expect(core.tokenizePieces(pieces)).toEqual([...whole.ids]);
  }
});
