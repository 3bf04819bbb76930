/** Bad bytes are a code, never a trap; numbers that are none run through; nothing is written outside. */
import { describe, expect, it } from 'vitest';
import { ARENA_ALIGNMENT, Dimension, Status } from '../../assembly/abi.ts';
import {
  CONFIG_BLOCKS,
  CONFIG_BYTES,
  CONFIG_CLASSES,
  CONFIG_HEADS,
  CONFIG_HIDDEN,
  CONFIG_TOKENS,
  CONFIG_VOCABULARY,
  ENTRY_LENGTH,
  ENTRY_OFFSET,
  HEADER_FILE_BYTES,
  HEADER_MAJOR,
  HEADER_MINOR,
  HEADER_SECTION_COUNT,
  PolicyKind,
  RowKind,
} from '../../assembly/format.ts';
import { writeModel, writeVocabulary } from '../../host/model-file/write.ts';
import { randomModel, randomSource } from '../support/random-model.ts';
import { answersOf, BUILDS, type Build, type Instance, instantiate } from './builds.ts';
import { damaged, entriesOf, sectionOf } from './damage.ts';

const TEXT = 'a b c';
const parts = randomModel(5, {
  hidden: 64,
  slfn: 64,
  heads: 2,
  blocks: 1,
  classes: 3,
  tokens: 5,
  segments: 2,
  rowKind: RowKind.Int8,
  pieces: ['a', 'b', 'c', 'abcabcabcabcabcabcabcabc', '##d', '##abcabcabcabcabcabcabcabcd'],
});
const file = writeModel(parts);
const [CONFIG, POLICIES, LABELS, VOCABULARY, EMBEDDING, BLOCK, EXIT] = [0, 1, 2, 3, 4, 5, 6];

/** The status of opening the bytes; what opens is run, which must not trap. */
function open(instance: Instance, bytes: Uint8Array, reserved = bytes.length): Status {
  const { calls } = instance;
  const place = calls.reserve(reserved);
  new Uint8Array(calls.memory.buffer).set(bytes, place);
  const status = calls.open(bytes.length);
  if (status === Status.Ok && calls.dimension(Dimension.Blocks) > 0) {
    const text = new TextEncoder().encode(TEXT);
    new Uint8Array(calls.memory.buffer).set(text, calls.textPointer());
    calls.clear();
    calls.feed(0, text.length);
    expect(calls.begin()).toBeGreaterThan(0);
    expect(calls.run()).toBeGreaterThanOrEqual(0);
    expect(calls.label()).toBeLessThan(calls.dimension(Dimension.Classes));
  }
  return status;
}

/** Flips each bit of a range in turn, checksums repaired; how often each status was the answer. */
function flipAll(build: Build, from: number, bytes: number): Map<Status, number> {
  const seen = new Map<Status, number>();
  const instance = instantiate(build);
  for (let bit = 0; bit < 8 * bytes; bit++) {
    const at = from + (bit >> 3);
    const status = open(
      instance,
      damaged(file, (view) => view.setUint8(at, view.getUint8(at) ^ (1 << (bit & 7)))),
    );
    expect(Status[status]).toBeDefined();
    seen.set(status, (seen.get(status) ?? 0) + 1);
  }
  return seen;
}

/** The status for the file with one 32-bit word of it changed, checksums repaired. */
function withWord(at: number, value: number): Status {
  return open(
    instantiate('simd'),
    damaged(file, (view) => view.setUint32(at, value, true)),
  );
}

describe.each(BUILDS)('the %s build', (build) => {
  it('takes the file as it is', () => {
    expect(open(instantiate(build), file)).toBe(Status.Ok);
  });

  it('finds every flipped bit that no checksum was repaired for', () => {
    const instance = instantiate(build);
    const random = randomSource(8);
    for (let i = 0; i < 600; i++) {
      const copy = file.slice();
      copy[i < 300 ? i : Math.floor(random() * file.length)] ^= 1 << Math.floor(8 * random());
      // The minor version is for additions that this core may pass over, but the checksum covers it.
      expect(open(instance, copy)).not.toBe(Status.Ok);
    }
  });

  it('calls every shorter file truncated', () => {
    const instance = instantiate(build);
    for (let length = 1; length < file.length; length += length < 300 ? 1 : 97) {
      expect(open(instance, file.subarray(0, length))).toBe(Status.Truncated);
    }
  });

  it('never traps on a bit flipped in header, table or config', () => {
    const { offset } = sectionOf(file, CONFIG);
    expect(flipAll(build, 0, offset).has(Status.BadSectionTable)).toBe(true);
    expect(flipAll(build, offset, CONFIG_BYTES).has(Status.BadSection)).toBe(true);
  });

  it.each([
    ['policies', POLICIES],
    ['labels', LABELS],
    ['vocabulary', VOCABULARY],
  ])('never traps on a bit flipped in the %s', (_, section) => {
    const { offset, length } = sectionOf(file, section);
    expect(flipAll(build, offset, Math.min(length, 160)).has(Status.BadSection)).toBe(true);
  });

  it('never traps on random bytes in any place', () => {
    const instance = instantiate(build);
    const random = randomSource(9);
    for (let i = 0; i < 1000; i++) {
      const change = (view: DataView) => {
        for (let k = 0; k < 4; k++) view.setUint8(random() * random() * file.length, 256 * random());
      };
      expect(Status[open(instance, damaged(file, change))]).toBeDefined();
    }
  });
});

describe('what is wrong', () => {
  const config = sectionOf(file, CONFIG).offset;

  it('is told by the code', () => {
    expect(withWord(0, 0x464c457f)).toBe(Status.NotAModel);
    expect(withWord(HEADER_MAJOR, 3)).toBe(Status.UnknownVersion);
    expect(withWord(HEADER_MAJOR, 2)).toBe(Status.BadSectionTable);
    expect(withWord(HEADER_FILE_BYTES, file.length + 16)).toBe(Status.Truncated);
    expect(withWord(HEADER_FILE_BYTES, file.length - 16)).toBe(Status.BadSectionTable);
    expect(withWord(HEADER_SECTION_COUNT, 0xffffffff)).toBe(Status.OverLimit);
    expect(withWord(HEADER_SECTION_COUNT, 7)).toBe(Status.BadSectionTable);
    expect(withWord(config + CONFIG_HIDDEN, 65)).toBe(Status.BadSection);
    expect(withWord(config + CONFIG_HIDDEN, 2048)).toBe(Status.OverLimit);
    expect(withWord(config + CONFIG_HEADS, 8)).toBe(Status.BadSection);
    expect(withWord(config + CONFIG_HEADS, 0x10000000)).toBe(Status.OverLimit);
    expect(withWord(config + CONFIG_CLASSES, 4)).toBe(Status.BadSection);
    expect(withWord(config + CONFIG_TOKENS, 6)).toBe(Status.BadSection);
    expect(withWord(config + CONFIG_VOCABULARY, 12)).toBe(Status.BadSection);
  });

  it('a later minor version is read', () => {
    const later = damaged(file, (view) => view.setUint16(HEADER_MINOR, 9, true));
    expect(open(instantiate('simd'), later)).toBe(Status.Ok);
  });

  it('is told with the section and the offset', () => {
    const instance = instantiate('simd');
    for (const [section, at] of entriesOf(file).entries()) {
      const { offset } = sectionOf(file, section);
      const copy = file.slice();
      copy[offset] ^= 1;
      expect(open(instance, copy)).toBe(Status.Corrupt);
      expect([instance.calls.errorSection(), instance.calls.errorOffset()]).toEqual([section, offset]);

      expect(
        open(
          instance,
          damaged(file, (view) => view.setUint16(at, 99, true)),
        ),
      ).toBe(Status.BadSectionTable);
      expect([instance.calls.errorSection(), instance.calls.errorOffset()]).toEqual([section, at]);
    }
    const heads = damaged(file, (view) => view.setUint32(config + CONFIG_HEADS, 3, true));
    expect(open(instance, heads)).toBe(Status.BadSection);
    expect(instance.calls.errorOffset()).toBe(config + CONFIG_HEADS);
    const blocks = damaged(file, (view) => view.setUint32(config + CONFIG_BLOCKS, 2, true));
    expect(open(instance, blocks)).toBe(Status.BadSection);
    expect(instance.calls.errorOffset()).toBe(config + CONFIG_BLOCKS);
  });

  it('is a bit in a gap that no checksum covers', () => {
    const instance = instantiate('simd');
    const sections = entriesOf(file).map((_, section) => sectionOf(file, section));
    const ends = sections.map(({ offset, length }) => offset + length);
    const starts = [...sections.slice(1).map(({ offset }) => offset), file.length];
    const gaps = ends.flatMap((end, i) => Array.from({ length: starts[i] - end }, (_, k) => end + k));
    expect(gaps.at(-1)).toBe(file.length - 1);
    for (const at of gaps) {
      expect(
        open(
          instance,
          damaged(file, (view) => view.setUint8(at, 1)),
        ),
      ).toBe(Status.Corrupt);
      expect(instance.calls.errorOffset()).toBe(at);
    }
  });

  it('is a length whose end wraps around', () => {
    const instance = instantiate('simd');
    const [, , labels, vocabulary] = entriesOf(file);
    const { offset } = sectionOf(file, LABELS);
    const next = sectionOf(file, VOCABULARY);
    const wrapped = damaged(file, (view) => {
      view.setUint32(labels + ENTRY_LENGTH, 2 ** 32 - 16, true);
      view.setUint32(vocabulary + ENTRY_OFFSET, offset - 16, true);
      view.setUint32(vocabulary + ENTRY_LENGTH, next.offset + next.length - (offset - 16), true);
    });
    expect(open(instance, wrapped)).toBe(Status.BadSectionTable);
    expect(instance.calls.errorSection()).toBe(LABELS);
  });

  it('is a label that would run over the end of memory', () => {
    const { offset } = sectionOf(file, LABELS);
    const long = damaged(file, (view) => view.setUint16(offset + 4, 0xffff, true));
    expect(open(instantiate('simd'), long)).toBe(Status.BadSection);
  });

  it('may be put right, and opening tried again', () => {
    const { calls } = instantiate('simd');
    const place = calls.reserve(file.length);
    const memory = () => new Uint8Array(calls.memory.buffer);
    memory().set(file, place);
    memory()[place + file.length - 20] ^= 1;
    expect(calls.open(file.length)).toBe(Status.Corrupt);
    memory()[place + file.length - 20] ^= 1;
    expect(calls.open(file.length)).toBe(Status.Ok);
  });

  it('is an argument or the order of calls', () => {
    const { calls } = instantiate('simd');
    expect(calls.open(0)).toBe(Status.WrongState);
    expect(calls.extend(0)).toBe(Status.WrongState);
    expect(calls.begin()).toBe(Status.WrongState);
    expect(calls.feed(0, 0)).toBe(Status.WrongState);
    expect(calls.tokenize()).toBe(Status.WrongState);
    expect(calls.dimension(0)).toBe(Status.WrongState);
    expect(calls.textPointer()).toBe(0);
    expect(calls.reserve(-1)).toBe(0);
    expect(calls.reserve(1 << 29)).toBe(0);
    const place = calls.reserve(file.length);
    new Uint8Array(calls.memory.buffer).set(file, place);
    expect(calls.open(file.length + 1)).toBe(Status.BadArgument);
    expect(calls.open(-1)).toBe(Status.BadArgument);
    expect(calls.open(file.length)).toBe(Status.Ok);
    expect([calls.step(), calls.label()]).toEqual([Status.WrongState, Status.WrongState]);
    expect(calls.dimension(99)).toBe(Status.BadArgument);
    expect(calls.extend(file.length + 1)).toBe(Status.BadArgument);
    calls.reserve(16);
    expect([calls.begin(), calls.step(), calls.policy(0, 0)]).toEqual(Array(3).fill(Status.WrongState));
  });

  it('is a file without blocks asked to classify', () => {
    const { calls } = instantiate('simd');
    const vocabulary = writeVocabulary({ normalizer: 0, pieces: parts.pieces, tokens: 8, segments: 1 });
    const place = calls.reserve(vocabulary.length);
    new Uint8Array(calls.memory.buffer).set(vocabulary, place);
    expect(calls.open(vocabulary.length)).toBe(Status.Ok);
    calls.clear();
    expect([calls.begin(), calls.policy(0, 0), calls.tokenize()]).toEqual([
      Status.NoBlocks,
      Status.NoBlocks,
      1,
    ]);
    expect(calls.thresholdsPointer()).toBe(0);
  });
});

describe('numbers that are none', () => {
  const full = { kind: PolicyKind.Full, parameter: 0, thresholds: [0] };
  const odd = [Number.NaN, Infinity, -Infinity, 3e38, -3e38, 1e-45];

  /** Floats of the block and the exit, and half floats of the embedding. */
  const changes = Array.from({ length: 200 }, (_, seed) => (view: DataView) => {
    const random = randomSource(seed);
    for (let i = 0; i < 8; i++) {
      const { offset, length } = sectionOf(file, [BLOCK, EXIT][Math.floor(2 * random())]);
      const at = offset + 4 * Math.floor((random() * length) / 4);
      view.setFloat32(at, odd[Math.floor(odd.length * random())], true);
    }
    if (seed % 4 === 0) view.setUint16(sectionOf(file, EMBEDDING).offset + 2 * 6, 0x7c00 | seed, true);
  });

  it('run through both builds to the same label and the same numbers', () => {
    const instances = BUILDS.map(instantiate);
    for (const change of changes) {
      const results = instances.map(({ core }) => {
        core.open(damaged(file, change));
        core.setPolicy(full);
        core.begin(TEXT);
        core.run();
        return { label: core.label(), answers: answersOf(core) };
      });
      expect(results[0]).toEqual(results[1]);
    }
  });
});

describe.each(BUILDS)('memory of the %s build', (build) => {
  it('is written nowhere but in the arena', () => {
    const { core, calls } = instantiate(build);
    const tokens = 13;
    core.open(
      writeModel(randomModel(6, { hidden: 128, slfn: 192, heads: 2, blocks: 2, tokens, segments: 2 })),
    );
    const before = calls.memory.buffer.byteLength;
    calls.memory.grow(1);
    const memory = new Uint8Array(calls.memory.buffer);
    // The arena is the last thing planned, so the page behind it and its end are free.
    const arena = calls.textPointer();
    expect(arena % ARENA_ALIGNMENT).toBe(0);
    const end = arena + core.arenaBytes();
    expect(end).toBeLessThanOrEqual(before);
    memory.fill(0xaa, end);
    const file = memory.slice(0, arena);
    core.begin(['a '.repeat(tokens), 'b '.repeat(tokens)]);
    core.run();
    expect(memory.subarray(end).every((byte) => byte === 0xaa)).toBe(true);
    // Static data is the tokenizer's and the tables'; the file behind it stays as it was opened.
    const fileStart = calls.reserve(0);
    expect(Buffer.compare(memory.subarray(fileStart, arena), file.subarray(fileStart))).toBe(0);
    expect(calls.memory.buffer.byteLength).toBe(before + 65536);
  });

  it('holds the arena of d 128, f 256, n 32, L 4 in what it may take', () => {
    const { core } = instantiate(build);
    core.open(writeModel(randomModel(6, { hidden: 128, slfn: 256, heads: 4, blocks: 4, tokens: 32 })));
    expect(core.arenaBytes()).toBeLessThan(40 * 1024);
  });
});
