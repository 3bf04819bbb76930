/** The light recurrence: gates that are no numbers. */
import { describe, expect, it } from 'vitest';
import { PolicyKind } from '../../assembly/format.ts';
import { writeModel } from '../../host/model-file/write.ts';
import { type RandomModelOptions, randomModel, randomSource } from '../support/random-model.ts';
import { expectSameBits, type Instance, openAll, wordsOf } from './builds.ts';
import { damaged, sectionOf } from './damage.ts';

const SHAPE: RandomModelOptions = { hidden: 64, slfn: 64, heads: 2, blocks: 2, tokens: 9, recurrence: 1 };
const _CONFIG = 0;
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
