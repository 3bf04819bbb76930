/** Binary scores: steps that are no numbers, and limits that no mismatches reach. */
import { describe, expect, it } from 'vitest';
import { PolicyKind } from '../../assembly/format.ts';
import { writeModel } from '../../host/model-file/write.ts';
import { type RandomModelOptions, randomModel, randomSource } from '../support/random-model.ts';
import { expectSameBits, openAll, wordsOf } from './builds.ts';
import { damaged, sectionOf } from './damage.ts';

const SHAPE: RandomModelOptions = { hidden: 64, slfn: 64, heads: 2, blocks: 2, tokens: 21, binaryScores: 1 };
const BLOCK = 5;
const FULL = { kind: PolicyKind.Full, parameter: 0, thresholds: new Float32Array(2) };
/** Of a block: limits behind thresholds and bits, then a step a head. */
const LIMITS = 4 * 64 + (3 * 64 * 64) / 8;
const STEPS = LIMITS + 2 * 2 * 64;

const parts = randomModel(71, SHAPE);
const file = writeModel(parts);
const { offset: block } = sectionOf(file, BLOCK);

describe('steps', () => {
  it.each([Number.NaN, Infinity, -Infinity, 3e38, -3e38, -1, 1e-45, 0])('of %d give one answer', (step) => {
    const instances = openAll(parts);
    for (const { core } of instances) {
      core.open(damaged(file, (view) => view.setFloat32(block + STEPS + 4, step, true)));
      core.setPolicy(FULL);
    }
    const answers = instances.map(({ core }) => {
      core.begin('a b c d e f g');
      core.run();
      return [core.label(), Array.from(core.logits(2))];
    });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it.each([0, 100])('of %d weigh all keys alike, or only the nearest', (step) => {
    const own = structuredClone(parts);
    for (const { scores } of own.blocks) scores!.step.fill(step);
    const text = wordsOf(own, randomSource(step), 21);
    expect(expectSameBits(openAll(own), own, text, FULL)).toHaveLength(2);
  });
});

describe('limits', () => {
  it.each([
    [-1, 'no bit'],
    [64, 'all bits'],
  ])('of %i make signs of %s, so that all keys are alike', (limit) => {
    const own = structuredClone(parts);
    for (const { scores } of own.blocks) scores!.limit.fill(limit);
    const alike = structuredClone(own);
    for (const { scores } of alike.blocks) scores!.step.fill(0);
    const text = wordsOf(own, randomSource(1), 20);
    const answers = expectSameBits(openAll(own), own, text, FULL);
    expect(answers).toEqual(expectSameBits(openAll(alike), alike, text, FULL));
  });

  it.each([-32768, 32767, 65, -2])('of %i, which no writer writes, give one answer', (limit) => {
    const own = structuredClone(parts);
    own.blocks[0].scores!.limit.fill(limit, 0, 64);
    const instances = openAll(parts);
    for (const { core } of instances) {
      core.open(
        damaged(file, (view) => {
          for (let row = 0; row < 64; row++) view.setInt16(block + LIMITS + 2 * row, limit, true);
        }),
      );
    }
    expect(expectSameBits(instances, own, wordsOf(own, randomSource(2), 21), FULL)).toHaveLength(2);
  });
});
