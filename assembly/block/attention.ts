/**
 * Self-attention of a block, head by head: only one head's queries, keys and values are in memory, and
 * what a head gives is kept as bits, which is all that the output layer reads.
 *
 *   x ─ bits ─┬─ head 0: q k v ─ softmax ─ context bits ─┐
 *             ├─ head 1: ...                             ├─ output layer ─ + x ─ norm ─ x
 *             └─ ...                                     ┘
 */
import { addAffine } from '../kernel/affine';
import { layValues, mix } from '../kernel/context';
import { QUERY_STEP, queryMost, roundQueries } from '../kernel/queries';
import { SCORE_STEP, score, scoresOf } from '../kernel/scores';
import { mismatches, packInput } from '../kernel/select';
import { weigh, weightBits } from '../kernel/softmax';
import {
  contextBitsPointer,
  countsPointer,
  keysPointer,
  PANEL_ROWS,
  packedPointer,
  queriesPointer,
  queryRowPointer,
  scoresPointer,
  sharesPointer,
  stage0Pointer,
  stage1Pointer,
  stage2Pointer,
  stagePointer,
  stepsPointer,
  valuesPointer,
  xPointer,
} from '../model/arena';
import {
  attentionGamma,
  attentionThreshold,
  contextThreshold,
  outputBits,
  outputScale,
  qkvBits,
  qkvScale,
} from '../model/layout';
import { heads, headWidth, hidden } from '../model/model';
import { fetch, fetchFloats } from '../model/source';
import { countRows, normTokens, takeBits } from './tokens';

/** x = norm(x + attention(x)) for the block whose section is at the address `block`. */
export function attention(block: usize, tokens: i32): void {
  takeBits(block + attentionThreshold, tokens);
  for (let head = 0; head < heads; head++) attendHead(block, head, tokens);
  addOutput(block, tokens);
  normTokens(block + attentionGamma, tokens);
}

/** The context bits of one head. Keys and values stay counts; only queries become something else. */
function attendHead(block: usize, head: i32, tokens: i32): void {
  const queryRow = head * 3 * headWidth;
  const keyRow = queryRow + headWidth;
  const valueRow = keyRow + headWidth;
  const weights = block + qkvBits;
  countRows(weights, queryRow, headWidth, tokens, countsPointer);
  roundQueries(
    countsPointer,
    headWidth,
    tokens,
    fetchScale(block, queryRow, stage0Pointer),
    fetchOffset(block, queryRow, stage1Pointer),
    fetchScale(block, keyRow, stage2Pointer),
    queryMost(hidden, headWidth),
    queryRowPointer,
    queriesPointer,
    stepsPointer,
  );
  countRows(weights, keyRow, headWidth, tokens, keysPointer);
  if (ASC_FEATURE_SIMD) {
    countRows(weights, valueRow, headWidth, tokens, countsPointer);
    layValues(countsPointer, headWidth, tokens, valuesPointer);
  } else {
    countRows(weights, valueRow, headWidth, tokens, valuesPointer);
  }

  const valueScale = fetchScale(block, valueRow, stage0Pointer);
  const valueOffset = fetchOffset(block, valueRow, stage1Pointer);
  const channel = (head * headWidth) << 2;
  const theta = fetchFloats(block + contextThreshold + channel, headWidth, stage2Pointer);
  const bitsOfWeights = weightBits(hidden, tokens);
  const stride = hidden / 8;
  for (let token = 0; token < tokens; token += QUERY_STEP) {
    const within = token % SCORE_STEP;
    if (within == 0) {
      score(queriesPointer + ((token * headWidth) << 1), keysPointer, headWidth, tokens, scoresPointer);
    }
    const scores = scoresOf(within / QUERY_STEP, scoresPointer, tokens);
    weigh(scores, tokens, bitsOfWeights, stepsPointer + (token << 2), sharesPointer);
    const bits = contextBitsPointer + token * stride + (head * headWidth) / 8;
    mix(
      scores,
      valuesPointer,
      headWidth,
      tokens,
      sharesPointer,
      valueScale,
      valueOffset,
      theta,
      bits,
      stride,
    );
  }
}

/** Scales of a head's width of rows of q, k or v, and their offsets. */
function fetchScale(block: usize, row: i32, stage: usize): usize {
  return fetchFloats(block + qkvScale + (row << 2), headWidth, stage);
}

function fetchOffset(block: usize, row: i32, stage: usize): usize {
  return fetchScale(block, 3 * hidden + row, stage);
}

/** x += output layer of the context bits. */
function addOutput(block: usize, tokens: i32): void {
  const bytes = hidden / 8;
  packInput(contextBitsPointer, bytes, tokens, packedPointer);
  for (let row = 0; row < hidden; row += PANEL_ROWS) {
    const weights = fetch(block + outputBits + row * bytes, PANEL_ROWS * bytes, stagePointer);
    mismatches(weights, PANEL_ROWS, contextBitsPointer, packedPointer, bytes, tokens, countsPointer);
    const at = block + outputScale + (row << 2);
    const scale = fetchFloats(at, PANEL_ROWS, stage0Pointer);
    const offset = fetchFloats(at + (hidden << 2), PANEL_ROWS, stage1Pointer);
    addAffine(countsPointer, PANEL_ROWS, tokens, scale, offset, xPointer + (row << 2), hidden);
  }
}
