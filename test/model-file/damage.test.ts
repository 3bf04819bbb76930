/** A reader given damaged bytes names the section and what is wrong; a writer, the field. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Status } from '../../assembly/abi.ts';
import { crc32 } from '../../host/model-file/crc32.ts';
import {
  ModelFileError,
  type ModelParts,
  ModelPartsError,
  PolicyKind,
  RowKind,
  readModel,
  readSections,
  readVocabulary,
  writeModel,
  writeVocabulary,
} from '../../host/model-file/index.ts';
import { randomModel } from '../support/random-model.ts';

const parts = randomModel(11, { segments: 2 });
const file = writeModel(parts);
const sections = readSections(file);

/** What the reader says to these bytes. */
function errorOf(bytes: Uint8Array): ModelFileError {
  try {
    readModel(bytes);
  } catch (error) {
    if (error instanceof ModelFileError) return error;
    throw error;
  }
  throw new Error('the reader accepted the file');
}

function changed(change: (bytes: Uint8Array, view: DataView) => void): Uint8Array {
  const bytes = file.slice();
  change(bytes, new DataView(bytes.buffer));
  return bytes;
}

/** Gives a file of so many sections checksums that fit, in place. */
function seal(bytes: Uint8Array, count: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < count; i++) {
    const entry = 32 + 16 * i;
    const offset = view.getUint32(entry + 4, true);
    const section = bytes.subarray(offset, offset + view.getUint32(entry + 8, true));
    view.setUint32(entry + 12, crc32(section), true);
  }
  view.setUint32(16, 0, true);
  view.setUint32(16, crc32(bytes.subarray(0, 32 + 16 * count)), true);
}

/** The same with checksums that fit again, so that checks behind them are reached. */
function forged(change: (bytes: Uint8Array, view: DataView) => void): Uint8Array {
  return changed((bytes, view) => {
    change(bytes, view);
    seal(bytes, sections.length);
  });
}

const offsetOf = (name: string) => sections.find((section) => section.name === name)!.offset;

describe('damaged bytes', () => {
  it.each(sections.map(({ name, offset, bytes }) => [name, offset, bytes.length] as const))(
    'in %s are found there',
    (name, offset, length) => {
      for (const at of [0, length >> 1, length - 1]) {
        const error = errorOf(
          changed((bytes) => {
            bytes[offset + at] ^= 4;
          }),
        );
        expect(error).toMatchObject({ code: Status.Corrupt, section: name, offset });
        expect(error.message).toContain(`${name}: its checksum differs`);
      }
    },
  );

  it('anywhere at all are found', () => {
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        expect(() =>
          readModel(
            changed((bytes) => {
              bytes[at] ^= change;
            }),
          ),
        ).toThrow(ModelFileError);
      }),
    );
  });

  it('cut off anywhere are found', () => {
    fc.assert(
      fc.property(fc.nat(file.length - 1), (length) => {
        const { code } = errorOf(file.subarray(0, length));
        expect(code).toBe(length < 4 ? Status.NotAModel : Status.Truncated);
      }),
    );
  });

  it.each<[string, (bytes: Uint8Array, view: DataView) => void, Status]>([
    ['begin with "BEEX"', (bytes) => bytes.set([0x50, 0x4b]), Status.NotAModel],
    ['version 3', (_, view) => view.setUint16(4, 3, true), Status.UnknownVersion],
    ['0 sections', (_, view) => view.setUint32(12, 0, true), Status.BadSectionTable],
    [
      'checksum of header',
      (bytes) => {
        bytes[40] ^= 1;
      },
      Status.Corrupt,
    ],
  ])('in the header: %s', (problem, change, code) => {
    const error = errorOf(changed(change));
    expect(error).toMatchObject({ code, section: 'header' });
    expect(error.message).toContain(problem);
  });

  it('of another kind of file, or none, are not a model', () => {
    expect(errorOf(new Uint8Array(0)).code).toBe(Status.NotAModel);
    expect(errorOf(new TextEncoder().encode('<!doctype html><p>not found')).code).toBe(Status.NotAModel);
  });

  it('behind the end are refused', () => {
    const longer = new Uint8Array(file.length + 1);
    longer.set(file);
    expect(errorOf(longer).message).toContain('1 bytes follow');
  });
});

describe('bytes that fit their checksums and nothing else', () => {
  const at = (name: string, offset: number, value: number) => (_: Uint8Array, view: DataView) =>
    view.setUint32(offsetOf(name) + offset, value, true);

  it.each<[string, string, (bytes: Uint8Array, view: DataView) => void, Status]>([
    ['config', 'hidden is 100', at('config', 0, 100), Status.BadSection],
    ['config', 'hidden is 1088, more than', at('config', 0, 1088), Status.OverLimit],
    ['config', 'heads is 3', at('config', 12, 3), Status.BadSection],
    ['config', 'segments is 3', at('config', 28, 3), Status.OverLimit],
    ['config', 'unknown kind of token rows', at('config', 32, 9), Status.BadSection],
    ['config', 'normalizer is 8', at('config', 36, 8), Status.BadSection],
    ['config', 'recurrence is 2, not 0 or 1', at('config', 44, 2), Status.BadSection],
    ['block 1', 'the dimensions make it', at('config', 44, 1), Status.BadSection],
    ['config', 'binaryScores is 2, not 0 or 1', at('config', 48, 2), Status.BadSection],
    ['block 1', 'the dimensions make it', at('config', 48, 1), Status.BadSection],
    ['config', 'reserved', at('config', 52, 1), Status.BadSection],
    ['config', 'reserved', at('config', 60, 1), Status.BadSection],
    ['table', 'not block 3', at('config', 8, 3), Status.BadSectionTable],
    ['policies', "don't make its", at('policies', 0, 9), Status.BadSection],
    ['policies', 'default entry is 7', at('policies', 4, 7), Status.BadSection],
    ['policies', 'unknown kind 42', at('policies', 16 + 24, 42), Status.BadSection],
    ['policies', 'takes none', at('policies', 16 + 28, 1), Status.BadSection],
    ['policies', 'not a number', at('policies', 16 + 32, 0x7fc00000), Status.BadSection],
    ['labels', '3 labels for 2', at('labels', 0, 3), Status.BadSection],
    ['labels', 'label 0 runs over', at('labels', 4, 0xffff), Status.BadSection],
    ['vocabulary', 'special tokens are not', at('vocabulary', 0, 5), Status.BadSection],
    ['vocabulary', 'not where its bucket offset says', at('vocabulary', 20, 3), Status.BadSection],
    ['block 2', 'attentionThreshold[1] is Infinity', at('block 2', 4, 0x7f800000), Status.BadSection],
    ['exit 1', 'weight[0] is NaN', at('exit 1', 0, 0x7fc00000), Status.BadSection],
    ['card', 'not an object in JSON', at('card', 0, 0x5d5d5d5d), Status.BadSection],
  ])('%s: %s', (section, problem, change, code) => {
    const error = errorOf(forged(change));
    expect(error.message).toContain(problem);
    expect(error).toMatchObject({ section, code });
  });

  it('never do worse than an error of ours', () => {
    const words = fc.tuple(fc.nat(file.length / 4 - 1), fc.oneof(fc.nat(70), fc.integer()));
    fc.assert(
      fc.property(words, ([word, value]) => {
        const bytes = forged((_, view) => view.setInt32(4 * word, value, true));
        let again: Uint8Array;
        try {
          again = writeModel(readModel(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(ModelFileError);
          return;
        }
        // A card may be written in more ways than one, and a minor version may be newer than ours.
        const isFree = word === 1 || 4 * word >= offsetOf('card');
        if (!isFree) expect(Buffer.compare(again, bytes)).toBe(0);
      }),
    );
  });
});

it.each([
  ['recurrence', 44],
  ['binaryScores', 48],
])('a vocabulary file with %s is refused', (field, at) => {
  const { pieces } = parts;
  const bytes = writeVocabulary({ pieces, normalizer: 0, tokens: 8, segments: 1 });
  const [config, ...others] = readSections(bytes);
  new DataView(bytes.buffer).setUint32(config.offset + at, 1, true);
  seal(bytes, 1 + others.length);
  expect(() => readVocabulary(bytes)).toThrow(`config: ${field} is 1, but the file has no blocks`);
});

describe('parts that make no file', () => {
  it.each<[string, (parts: ModelParts) => void, string]>([
    [
      'dimensions.hidden',
      (p) => {
        p.dimensions.hidden = 96;
      },
      'is 96, not a multiple of 64',
    ],
    [
      'dimensions.heads',
      (p) => {
        p.dimensions.heads = 3;
      },
      'must be a multiple of 16',
    ],
    [
      'dimensions.tokens',
      (p) => {
        p.dimensions.tokens = 1025;
      },
      'more than 1024',
    ],
    [
      'blocks',
      (p) => {
        p.blocks.pop();
      },
      'are 1, but dimensions.blocks is 2',
    ],
    [
      'labels',
      (p) => {
        p.labels.push('third');
      },
      'are 3',
    ],
    [
      'labels',
      (p) => {
        p.labels = ['a', 'a'];
      },
      'hold "a" twice',
    ],
    [
      'pieces',
      (p) => {
        p.pieces.reverse();
      },
      'out of order',
    ],
    [
      'policies',
      (p) => {
        p.policies = [];
      },
      'are empty',
    ],
    [
      'policies[0]',
      (p) => {
        p.policies[0].name = 'x'.repeat(25);
      },
      '25 bytes',
    ],
    [
      'policies[0]',
      (p) => {
        p.policies[0].thresholds = new Float32Array(3);
      },
      '3 thresholds for 2',
    ],
    [
      'policies[0]',
      (p) => {
        Object.assign(p.policies[0], { kind: PolicyKind.Fixed, parameter: 3 });
      },
      'depth 3',
    ],
    [
      'blocks[1].qkv.scale',
      (p) => {
        p.blocks[1].qkv.scale = new Float32Array(3);
      },
      'has 3 elements instead of 192',
    ],
    [
      'blocks[0].gate.bits',
      (p) => {
        p.blocks[0].gate.bits = new Int8Array(1) as never;
      },
      'not of type Uint8Array',
    ],
    [
      'blocks[0].hiddenLimit[7]',
      (p) => {
        p.blocks[0].hiddenLimit[7] = 65;
      },
      'is 65, not from -1 to 64',
    ],
    [
      'exits[1].bias[0]',
      (p) => {
        p.exits[1].bias[0] = Number.NaN;
      },
      'not a finite number',
    ],
    [
      'embedding.tokens.scale[2]',
      (p) => {
        p.embedding.tokens.scale[2] = 0x7c00;
      },
      'not a finite half',
    ],
    [
      'embedding.segments.scale',
      (p) => {
        delete p.embedding.segments;
      },
      'is not of type Float32Array',
    ],
    [
      'dimensions.recurrence',
      (p) => {
        p.dimensions.recurrence = 2;
      },
      'is 2, not 0 or 1',
    ],
    [
      'blocks[0].recurrence',
      (p) => {
        p.dimensions.recurrence = 1;
      },
      'is missing, but dimensions.recurrence is 1',
    ],
    [
      'blocks[1].recurrence',
      (p) => {
        p.blocks[1].recurrence = randomModel(11, { recurrence: 1 }).blocks[1].recurrence!;
      },
      'is there, but dimensions.recurrence is 0',
    ],
    [
      'blocks[0].scores',
      (p) => {
        p.dimensions.binaryScores = 1;
      },
      'is missing, but dimensions.binaryScores is 1',
    ],
    [
      'blocks[1].scores',
      (p) => {
        p.blocks[1].scores = randomModel(11, { binaryScores: 1 }).blocks[1].scores!;
      },
      'is there, but dimensions.binaryScores is 0',
    ],
    [
      'blocks[0].scores.limit[3]',
      (p) => {
        Object.assign(p, randomModel(11, { binaryScores: 1 }));
        p.blocks[0].scores!.limit[3] = 65;
      },
      '65',
    ],
    [
      'blocks[1].recurrence.gates.scale',
      (p) => {
        Object.assign(p, randomModel(11, { recurrence: 1 }));
        p.blocks[1].recurrence!.gates.scale = new Float32Array(64);
      },
      'has 64 elements instead of 128',
    ],
    [
      'embedding.tokens.values',
      (p) => {
        p.embedding.tokens.kind = RowKind.Int8;
      },
      'is not of type Int8Array',
    ],
  ])('%s', (field, spoil, problem) => {
    const spoilt = randomModel(11, { segments: 2 });
    spoil(spoilt);
    expect(() => writeModel(spoilt)).toThrow(problem);
    try {
      writeModel(spoilt);
    } catch (error) {
      expect(error).toBeInstanceOf(ModelPartsError);
      expect((error as ModelPartsError).field).toBe(field);
    }
  });
});
