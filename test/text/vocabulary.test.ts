/** The check of the Vocabulary section: takes what the writer makes, refuses all else, never traps. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Status } from '../../assembly/abi.ts';
import {
  BUCKET_PIECES,
  Normalizer,
  SectionKind,
  VOCABULARY_HEADER_BYTES,
  VOCABULARY_STRING_BYTES,
} from '../../assembly/format.ts';
import { readSections, readVocabulary, sortPieces, writeVocabulary } from '../../host/model-file/index.ts';
import { writeSections } from '../../host/model-file/section/container.ts';
import { referenceWords, wordpieces } from '../reference/tokenizer.ts';
import { BUILDS, TextCore } from './text-core.ts';

const LONG = 'abcdefghijklmnopqrstuvwxyz';
/** Shared prefixes of 0 to more than 15 bytes, suffixes of 1 to more than 15, some 80 buckets. */
const PIECES = sortPieces(
  new Set([
    ...Array.from({ length: 26 }, (_, i) => LONG.slice(0, i + 1)),
    ...Array.from({ length: 26 }, (_, i) => `##${LONG.slice(i)}${LONG.slice(0, i)}`),
    ...Array.from({ length: 600 }, (_, i) => `w${i.toString(36)}`),
    ...Array.from({ length: 600 }, (_, i) => `##${(i * 7919).toString(26)}`),
    'я'.repeat(32),
    'я'.repeat(31),
    `##${'я'.repeat(31)}`,
  ]),
);

const FLAGS = { lowercase: true, stripAccents: false };

function vocabularyFile(pieces: readonly string[]): Uint8Array {
  return writeVocabulary({ normalizer: Normalizer.Lowercase, pieces: [...pieces], tokens: 128, segments: 1 });
}

/** The file with another Vocabulary section, checksums and all. */
function withSection(file: Uint8Array, change: (section: Uint8Array) => Uint8Array): Uint8Array {
  const sections = readSections(file).map(({ kind, index, bytes }) => ({
    kind,
    index,
    bytes: kind === SectionKind.Vocabulary ? change(bytes.slice()) : bytes,
  }));
  return writeSections(sections);
}

/** What the host's reader, written apart from the core, says. It also wants UTF-8, the core does not. */
function readerTakes(file: Uint8Array): boolean | 'not UTF-8' {
  try {
    readVocabulary(file);
    return true;
  } catch (error) {
    return /not UTF-8/.test((error as Error).message) ? 'not UTF-8' : false;
  }
}

describe.each(BUILDS)('vocabularies, build %s', (build) => {
  const core = new TextCore(build);
  const small = vocabularyFile(PIECES.filter((_, i) => i % 12 === 0));

  it('finds every piece of a large one', () => {
    expect(core.openFile(vocabularyFile(PIECES))).toBe(Status.Ok);
    const lookUp = wordpieces(PIECES);
    const words = PIECES.map((piece) => piece.replace('##', 'w')).concat(PIECES.filter((p) => p[0] !== '#'));
    for (const word of words) {
      expect(core.tokenize(word).ids).toEqual(referenceWords(word, FLAGS).flatMap(lookUp));
    }
  });

  it.each([1, 15, 16, 17, 32, 33])('takes %i pieces', (count) => {
    expect(core.openFile(vocabularyFile(PIECES.slice(0, count)))).toBe(Status.Ok);
  });

  it('takes no other byte in header, offsets and gap', () => {
    const buckets = Math.ceil(readVocabulary(small).pieces.length / BUCKET_PIECES);
    const stringsAt = Math.ceil((VOCABULARY_HEADER_BYTES + 4 * buckets) / 16) * 16;
    for (let at = 0; at < stringsAt; at++) {
      const damaged = withSection(small, (section) => {
        section[at] ^= 1 << (at % 8);
        return section;
      });
      expect(core.openFile(damaged), `byte ${at}`).toBe(Status.BadSection);
    }
  });

  it('takes no section that is cut short or goes on', () => {
    for (const less of [1, 2, 15, 16, 100]) {
      const shorter = withSection(small, (section) => section.slice(0, -less));
      expect(core.openFile(shorter)).toBe(Status.BadSection);
    }
    expect(core.openFile(withSection(small, (section) => section.slice(0, 8)))).toBe(Status.BadSection);
    const longer = withSection(small, (section) => Uint8Array.of(...section, 0));
    expect(core.openFile(longer)).toBe(Status.BadSection);
  });

  it.each([
    ['a, ab as the writer has them', [1, 97, 0x11, 98], Status.Ok],
    ['ab written whole, though it shares a', [1, 97, 0x02, 97, 98], Status.BadSection],
    ['the long form for a short suffix', [1, 97, 0x10, 1, 98], Status.BadSection],
    ['the long form without its length', [1, 97, 0x10], Status.BadSection],
    ['the same piece twice', [1, 97, 0x10, 0], Status.BadSection],
    ['shared bytes that the piece before has not', [1, 97, 0x21, 98], Status.BadSection],
    ['descending pieces', [1, 98, 0x01, 97], Status.BadSection],
    ['an empty head', [0, 0x01, 97, 0], Status.BadSection],
    ['a suffix over the end', [1, 97, 0x12, 98], Status.BadSection],
  ])('judges two pieces: %s', (_, strings, status) => {
    const file = withSection(vocabularyFile(['a', 'ab']), (section) => {
      const header = section.slice(0, section.length - 4);
      new DataView(header.buffer).setUint32(VOCABULARY_STRING_BYTES, strings.length, true);
      return Uint8Array.of(...header, ...strings);
    });
    expect(core.openFile(file)).toBe(status);
  });

  it('agrees with the host about damaged sections', () => {
    let taken = 0;
    const byte = fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 15, 16, 17, 0xf0, 0xff));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), byte), { minLength: 1, maxLength: 3 }), (changes) => {
        const damaged = withSection(small, (section) => {
          for (const [at, value] of changes) section[at % section.length] = value;
          return section;
        });
        const status = core.openFile(damaged);
        expect([Status.Ok, Status.BadSection]).toContain(status);
        const reader = readerTakes(damaged);
        if (reader !== 'not UTF-8') expect(status === Status.Ok).toBe(reader);
        if (status !== Status.Ok) return;
        // Whatever is taken can be searched without harm.
        taken++;
        for (const word of ['abcz', LONG, 'w5x', 'яяя', 'q']) {
          expect(core.tokenize(word).ids.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 1500 },
    );
    expect(taken).toBeGreaterThan(0);
  });
});
