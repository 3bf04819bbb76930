/** sign(0) is +1, by a model in which the sign of an exact zero reaches the logits. */
import { expect, it } from 'vitest';
import { PolicyKind } from '../../assembly/format.ts';
import { thresholdBits } from '../reference/layers.ts';
import { randomModel } from '../support/random-model.ts';
import { expectSameBits, openAll } from './builds.ts';

it('a value at its threshold is positive', () => {
  const d = 64;
  const parts = randomModel(3, { hidden: d, slfn: d, heads: 1, blocks: 1, classes: 2, tokens: 4 });
  const [block] = parts.blocks;
  // x is 0.5 everywhere when it meets the SLFN's threshold, 0.5.
  block.attentionNorm = { gamma: new Float32Array(d), beta: new Float32Array(d).fill(0.5) };
  block.slfnThreshold.fill(0.5);
  // All +1 against rows of +1: no mismatch, so all hidden bits are 1, and again no mismatch below.
  block.hiddenBits.fill(0xff);
  block.hiddenLimit.fill(0);
  for (const layer of [block.gate, block.value]) {
    layer.bits.fill(0xff);
    layer.offset.fill(1);
  }
  // Had the bits been 0, half of the channels would have got something else than 1.
  block.gate.scale.fill(0, 0, d / 2).fill(1, d / 2);
  block.value.scale.fill(0);
  // Equal channels are 0 once they are normed, and logits are the bias.
  block.slfnNorm = { gamma: new Float32Array(d).fill(1), beta: new Float32Array(d) };
  parts.exits[0].bias = Float32Array.of(0.25, -0.75);

  const rule = { kind: PolicyKind.Full, parameter: 0, thresholds: [0] };
  const [answer] = expectSameBits(openAll(parts), parts, 'a b c', rule);
  expect([...answer.logits]).toEqual([0.25, -0.75]);
});

it('negative zero is positive, too, and what is no number is not', () => {
  const x = Float32Array.of(0, -0, 0.5, Number.NaN, -1e-45);
  expect([...thresholdBits(x, Float32Array.of(0, 0, 0.5, 0, 0))]).toEqual([1, 1, 1, 0, 0]);
});
