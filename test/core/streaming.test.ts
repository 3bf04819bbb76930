/** A model that arrives bit by bit can be used from its first block on, and says when it needs the next. */
import { describe, expect, it } from 'vitest';
import { Status, Step } from '../../assembly/abi.ts';
import { ENTRY_LENGTH, ENTRY_OFFSET, PolicyKind } from '../../assembly/format.ts';
import { writeModel } from '../../host/model-file/write.ts';
import { runReference } from '../reference/model.ts';
import { randomModel } from '../support/random-model.ts';
import { answersOf, BUILDS, bitsOf, instantiate } from './builds.ts';
import { entriesOf } from './damage.ts';

const TEXT = 'a b c d e';
const BLOCKS = 3;
const parts = randomModel(11, { hidden: 64, slfn: 64, heads: 2, blocks: BLOCKS, tokens: 6 });
const file = writeModel(parts);
const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
/** Where the sections end; exit i is section 6 + 2i. */
const ends = entriesOf(file).map(
  (at) => view.getUint32(at + ENTRY_OFFSET, true) + view.getUint32(at + ENTRY_LENGTH, true),
);
const exitEnds = [6, 8, 10].map((section) => ends[section]);
const full = { kind: PolicyKind.Full, parameter: 0, thresholds: new Float32Array(BLOCKS) };

describe.each(BUILDS)('the %s build', (build) => {
  it('opens once exit 1 is there, and not a byte earlier', () => {
    const { calls } = instantiate(build);
    const place = calls.reserve(file.length);
    new Uint8Array(calls.memory.buffer).set(file, place);
    for (const arrived of [0, 31, 32, 100, ends[0], ends[3], exitEnds[0] - 1]) {
      expect(calls.open(arrived)).toBe(Status.Truncated);
    }
    expect(calls.open(exitEnds[0])).toBe(Status.Ok);
    expect(calls.blocksReady()).toBe(1);
    expect(calls.open(exitEnds[0])).toBe(Status.WrongState);
  });

  it('goes on where it stood when the next block arrives, with the same bits', () => {
    const { core, calls } = instantiate(build);
    core.reserve(file.length);
    let arrived = 0;
    const bring = (end: number) => {
      const isOpen = core.append(file.subarray(arrived, end));
      arrived = end;
      return isOpen;
    };
    expect(bring(exitEnds[0])).toBe(true);
    core.setPolicy(full);
    core.begin(TEXT);
    expect([core.step(), core.step(), core.run()]).toEqual([Step.GoOn, Step.NeedBlock, Step.NeedBlock]);
    expect(core.exits()).toBe(1);
    // A block without its exit is of no use yet.
    bring(ends[7]);
    expect([calls.blocksReady(), core.step()]).toEqual([1, Step.NeedBlock]);
    bring(exitEnds[1] + 5);
    expect([calls.blocksReady(), core.step()]).toEqual([2, Step.GoOn]);
    bring(file.length);
    expect([calls.blocksReady(), core.run()]).toEqual([3, Step.Stopped]);
    const { ids, segmentStart } = core.tokenize(TEXT);
    expect(bitsOf(answersOf(core))).toEqual(bitsOf(runReference(parts, ids, segmentStart, full)));
  });

  it('opens whatever the pieces', () => {
    const { core } = instantiate(build);
    core.reserve(file.length);
    for (let at = 0; at < file.length; at += 1013) core.append(file.subarray(at, at + 1013));
    expect(core.blocksReady()).toBe(BLOCKS);
    core.setPolicy(full);
    core.begin(TEXT);
    expect(core.run()).toBe(Step.Stopped);
  });

  it('names a block that arrives damaged, and keeps what it has', () => {
    const { calls } = instantiate(build);
    const place = calls.reserve(file.length);
    const memory = new Uint8Array(calls.memory.buffer);
    memory.set(file, place);
    memory[place + ends[7] - 9] ^= 4;
    expect(calls.open(exitEnds[0])).toBe(Status.Ok);
    expect(calls.extend(file.length)).toBe(Status.Corrupt);
    expect(calls.errorSection()).toBe(7);
    expect(calls.blocksReady()).toBe(1);
    expect(calls.policy(PolicyKind.Full, 0)).toBe(Status.Ok);
    expect(calls.begin()).toBeGreaterThan(0);
    expect([calls.step(), calls.step()]).toEqual([Step.GoOn, Step.NeedBlock]);
  });
});
