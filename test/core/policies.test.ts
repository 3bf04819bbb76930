/** Every policy by hand: exits whose weights are zero say their bias, so entropies are known. */
import { describe, expect, it } from 'vitest';
import { Status, Step } from '../../assembly/abi.ts';
import { PolicyKind } from '../../assembly/format.ts';
import type { Rule } from '../../host/core.ts';
import type { ModelParts } from '../../host/model-file/parts.ts';
import { ln } from '../reference/single.ts';
import { randomModel } from '../support/random-model.ts';
import { answersOf, expectSameBits, openAll } from './builds.ts';

const TEXT = 'a b c';

/** A model whose exit i has these logits, whatever the text. */
function modelOf(logits: number[][]): ModelParts {
  const parts = randomModel(7, {
    hidden: 64,
    slfn: 64,
    heads: 1,
    blocks: logits.length,
    classes: logits[0].length,
    tokens: 4,
  });
  parts.exits = logits.map((bias) => ({
    weight: new Float32Array(bias.length * 64),
    bias: Float32Array.from(bias),
  }));
  return parts;
}

/** Where the reference and all builds stop, all agreeing to the last bit. */
function exitOf(
  logits: number[][],
  kind: PolicyKind,
  parameter: number,
  threshold: number | number[],
): number {
  const parts = modelOf(logits);
  const thresholds = typeof threshold === 'number' ? logits.map(() => threshold) : threshold;
  return expectSameBits(openAll(parts), parts, TEXT, { kind, parameter, thresholds }).length;
}

/** The entropy of exit 1 as the core computes it. */
function entropyOf(logits: number[]): number {
  const [{ core }] = openAll(modelOf([logits]));
  core.begin(TEXT);
  core.run();
  return core.entropies()[0];
}

/** The next larger single. */
function above(x: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, x);
  view.setInt32(0, view.getInt32(0) + 1);
  return view.getFloat32(0);
}

/** Less and less sure of label 0, then surer and surer of label 1. */
const UNSURE = [0, 0];
const HALF = [1, 0];
const SURE = [4, 0];
const OTHER = [0, 4];

describe('full and fixed', () => {
  it('full goes to the last exit', () => {
    expect(exitOf([SURE, SURE, SURE], PolicyKind.Full, 0, 0)).toBe(3);
  });

  it.each([1, 2, 3])('fixed stops at its depth, %i', (depth) => {
    expect(exitOf([SURE, UNSURE, HALF], PolicyKind.Fixed, depth, 0)).toBe(depth);
  });
});

describe('entropy', () => {
  const half = entropyOf(HALF);

  it('stops below its threshold, not at it', () => {
    expect(exitOf([HALF, HALF], PolicyKind.Entropy, 0, half)).toBe(2);
    expect(exitOf([HALF, HALF], PolicyKind.Entropy, 0, above(half))).toBe(1);
  });

  it('has a threshold for each exit', () => {
    expect(exitOf([HALF, HALF, HALF], PolicyKind.Entropy, 0, [0, 1, 0])).toBe(2);
  });
});

describe('entropy-fraction', () => {
  const fraction = Math.fround(1 - Math.fround(entropyOf(HALF) / ln(2)));

  it('stops once the fraction removed reaches its threshold', () => {
    expect(exitOf([HALF, HALF], PolicyKind.EntropyFraction, 0, fraction)).toBe(1);
    expect(exitOf([HALF, HALF], PolicyKind.EntropyFraction, 0, above(fraction))).toBe(2);
    expect(exitOf([UNSURE, HALF, SURE], PolicyKind.EntropyFraction, 0, 0.5)).toBe(3);
  });

  it('counts one class as known: the fraction is 1', () => {
    expect(exitOf([[3], [3]], PolicyKind.EntropyFraction, 0, 1)).toBe(1);
    expect(exitOf([[3], [3]], PolicyKind.EntropyFraction, 0, above(1))).toBe(2);
  });
});

describe('entropy-plateau', () => {
  it('never stops at exit 1', () => {
    expect(exitOf([SURE, UNSURE], PolicyKind.EntropyPlateau, 0, 1e9)).toBe(2);
  });

  it('stops when a block took less than its threshold, not when it took as much', () => {
    const [half, sure] = [entropyOf(HALF), entropyOf(SURE)];
    const reduction = Math.fround(Math.fround(half - sure) / half);
    expect(exitOf([HALF, SURE, SURE], PolicyKind.EntropyPlateau, 0, [0, reduction, 0])).toBe(3);
    expect(exitOf([HALF, SURE, SURE], PolicyKind.EntropyPlateau, 0, [0, above(reduction), 0])).toBe(2);
  });

  it('takes rising entropy for a plateau, even at threshold 0', () => {
    expect(exitOf([SURE, HALF, SURE], PolicyKind.EntropyPlateau, 0, 0)).toBe(2);
  });

  it('goes on where entropy stays as it is and the threshold is 0', () => {
    expect(exitOf([HALF, HALF, HALF], PolicyKind.EntropyPlateau, 0, 0)).toBe(3);
  });

  it('takes a reduction from 0 for none', () => {
    expect(entropyOf([3])).toBe(0);
    expect(exitOf([[3], [3], [3]], PolicyKind.EntropyPlateau, 0, 0)).toBe(3);
    expect(exitOf([[3], [3], [3]], PolicyKind.EntropyPlateau, 0, above(0))).toBe(2);
  });
});

describe('confidence', () => {
  it('stops once the largest probability reaches its threshold', () => {
    expect(exitOf([UNSURE, SURE], PolicyKind.Confidence, 0, 0.5)).toBe(1);
    expect(exitOf([UNSURE, HALF, SURE], PolicyKind.Confidence, 0, 0.9)).toBe(3);
    expect(exitOf([HALF, SURE, HALF], PolicyKind.Confidence, 0, 0.9)).toBe(2);
  });
});

describe('patience', () => {
  it('waits for that many exits before this one to agree with it', () => {
    expect(exitOf([SURE, HALF, SURE, SURE], PolicyKind.Patience, 1, 0)).toBe(2);
    expect(exitOf([SURE, HALF, SURE, SURE], PolicyKind.Patience, 2, 0)).toBe(3);
  });

  it('starts again when the label changes', () => {
    expect(exitOf([SURE, OTHER, SURE, OTHER, OTHER, SURE], PolicyKind.Patience, 1, 0)).toBe(5);
    expect(exitOf([SURE, SURE, OTHER, OTHER, OTHER, SURE], PolicyKind.Patience, 2, 0)).toBe(5);
  });

  it('forgets the text before', () => {
    const parts = modelOf([OTHER, SURE, SURE]);
    for (const { core } of openAll(parts)) {
      core.setPolicy({ kind: PolicyKind.Patience, parameter: 1, thresholds: [0, 0, 0] });
      for (let text = 0; text < 2; text++) {
        core.begin(TEXT);
        core.run();
        expect(core.exits()).toBe(3);
      }
    }
  });
});

describe('whatever the policy', () => {
  const kinds = Object.values(PolicyKind).filter((kind): kind is PolicyKind => typeof kind === 'number');

  it.each(kinds)('kind %i stops at the only exit', (kind) => {
    const parameter = kind === PolicyKind.Fixed || kind === PolicyKind.Patience ? 1 : 0;
    expect(exitOf([UNSURE], kind, parameter, kind === PolicyKind.Entropy ? -1 : 2)).toBe(1);
  });

  it('the lowest of equal labels wins', () => {
    const parts = modelOf([[-1, 2, 2, 1]]);
    const rule: Rule = { kind: PolicyKind.Full, parameter: 0, thresholds: [0] };
    expect(expectSameBits(openAll(parts), parts, TEXT, rule)[0].label).toBe(1);
  });

  it("the file's first policy holds after open", () => {
    const parts = modelOf([HALF, HALF, HALF]);
    parts.policies = [
      { name: 'second', kind: PolicyKind.Entropy, parameter: 0, thresholds: Float32Array.of(0, 9, 0) },
    ];
    for (const { core } of openAll(parts)) {
      core.begin(TEXT);
      expect([core.step(), core.step()]).toEqual([Step.GoOn, Step.Stopped]);
      expect(answersOf(core)).toHaveLength(2);
      expect(core.step()).toBe(Step.Stopped);
    }
  });

  it('refuses kinds and parameters that are none', () => {
    for (const { calls } of openAll(modelOf([HALF, HALF]))) {
      expect(calls.policy(7, 0)).toBe(Status.BadArgument);
      expect(calls.policy(-1, 0)).toBe(Status.BadArgument);
      expect(calls.policy(PolicyKind.Full, 1)).toBe(Status.BadArgument);
      for (const kind of [PolicyKind.Fixed, PolicyKind.Patience]) {
        expect([0, 1, 2, 3].map((parameter) => calls.policy(kind, parameter))).toEqual([
          Status.BadArgument,
          Status.Ok,
          Status.Ok,
          Status.BadArgument,
        ]);
      }
    }
  });
});
