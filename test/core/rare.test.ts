/** Rare tokens, whose rows come behind exit 1: a text without them is answered before; maps that lie are found. */
import { describe, expect, it } from 'vitest';
import { Status, Step } from '../../assembly/abi.ts';
import {
  CONFIG_RARE,
  HEADER_MAJOR,
  MAP_BEFORE,
  MAP_COMMON,
  MAP_ENTRY_BYTES,
  PolicyKind,
  SPECIAL_TOKENS,
  SpecialToken,
} from '../../assembly/format.ts';
import { readSections, writeModel } from '../../host/model-file/index.ts';
import { runReference } from '../reference/model.ts';
import { randomModel } from '../support/random-model.ts';
import { answersOf, BUILDS, bitsOf, instantiate } from './builds.ts';
import { damaged } from './damage.ts';

const pieces = [...'0123456789abcdefghijklmnopqrstuvwxyz', 'quixotic', 'xylem'];
const BLOCKS = 3;
const whole = randomModel(21, { hidden: 64, slfn: 64, heads: 2, blocks: BLOCKS, tokens: 6, pieces });
const idOf = (piece: string) => SPECIAL_TOKENS + whole.pieces.indexOf(piece);
const rareTokens = Uint32Array.of(idOf('quixotic'), idOf('xylem'));
const parts = { ...whole, rareTokens };
const file = writeModel(parts);
const sections = readSections(file);
const [CONFIG, EMBEDDING] = [0, 4];
const endOf = (name: string) => {
  const { offset, bytes } = sections.find((section) => section.name === name)!;
  return offset + bytes.length;
};
const full = { kind: PolicyKind.Full, parameter: 0, thresholds: new Float32Array(BLOCKS) };
const expected = (ids: ArrayLike<number>) => bitsOf(runReference(whole, ids, ids.length, full));

it('the rare rows stand behind exit 1, and their file is of another version', () => {
  expect(sections.map(({ name }) => name).slice(4, 10)).toEqual([
    'embedding',
    'block 1',
    'exit 1',
    'rare',
    'block 2',
    'exit 2',
  ]);
  const major = (bytes: Uint8Array) => new DataView(bytes.buffer).getUint16(HEADER_MAJOR, true);
  expect([major(file), major(writeModel(whole))]).toEqual([2, 1]);
  // Two rows are 8 + 2 bytes each; the map is 8 for each 32 tokens.
  expect(file.length - writeModel(whole).length).toBeLessThan(16 + 3 * 16);
});

describe.each(BUILDS)('the %s build', (build) => {
  function arriving() {
    const { core, calls } = instantiate(build);
    core.reserve(file.length);
    let arrived = 0;
    const bring = (end: number) => {
      core.append(file.subarray(arrived, end));
      arrived = end;
    };
    bring(endOf('exit 1'));
    core.setPolicy(full);
    return { core, calls, bring };
  }

  it('answers a text of common tokens with nothing behind exit 1', () => {
    const { core, bring } = arriving();
    expect(core.begin('a b c')).toBe(3);
    expect([core.step(), core.step()]).toEqual([Step.GoOn, Step.NeedBlock]);
    bring(file.length);
    expect(core.run()).toBe(Step.Stopped);
    expect(core.rareTokens()).toBe(0);
    expect(bitsOf(answersOf(core))).toEqual(expected(core.tokenize('a b c').ids));
  });

  it('waits for the rows of rare ones, and no longer', () => {
    const { core, calls, bring } = arriving();
    expect(() => core.begin('a xylem c')).toThrow('a token of the text has not arrived yet');
    expect([core.rareTokens(), calls.blocksReady()]).toEqual([1, 1]);
    bring(endOf('rare') - 1);
    expect(calls.begin()).toBe(Status.NeedRows);
    bring(endOf('rare'));
    expect(core.begin('a xylem c')).toBe(3);
    expect([calls.blocksReady(), core.step(), core.step()]).toEqual([1, Step.GoOn, Step.NeedBlock]);
    bring(endOf('exit 2'));
    expect([calls.blocksReady(), core.step()]).toEqual([2, Step.GoOn]);
    bring(file.length);
    expect(core.run()).toBe(Step.Stopped);
    expect(bitsOf(answersOf(core))).toEqual(expected(core.tokenize('a xylem c').ids));
  });

  it('takes them for unknown ones when it is made to go on', () => {
    const { core } = arriving();
    expect(core.beginEarly('a b')).toEqual({ tokens: 2, isWhole: true });
    expect(core.beginEarly('quixotic b xylem')).toEqual({ tokens: 3, isWhole: false });
    expect(core.step()).toBe(Step.GoOn);
    const unknown = expected([SpecialToken.Unknown, idOf('b'), SpecialToken.Unknown]);
    expect(bitsOf(answersOf(core))['logits 1']).toBe(unknown['logits 1']);
  });

  it('refuses a map that does not say where the rows are', () => {
    const { calls } = instantiate(build);
    const open = (change: (view: DataView) => void) => {
      const bytes = damaged(file, change);
      const place = calls.reserve(bytes.length);
      new Uint8Array(calls.memory.buffer).set(bytes, place);
      const status = calls.open(bytes.length);
      return [status, status === Status.Ok ? -1 : calls.errorSection()];
    };
    const map = sections[EMBEDDING].offset;
    const second = map + MAP_ENTRY_BYTES;
    const flip = (at: number, bits: number) => (view: DataView) =>
      view.setUint32(at, view.getUint32(at, true) ^ bits, true);
    expect(open(() => {})).toEqual([Status.Ok, -1]);
    // One token more, one for another of those before it, a special one, one that is none.
    expect(open(flip(map + MAP_COMMON, 1 << rareTokens[0]))).toEqual([Status.BadSection, EMBEDDING]);
    expect(open(flip(second + MAP_BEFORE, 1))).toEqual([Status.BadSection, EMBEDDING]);
    expect(open(flip(map + MAP_COMMON, (1 << rareTokens[0]) | 2))).toEqual([Status.BadSection, EMBEDDING]);
    expect(
      open((view) => {
        flip(map + MAP_COMMON, 1 << 5)(view);
        view.setUint32(second + MAP_BEFORE, view.getUint32(second + MAP_BEFORE, true) - 1, true);
        flip(second + MAP_COMMON, 1 << 31)(view);
      }),
    ).toEqual([Status.BadSection, EMBEDDING]);
    for (const rare of [0, 1, 3, parts.dimensions.vocabulary, 0xffffffff]) {
      const [status] = open((view) => view.setUint32(sections[CONFIG].offset + CONFIG_RARE, rare, true));
      expect(status).toBe(Status.BadSection);
    }
    expect(open((view) => view.setUint16(HEADER_MAJOR, 1, true))).toEqual([Status.BadSectionTable, -1]);
  });
});
