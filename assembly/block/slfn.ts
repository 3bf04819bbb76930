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

/** x = norm(x + SLFN(x)) for the block whose section is at `block`. */
export function learnForget(block: usize, tokens: i32): void {
  thresholdBits(xPointer, block + slfnThreshold, hidden, tokens, bitsPointer);
  packInput(bitsPointer, hidden / 8, tokens, packedPointer);
  computeHidden(block, 0, tokens, gateBitsPointer);
  computeHidden(block, slfn, tokens, valueBitsPointer);
  addBranches(block, tokens);
  norm(xPointer, tokens, hidden, block + slfnGamma, block + slfnBeta);
}

/** bits [tokens, f] of one branch, whose f rows begin at `firstRow`. */
function computeHidden(block: usize, firstRow: i32, tokens: i32, bits: usize): void {
  const bytes = hidden / 8;
  for (let row = 0; row < slfn; row += PANEL_ROWS) {
    const weights = block + hiddenBits + (firstRow + row) * bytes;
    mismatches(weights, PANEL_ROWS, bitsPointer, packedPointer, bytes, tokens, gateCountsPointer);
    const limits = block + hiddenLimit + ((firstRow + row) << 1);
    limitBits(gateCountsPointer, limits, PANEL_ROWS, tokens, bits + row / 8, slfn / 8);
  }
}

/** x += gate * value */
function addBranches(block: usize, tokens: i32): void {
  const bytes = slfn / 8;
  packInput(gateBitsPointer, bytes, tokens, packedGatePointer);
  packInput(valueBitsPointer, bytes, tokens, packedValuePointer);
  for (let row = 0; row < hidden; row += PANEL_ROWS) {
    const gate = block + gateBits + row * bytes;
    const value = block + valueBits + row * bytes;
    mismatches(gate, PANEL_ROWS, gateBitsPointer, packedGatePointer, bytes, tokens, gateCountsPointer);
    mismatches(value, PANEL_ROWS, valueBitsPointer, packedValuePointer, bytes, tokens, valueCountsPointer);
    const at = row << 2;
    addProduct(
      gateCountsPointer,
      block + gateScale + at,
      block + gateOffset + at,
      valueCountsPointer,
      block + valueScale + at,
      block + valueOffset + at,
      PANEL_ROWS,
      tokens,
      xPointer + at,
      hidden,
    );
  }
}
