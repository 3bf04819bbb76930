/** Words of the config that say 0 or 1, what every block has or has not: files that say it wrongly or end in it. */
import { describe, expect, it } from 'vitest';
import { Status } from '../../assembly/abi.ts';
import { CONFIG_BINARY_SCORES, CONFIG_RECURRENCE } from '../../assembly/format.ts';
import { writeModel, writeVocabulary } from '../../host/model-file/write.ts';
import { type RandomModelOptions, randomModel } from '../support/random-model.ts';
import { BUILDS, instantiate } from './builds.ts';
import { damaged, entriesOf, sectionOf } from './damage.ts';

const SHAPE: RandomModelOptions = { hidden: 64, slfn: 64, heads: 2, blocks: 2, tokens: 9 };
const CONFIG = 0;
const BLOCK = 5;

const FLAGS = [
  { flag: 'recurrence', word: CONFIG_RECURRENCE },
  { flag: 'binaryScores', word: CONFIG_BINARY_SCORES },
] as const;

describe.each(BUILDS.flatMap((build) => FLAGS.map((flag) => ({ build, ...flag }))))(
  '$flag in the $build build',
  ({ build, flag, word }) => {
    const withIt = writeModel(randomModel(80, { ...SHAPE, [flag]: 1 }));
    const without = writeModel(randomModel(80, SHAPE));

    function open(file: Uint8Array, arrived = file.length): [Status, number, number] {
      const { calls } = instantiate(build);
      const place = calls.reserve(file.length);
      new Uint8Array(calls.memory.buffer).set(file.subarray(0, arrived), place);
      return [calls.open(arrived), calls.errorSection(), calls.errorOffset()];
    }

    function withWord(file: Uint8Array, value: number): [Status, number, number] {
      const at = sectionOf(file, CONFIG).offset + word;
      return open(damaged(file, (view) => view.setUint32(at, value, true)));
    }

    it('opens what its word says', () => {
      expect(withWord(withIt, 1)[0]).toBe(Status.Ok);
      expect(withWord(without, 0)[0]).toBe(Status.Ok);
    });

    it.each([2, 3, 0x100, 0xffffffff])('refuses the word %i', (value) => {
      for (const file of [withIt, without]) {
        const at = sectionOf(file, CONFIG).offset + word;
        expect(withWord(file, value)).toEqual([Status.BadSection, CONFIG, at]);
      }
    });

    it('refuses blocks that are laid out otherwise', () => {
      for (const [file, value] of [
        [withIt, 0],
        [without, 1],
      ] as const) {
        expect(withWord(file, value)).toEqual([Status.BadSection, BLOCK, sectionOf(file, BLOCK).offset]);
      }
    });

    it('refuses one where there are no blocks', () => {
      const { pieces } = randomModel(80, SHAPE);
      const file = writeVocabulary({ normalizer: 0, pieces, tokens: 8, segments: 1 });
      expect(withWord(file, 0)[0]).toBe(Status.Ok);
      const at = sectionOf(file, CONFIG).offset + word;
      expect(withWord(file, 1)).toEqual([Status.BadSection, CONFIG, at]);
    });

    it('calls a block that ends early truncated', () => {
      const { offset, length } = sectionOf(withIt, BLOCK);
      const lengths = [0, 1, 4 * 64, 4 * 64 + 1024, length - 1, length];
      for (const bytes of lengths) expect(open(withIt, offset + bytes)[0]).toBe(Status.Truncated);
      expect(entriesOf(withIt)).toHaveLength(10);
    });

    it('writes nothing outside of the arena', () => {
      const { core, calls } = instantiate(build);
      core.open(withIt);
      calls.memory.grow(1);
      const memory = new Uint8Array(calls.memory.buffer);
      const arena = calls.textPointer();
      const end = arena + core.arenaBytes();
      memory.fill(0xaa, end);
      const fileStart = arena - withIt.length;
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
      expect(arenaOf(withIt)).toBe(arenaOf(without));
    });
  },
);
