/**
 * Self-attention of a block, head by head: only one head's queries, keys and values are in memory, and
 * what a head gives is kept as bits, which is all that the output layer reads.
 *
 *   x ─ bits ─┬─ head 0: q k v ─ softmax ─ context bits ─┐
 *             ├─ head 1: ...                             ├─ output layer ─ + x ─ norm ─ x
 *             └─ ...                                     ┘
 */
import { addAffine } from '../kernel/affine';
import { thresholdBits } from '../kernel/bits';
import { layValues, mix } from '../kernel/context';
import { norm } from '../kernel/norm';
import { QUERY_STEP, queryMost, roundQueries } from '../kernel/queries';
import { SCORE_STEP, score, scoresOf } from '../kernel/scores';
import { mismatches, packInput } from '../kernel/select';
import { weigh, weightBits } from '../kernel/softmax';
import {
  bitsPointer,
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
  attentionBeta,
  attentionGamma,
  attentionThreshold,
  contextThreshold,
  outputBits,
  outputOffset,
  outputScale,
  qkvBits,
  qkvOffset,
  qkvScale,
} from '../model/layout';
import { heads, headWidth, hidden } from '../model/model';
import { fetch, fetchFloats } from '../model/source';

/** x = norm(x + attention(x)) for the block whose section is at the address `block`. */
export function attention(block: usize, tokens: i32): void {
  const theta = fetchFloats(block + attentionThreshold, hidden, stage0Pointer);
  thresholdBits(xPointer, theta, hidden, tokens, bitsPointer);
  packInput(bitsPointer, hidden / 8, tokens, packedPointer);
  for (let head = 0; head < heads; head++) attendHead(block, head, tokens);
  addOutput(block, tokens);
  const gamma = fetchFloats(block + attentionGamma, hidden, stage0Pointer);
  const beta = fetchFloats(block + attentionBeta, hidden, stage1Pointer);
  norm(xPointer, tokens, hidden, gamma, beta);
}

/** The context bits of one head. Keys and values stay counts; only queries become something else. */
function attendHead(block: usize, head: i32, tokens: i32): void {
  const queryRow = head * 3 * headWidth;
  const keyRow = queryRow + headWidth;
  const valueRow = keyRow + headWidth;
  countRows(block, queryRow, tokens, countsPointer);
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
  countRows(block, keyRow, tokens, keysPointer);
  if (ASC_FEATURE_SIMD) {
    countRows(block, valueRow, tokens, countsPointer);
    layValues(countsPointer, headWidth, tokens, valuesPointer);
  } else {
    countRows(block, valueRow, tokens, valuesPointer);
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

/** Mismatches of a head's width of rows of q, k and v, from `row` on. */
function countRows(block: usize, row: i32, tokens: i32, counts: usize): void {
  const bytes = hidden / 8;
  const weights = fetch(block + qkvBits + row * bytes, headWidth * bytes, stagePointer);
  mismatches(weights, headWidth, bitsPointer, packedPointer, bytes, tokens, counts);
}

/** Scales of a head's width of rows of q, k or v, and their offsets. */
function fetchScale(block: usize, row: i32, stage: usize): usize {
  return fetchFloats(block + qkvScale + (row << 2), headWidth, stage);
}

function fetchOffset(block: usize, row: i32, stage: usize): usize {
  return fetchFloats(block + qkvOffset + (row << 2), headWidth, stage);
}

/** x += output layer of the context bits. */
function addOutput(block: usize, tokens: i32): void {
  const bytes = hidden / 8;
  packInput(contextBitsPointer, bytes, tokens, packedPointer);
  for (let row = 0; row < hidden; row += PANEL_ROWS) {
    const weights = fetch(block + outputBits + row * bytes, PANEL_ROWS * bytes, stagePointer);
    mismatches(weights, PANEL_ROWS, contextBitsPointer, packedPointer, bytes, tokens, countsPointer);
    const scale = fetchFloats(block + outputScale + (row << 2), PANEL_ROWS, stage0Pointer);
    const offset = fetchFloats(block + outputOffset + (row << 2), PANEL_ROWS, stage1Pointer);
    addAffine(countsPointer, PANEL_ROWS, tokens, scale, offset, xPointer + (row << 2), hidden);
  }
}
