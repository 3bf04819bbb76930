/** The file's bytes, written out by hand from docs/model-file.md. */
import { describe, expect, it } from 'vitest';
import { PolicyKind } from '../../assembly/format.ts';
import { crc32 } from '../../host/model-file/crc32.ts';
import { readSections, type Section, writeModel, writeVocabulary } from '../../host/model-file/index.ts';
import { randomModel } from '../support/random-model.ts';

const hex = (bytes: Uint8Array) =>
  Buffer.from(bytes)
    .toString('hex')
    .replace(/(.{8})(?=.)/g, '$1 ');
const u32 = (value: number) => hex(new Uint8Array(Uint32Array.of(value).buffer));

/** The section of that name, and its bytes. */
function section(file: Uint8Array, name: string): Section {
  return readSections(file).find((candidate) => candidate.name === name)!;
}

describe('a vocabulary file of two pieces', () => {
  const file = writeVocabulary({ pieces: ['ab', 'ac'], normalizer: 3, tokens: 32, segments: 2 });

  it('is what the specification says, byte by byte', () => {
    const config = [
      '00000000 00000000 00000000 00000000', // hidden, SLFN, blocks, heads
      '00000000 20000000 06000000 02000000', // classes, tokens, vocabulary, segments
      '00000000 03000000 00000000 00000000', // row kind, normalizer, reserved
      '00000000 00000000 00000000 00000000',
    ].join(' ');
    const vocabulary = [
      '02000000 01000000 05000000 02000000', // pieces, buckets, bytes of strings, longest
      '00000000 00000000 00000000 00000000', // one bucket offset, gap
      '02616211 63', // "ab", then 1 shared and 1 more: "c"
    ].join(' ');
    const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
    const table = [
      `01000000 40000000 40000000 ${u32(crc32(bytesOf(config)))}`,
      `04000000 80000000 25000000 ${u32(crc32(bytesOf(vocabulary)))}`,
    ].join(' ');
    const header = (checksum: string) =>
      `42454558 01000000 b0000000 02000000 ${checksum} 00000000 00000000 00000000`;
    const checksum = u32(crc32(bytesOf(`${header('00000000')} ${table}`)));
    const padding = '000000 00000000 00000000';
    expect(hex(file)).toBe(`${header(checksum)} ${table} ${config} ${vocabulary}${padding}`);
  });
});

describe('a model file', () => {
  const parts = randomModel(5, { labels: ['no', 'größer'] });
  const file = writeModel(parts);

  it('has its sections in the order of need, aligned to 16', () => {
    const sections = readSections(file);
    expect(sections.map(({ name }) => name)).toEqual([
      'config',
      'policies',
      'labels',
      'vocabulary',
      'embedding',
      'block 1',
      'exit 1',
      'block 2',
      'exit 2',
      'card',
    ]);
    expect(sections.every(({ offset }) => offset % 16 === 0)).toBe(true);
    expect(sections[0].offset).toBe(32 + 10 * 16);
    expect(file.length % 16).toBe(0);
  });

  it('holds labels as counted UTF-8', () => {
    const { bytes } = section(file, 'labels');
    expect(Buffer.from(bytes).toString('latin1')).toBe('\x02\0\0\0\x02\0no\x08\0gr\xc3\xb6\xc3\x9fer');
  });

  it('holds a policy as name, kind, parameter, thresholds', () => {
    const balanced = { name: 'balanced', kind: PolicyKind.Confidence, parameter: 0 };
    const policies = [{ ...balanced, thresholds: Float32Array.of(0.75, -1) }];
    const { bytes } = section(writeModel({ ...parts, policies }), 'policies');
    expect(hex(bytes)).toBe(
      '01000000 00000000 00000000 00000000 ' +
        '62616c61 6e636564 00000000 00000000 00000000 00000000 05000000 00000000 0000403f 000080bf',
    );
  });

  it('holds the card as JSON', () => {
    const { bytes } = section(writeModel({ ...parts, card: { a: 'ä' } }), 'card');
    expect(Buffer.from(bytes).toString('utf8')).toBe('{"a":"ä"}');
  });

  it('has the lengths that the drawings give', () => {
    const { hidden: d, slfn: f, classes: c, tokens: n, vocabulary: v } = parts.dimensions;
    const aligned = (bytes: number) => Math.ceil(bytes / 16) * 16;
    const embedding = aligned(2 * v) + aligned((v * d) / 8) + aligned(4 * n) + aligned(n * d) + 2 * 4 * d;
    const linear = (rows: number, inputs: number) => (rows * inputs) / 8 + 2 * 4 * rows;
    const vectors = (3 + 4) * 4 * d;
    const hiddenRows = (2 * f * d) / 8 + 2 * 2 * f;
    const block = vectors + linear(3 * d, d) + linear(d, d) + hiddenRows + 2 * linear(d, f);
    expect(section(file, 'embedding').bytes.length).toBe(embedding);
    expect(section(file, 'block 1').bytes.length).toBe(block);
    expect(section(file, 'exit 1').bytes.length).toBe(4 * c * d + 4 * c);
    const recurrent = writeModel(randomModel(5, { recurrence: 1 }));
    expect(section(recurrent, 'block 1').bytes.length - block).toBe(3 * 4 * d + linear(2 * d, d));
  });

  it('says at byte 48 of its config whether scores are binary, and is of version 1', () => {
    const binary = writeModel(randomModel(5, { binaryScores: 1 }));
    expect(hex(section(binary, 'config').bytes.subarray(40))).toBe(
      '00000000 00000000 01000000 00000000 00000000 00000000',
    );
    expect(section(file, 'config').bytes[48]).toBe(0);
    expect(hex(binary.subarray(4, 8))).toBe('01000000');
    // Limits of q and k and a step a head, padded, in place of scales and offsets of q and k.
    const { blocks, dimensions } = randomModel(5, { binaryScores: 1 });
    const [{ scores }] = blocks;
    const { hidden: d } = dimensions;
    const block = section(binary, 'block 1').bytes;
    expect(section(file, 'block 1').bytes.length - block.length).toBe(4 * 4 * d - (2 * 2 * d + 16));
    const limits = block.subarray(4 * d + (3 * d * d) / 8);
    expect(hex(limits.subarray(0, 4 * d))).toBe(hex(new Uint8Array(scores!.limit.buffer)));
    expect(hex(limits.subarray(4 * d, 4 * d + 8))).toBe(hex(new Uint8Array(scores!.step.buffer)));
    expect(hex(limits.subarray(4 * d + 8, 4 * d + 16))).toBe('00000000 00000000');
  });

  it('says at byte 44 of its config whether blocks begin with a light recurrence, and is of version 1', () => {
    const recurrent = writeModel(randomModel(5, { recurrence: 1 }));
    expect(hex(section(recurrent, 'config').bytes.subarray(32))).toBe(
      '00000000 00000000 00000000 01000000 00000000 00000000 00000000 00000000',
    );
    expect(section(file, 'config').bytes[44]).toBe(0);
    expect(hex(recurrent.subarray(4, 8))).toBe('01000000');
    // The block's first array is the recurrence's thresholds.
    const [{ recurrence }] = randomModel(5, { recurrence: 1 }).blocks;
    const { threshold } = recurrence!;
    expect(hex(section(recurrent, 'block 1').bytes.subarray(0, 16))).toBe(
      hex(new Uint8Array(threshold.buffer, threshold.byteOffset, 16)),
    );
  });
});
