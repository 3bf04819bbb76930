/**
 * The Selective Learn-Forget Network of a block: a sigmoid branch times a tanh branch. Their hidden
 * activations go from counts to bits by one integer comparison and are never floats.
 *
 *            ┌─ f rows ─ mis <= limit ─ bits {0,1}   ─ gate ───┐
 *   x ─ bits ┤                                                 × ─ + x ─ norm ─ x
 *            └─ f rows ─ mis <= limit ─ bits {-1,+1} ─ value ──┘
 */
import { addProduct } from '../kernel/affine';
import { limitBits, thresholdBits } from '../kernel/bits';
import { norm } from '../kernel/norm';
import { mismatches, packInput } from '../kernel/select';
import {
  bitsPointer,
  gateBitsPointer,
  gateCountsPointer,
  PANEL_ROWS,
  packedGatePointer,
  packedPointer,
  packedValuePointer,
  stage0Pointer,
  stage1Pointer,
  stage2Pointer,
  stage3Pointer,
  stagePointer,
  valueBitsPointer,
  valueCountsPointer,
  xPointer,
} from '../model/arena';
import {
  gateBits,
  gateOffset,
  gateScale,
  hiddenBits,
  hiddenLimit,
  slfnBeta,
  slfnGamma,
  slfnThreshold,
  valueBits,
  valueOffset,
  valueScale,
} from '../model/layout';
import { hidden, slfn } from '../model/model';
import { fetch, fetchFloats } from '../model/source';

/** x = norm(x + SLFN(x)) for the block whose section is at the address `block`. */
export function learnForget(block: usize, tokens: i32): void {
  const theta = fetchFloats(block + slfnThreshold, hidden, stage0Pointer);
  thresholdBits(xPointer, theta, hidden, tokens, bitsPointer);
  packInput(bitsPointer, hidden / 8, tokens, packedPointer);
  computeHidden(block, 0, tokens, gateBitsPointer);
  computeHidden(block, slfn, tokens, valueBitsPointer);
  addBranches(block, tokens);
  const gamma = fetchFloats(block + slfnGamma, hidden, stage0Pointer);
  const beta = fetchFloats(block + slfnBeta, hidden, stage1Pointer);
  norm(xPointer, tokens, hidden, gamma, beta);
}

/** bits [tokens, f] of one branch, whose f rows begin at `firstRow`. */
function computeHidden(block: usize, firstRow: i32, tokens: i32, bits: usize): void {
  const bytes = hidden / 8;
  for (let row = 0; row < slfn; row += PANEL_ROWS) {
    const at = firstRow + row;
    const weights = fetch(block + hiddenBits + at * bytes, PANEL_ROWS * bytes, stagePointer);
    mismatches(weights, PANEL_ROWS, bitsPointer, packedPointer, bytes, tokens, gateCountsPointer);
    const limits = fetch(block + hiddenLimit + (at << 1), PANEL_ROWS << 1, stage0Pointer);
    limitBits(gateCountsPointer, limits, PANEL_ROWS, tokens, bits + row / 8, slfn / 8);
  }
}

/** x += gate * value */
function addBranches(block: usize, tokens: i32): void {
  const bytes = slfn / 8;
  packInput(gateBitsPointer, bytes, tokens, packedGatePointer);
  packInput(valueBitsPointer, bytes, tokens, packedValuePointer);
  for (let row = 0; row < hidden; row += PANEL_ROWS) {
    const gate = fetch(block + gateBits + row * bytes, PANEL_ROWS * bytes, stagePointer);
    mismatches(gate, PANEL_ROWS, gateBitsPointer, packedGatePointer, bytes, tokens, gateCountsPointer);
    // In the same place: the gate's panel has been counted.
    const value = fetch(block + valueBits + row * bytes, PANEL_ROWS * bytes, stagePointer);
    mismatches(value, PANEL_ROWS, valueBitsPointer, packedValuePointer, bytes, tokens, valueCountsPointer);
    const at = row << 2;
    addProduct(
      gateCountsPointer,
      fetchFloats(block + gateScale + at, PANEL_ROWS, stage0Pointer),
      fetchFloats(block + gateOffset + at, PANEL_ROWS, stage1Pointer),
      valueCountsPointer,
      fetchFloats(block + valueScale + at, PANEL_ROWS, stage2Pointer),
      fetchFloats(block + valueOffset + at, PANEL_ROWS, stage3Pointer),
      PANEL_ROWS,
      tokens,
      xPointer + at,
      hidden,
    );
  }
}
