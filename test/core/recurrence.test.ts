/** The light recurrence: gates that are no numbers, files that say it wrongly or end in it. */
import { describe, expect, it } from 'vitest';
import { Status } from '../../assembly/abi.ts';
import { CONFIG_RECURRENCE, PolicyKind } from '../../assembly/format.ts';
import { writeModel, writeVocabulary } from '../../host/model-file/write.ts';
import { type RandomModelOptions, randomModel, randomSource } from '../support/random-model.ts';
import { BUILDS, expectSameBits, type Instance, instantiate, openAll, wordsOf } from './builds.ts';
import { damaged, entriesOf, sectionOf } from './damage.ts';

const SHAPE: RandomModelOptions = { hidden: 64, slfn: 64, heads: 2, blocks: 2, tokens: 9, recurrence: 1 };
const CONFIG = 0;
const BLOCK = 5;
const FULL = { kind: PolicyKind.Full, parameter: 0, thresholds: new Float32Array(2) };
const ODD = [Number.NaN, Infinity, -Infinity, 3e38, -3e38, 1e-45, -0];

/** Of a block: scales and offsets of 64 forget gates, then of as many values, behind thresholds and bits. */
const SCALES = 4 * 64 + (2 * 64 * 64) / 8;
const OFFSETS = SCALES + 4 * 2 * 64;

describe('gates that are no numbers', () => {
  const file = writeModel(randomModel(70, SHAPE));
  const { offset: block } = sectionOf(file, BLOCK);

  /** All builds, opened on the file with floats of its first block replaced, places in it as the keys. */
  function openChanged(floats: Map<number, number>): Instance[] {
    const changed = damaged(file, (view) => {
      for (const [at, value] of floats) view.setFloat32(block + at, value, true);
    });
    const instances = openAll(randomModel(70, SHAPE));
    for (const { core } of instances) core.open(changed);
    return instances;
  }

  it.each([0, 1, 2, 3])('make states that are, the same in every build (%i)', (seed) => {
    const random = randomSource(seed);
    const parts = randomModel(70, SHAPE);
    const { scale, offset } = parts.blocks[0].recurrence!.gates;
    const floats = new Map<number, number>();
    for (let j = seed % 3; j < 64; j += 3) {
      const value = ODD[Math.floor(ODD.length * random())];
      const isScale = random() < 0.5;
      (isScale ? scale : offset)[j] = value;
      floats.set((isScale ? SCALES : OFFSETS) + 4 * j, value);
    }
    const answers = expectSameBits(openChanged(floats), parts, wordsOf(parts, random, 9), FULL);
    expect(answers.every(({ entropy }) => Number.isFinite(entropy))).toBe(true);
  });

  it.each(ODD)('nor are values of %d, to the same label', (value) => {
    const answers = openChanged(new Map([[SCALES + 4 * (64 + 5), value]])).map(({ core }) => {
      core.setPolicy(FULL);
      core.begin('a b c d e');
      core.run();
      return [core.label(), Array.from(core.logits(2))];
    });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });
});

describe.each(BUILDS)('the %s build', (build) => {
  const withRecurrence = writeModel(randomModel(80, SHAPE));
  const without = writeModel(randomModel(80, { ...SHAPE, recurrence: 0 }));

  function open(file: Uint8Array, arrived = file.length): [Status, number, number] {
    const { calls } = instantiate(build);
    const place = calls.reserve(file.length);
    new Uint8Array(calls.memory.buffer).set(file.subarray(0, arrived), place);
    return [calls.open(arrived), calls.errorSection(), calls.errorOffset()];
  }

  function withWord(file: Uint8Array, value: number): [Status, number, number] {
    const at = sectionOf(file, CONFIG).offset + CONFIG_RECURRENCE;
    return open(damaged(file, (view) => view.setUint32(at, value, true)));
  }

  it('opens what its word says', () => {
    expect(withWord(withRecurrence, 1)[0]).toBe(Status.Ok);
    expect(withWord(without, 0)[0]).toBe(Status.Ok);
  });

  it.each([2, 3, 0x100, 0xffffffff])('refuses the word %i', (value) => {
    for (const file of [withRecurrence, without]) {
      const at = sectionOf(file, CONFIG).offset + CONFIG_RECURRENCE;
      expect(withWord(file, value)).toEqual([Status.BadSection, CONFIG, at]);
    }
  });

  it('refuses blocks that are laid out otherwise', () => {
    for (const [file, value] of [
      [withRecurrence, 0],
      [without, 1],
    ] as const) {
      expect(withWord(file, value)).toEqual([Status.BadSection, BLOCK, sectionOf(file, BLOCK).offset]);
    }
  });

  it('refuses one where there are no blocks', () => {
    const { pieces } = randomModel(80, SHAPE);
    const file = writeVocabulary({ normalizer: 0, pieces, tokens: 8, segments: 1 });
    expect(withWord(file, 0)[0]).toBe(Status.Ok);
    const at = sectionOf(file, CONFIG).offset + CONFIG_RECURRENCE;
    expect(withWord(file, 1)).toEqual([Status.BadSection, CONFIG, at]);
  });

  it('calls a block that ends early truncated', () => {
    const { offset, length } = sectionOf(withRecurrence, BLOCK);
    const lengths = [0, 1, 4 * 64, 4 * 64 + 1024, length - 1, length];
    for (const bytes of lengths) expect(open(withRecurrence, offset + bytes)[0]).toBe(Status.Truncated);
    expect(entriesOf(withRecurrence)).toHaveLength(10);
  });

  it('writes nothing outside of the arena', () => {
    const { core, calls } = instantiate(build);
    core.open(withRecurrence);
    calls.memory.grow(1);
    const memory = new Uint8Array(calls.memory.buffer);
    const arena = calls.textPointer();
    const end = arena + core.arenaBytes();
    memory.fill(0xaa, end);
    const fileStart = arena - withRecurrence.length;
    const before = memory.slice(fileStart, arena);
    core.begin('a b c d e f g h i');
    core.run();
    expect(memory.subarray(end).every((byte) => byte === 0xaa)).toBe(true);
    expect(Buffer.compare(memory.subarray(fileStart, arena), before)).toBe(0);
  });

  it('needs no more working memory for it', () => {
    const arenaOf = (file: Uint8Array) => {
      const { core } = instantiate(build);
      core.open(file);
      return core.arenaBytes();
    };
    expect(arenaOf(withRecurrence)).toBe(arenaOf(without));
  });
});
