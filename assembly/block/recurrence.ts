/**
 * The light recurrence of a block, in models that have one: a forget gate and a value, both of the token alone,
 * and a state that goes along the tokens, in half of the channels forwards and in the others backwards. It is
 * the Simple Recurrent Unit (Lei et al. 2018, arXiv 1709.02755), binarized, its sigmoid a hard one.
 *
 *            ┌─ d rows ─ mis ─ forget, in [0, 1] ─┐
 *   x ─ bits ┤                                    ├─ h_t = v_t + f_t (h - v_t) ─ + x ─ norm ─ x
 *            └─ d rows ─ mis ─ value ─────────────┘    h: the state at the token before, or behind
 */
import { addStates } from '../kernel/scan';
import {
  gateCountsPointer,
  PANEL_ROWS,
  stage0Pointer,
  stage1Pointer,
  stage2Pointer,
  stage3Pointer,
  valueCountsPointer,
  xPointer,
} from '../model/arena';
import { gatesBits, gatesScale, recurrenceGamma } from '../model/layout';
import { hidden } from '../model/model';
import { fetchFloats } from '../model/source';
import { countRows, normTokens, takeBits } from './tokens';

/** x = norm(x + h(x)) for the block whose section is at the address `block`. */
export function recur(block: usize, tokens: i32): void {
  // Its thresholds are what the block begins with.
  takeBits(block, tokens);
  for (let row = 0; row < hidden; row += PANEL_ROWS) addPanel(block, row, tokens);
  normTokens(block + recurrenceGamma, tokens);
}

/** x += h in PANEL_ROWS channels from `row` on. The counts' place is the SLFN's, which comes later. */
function addPanel(block: usize, row: i32, tokens: i32): void {
  countRows(block + gatesBits, row, PANEL_ROWS, tokens, gateCountsPointer);
  countRows(block + gatesBits, hidden + row, PANEL_ROWS, tokens, valueCountsPointer);
  const scale = block + gatesScale + (row << 2);
  const toValue = hidden << 2;
  const offset = scale + 2 * toValue;
  addStates(
    gateCountsPointer,
    fetchFloats(scale, PANEL_ROWS, stage0Pointer),
    fetchFloats(offset, PANEL_ROWS, stage1Pointer),
    valueCountsPointer,
    fetchFloats(scale + toValue, PANEL_ROWS, stage2Pointer),
    fetchFloats(offset + toValue, PANEL_ROWS, stage3Pointer),
    PANEL_ROWS,
    tokens,
    xPointer + (row << 2),
    hidden,
  );
}
