/**
 * What every part of a block begins and ends with: the bits of the tokens, rows that are counted against them,
 * and LayerNorm.
 */
import { thresholdBits } from '../kernel/bits';
import { norm } from '../kernel/norm';
import { mismatches, packInput } from '../kernel/select';
import {
  bitsPointer,
  packedPointer,
  stage0Pointer,
  stage1Pointer,
  stagePointer,
  xPointer,
} from '../model/arena';
import { hidden } from '../model/model';
import { fetch, fetchFloats } from '../model/source';

/** The bits of x against the f32[d] thresholds at the address `theta`, ready for `countRows`. */
export function takeBits(theta: usize, tokens: i32): void {
  const thresholds = fetchFloats(theta, hidden, stage0Pointer);
  thresholdBits(xPointer, thresholds, hidden, tokens, bitsPointer);
  packInput(bitsPointer, hidden / 8, tokens, packedPointer);
}

/** counts: u16[tokens, rows] mismatches of rows `first` and on of the weights [.., d] at the address `weights`. */
export function countRows(weights: usize, first: i32, rows: i32, tokens: i32, counts: usize): void {
  const bytes = hidden / 8;
  const panel = fetch(weights + first * bytes, rows * bytes, stagePointer);
  mismatches(panel, rows, bitsPointer, packedPointer, bytes, tokens, counts);
}

/** x = norm(x), with f32[d] gammas at the address `gamma`, and betas behind them. */
export function normTokens(gamma: usize, tokens: i32): void {
  const gammas = fetchFloats(gamma, hidden, stage0Pointer);
  const betas = fetchFloats(gamma + (hidden << 2), hidden, stage1Pointer);
  norm(xPointer, tokens, hidden, gammas, betas);
}
