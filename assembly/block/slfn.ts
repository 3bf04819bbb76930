/**
 * The Selective Learn-Forget Network of a block: a sigmoid branch times a tanh branch. Their hidden
 * activations go from counts to bits by one integer comparison and are never floats.
 *
 *            ┌─ f rows ─ mis <= limit ─ bits {0,1}   ─ gate ───┐
 *   x ─ bits ┤                                                 × ─ + x ─ norm ─ x
 *            └─ f rows ─ mis <= limit ─ bits {-1,+1} ─ value ──┘
 */
import { addProduct } from '../kernel/affine';
import { limitBits } from '../kernel/bits';
import { mismatches, packInput } from '../kernel/select';
import {
  gateBitsPointer,
  gateCountsPointer,
  PANEL_ROWS,
  packedGatePointer,
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
  gateScale,
  hiddenBits,
  hiddenLimit,
  slfnGamma,
  slfnThreshold,
  valueBits,
  valueScale,
} from '../model/layout';
import { hidden, slfn } from '../model/model';
import { fetch, fetchFloats } from '../model/source';
import { countRows, normTokens, takeBits } from './tokens';

/** x = norm(x + SLFN(x)) for the block whose section is at the address `block`. */
export function learnForget(block: usize, tokens: i32): void {
  takeBits(block + slfnThreshold, tokens);
  computeHidden(block, 0, tokens, gateBitsPointer);
  computeHidden(block, slfn, tokens, valueBitsPointer);
  addBranches(block, tokens);
  normTokens(block + slfnGamma, tokens);
}

/** bits [tokens, f] of one branch, whose f rows begin at `firstRow`. */
function computeHidden(block: usize, firstRow: i32, tokens: i32, bits: usize): void {
  for (let row = 0; row < slfn; row += PANEL_ROWS) {
    const at = firstRow + row;
    countRows(block + hiddenBits, at, PANEL_ROWS, tokens, gateCountsPointer);
    const limits = fetch(block + hiddenLimit + (at << 1), PANEL_ROWS << 1, stage0Pointer);
    limitBits(gateCountsPointer, limits, PANEL_ROWS, tokens, bits + row / 8, slfn / 8);
  }
}

/** x += gate * value */
function addBranches(block: usize, tokens: i32): void {
  const bytes = slfn / 8;
  const toOffset = hidden << 2;
  packInput(gateBitsPointer, bytes, tokens, packedGatePointer);
  packInput(valueBitsPointer, bytes, tokens, packedValuePointer);
  for (let row = 0; row < hidden; row += PANEL_ROWS) {
    const gate = fetch(block + gateBits + row * bytes, PANEL_ROWS * bytes, stagePointer);
    mismatches(gate, PANEL_ROWS, gateBitsPointer, packedGatePointer, bytes, tokens, gateCountsPointer);
    // In the same place: the gate's panel has been counted.
    const value = fetch(block + valueBits + row * bytes, PANEL_ROWS * bytes, stagePointer);
    mismatches(value, PANEL_ROWS, valueBitsPointer, packedValuePointer, bytes, tokens, valueCountsPointer);
    const at = row << 2;
    const ofGate = block + gateScale + at;
    const ofValue = block + valueScale + at;
    addProduct(
      gateCountsPointer,
      fetchFloats(ofGate, PANEL_ROWS, stage0Pointer),
      fetchFloats(ofGate + toOffset, PANEL_ROWS, stage1Pointer),
      valueCountsPointer,
      fetchFloats(ofValue, PANEL_ROWS, stage2Pointer),
      fetchFloats(ofValue + toOffset, PANEL_ROWS, stage3Pointer),
      PANEL_ROWS,
      tokens,
      xPointer + at,
      hidden,
    );
  }
}
