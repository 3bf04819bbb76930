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
  scaledRows,
} from '../model/layout';
import { binaryScores, heads, headWidth, hidden } from '../model/model';
import { fetch, fetchFloats } from '../model/source';
import { readySigns, weighQueries } from './signs';
import { countRows, normTokens, takeBits } from './tokens';

/** x = norm(x + attention(x)) for the block whose section is at the address `block`. */
export function attention(block: usize, tokens: i32): void {
  takeBits(block + attentionThreshold, tokens);
  for (let head = 0; head < heads; head++) attendHead(block, head, tokens);
  addOutput(block, tokens);
  normTokens(block + attentionGamma, tokens);
}

/** The context bits of one head. Values stay counts, and keys do unless scores are of signs. */
function attendHead(block: usize, head: i32, tokens: i32): void {
  const queryRow = head * 3 * headWidth;
  const valueRow = queryRow + 2 * headWidth;
  const bitsOfWeights = weightBits(hidden, tokens);
  if (binaryScores > 0) readySigns(block, head, queryRow, tokens, bitsOfWeights);
  else readyQueries(block, queryRow, tokens);
  if (ASC_FEATURE_SIMD) {
    countRows(block + qkvBits, valueRow, headWidth, tokens, countsPointer);
    layValues(countsPointer, headWidth, tokens, valuesPointer);
  } else {
    countRows(block + qkvBits, valueRow, headWidth, tokens, valuesPointer);
  }

  const scaledRow = binaryScores > 0 ? head * headWidth : valueRow;
  const valueScale = fetchScale(block, scaledRow, stage0Pointer);
  const valueOffset = fetchOffset(block, scaledRow, stage1Pointer);
  const channel = (head * headWidth) << 2;
  const theta = fetchFloats(block + contextThreshold + channel, headWidth, stage2Pointer);
  const stride = hidden / 8;
  for (let token = 0; token < tokens; token += QUERY_STEP) {
    let weights = scoresPointer;
    if (binaryScores > 0) {
      weighQueries(token, tokens);
    } else {
      const within = token % SCORE_STEP;
      if (within == 0) {
        score(queriesPointer + ((token * headWidth) << 1), keysPointer, headWidth, tokens, scoresPointer);
      }
      weights = scoresOf(within / QUERY_STEP, scoresPointer, tokens);
      weigh(weights, tokens, bitsOfWeights, stepsPointer + (token << 2), sharesPointer);
    }
    const bits = contextBitsPointer + token * stride + (head * headWidth) / 8;
    mix(
      weights,
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

/** Rounded queries of a head, whose rows begin at `queryRow`, and its keys, which stay counts. */
function readyQueries(block: usize, queryRow: i32, tokens: i32): void {
  const keyRow = queryRow + headWidth;
  countRows(block + qkvBits, queryRow, headWidth, tokens, countsPointer);
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
  countRows(block + qkvBits, keyRow, headWidth, tokens, keysPointer);
}

/** Scales of a head's width of rows that have one, and their offsets. */
function fetchScale(block: usize, row: i32, stage: usize): usize {
  return fetchFloats(block + qkvScale + (row << 2), headWidth, stage);
}

function fetchOffset(block: usize, row: i32, stage: usize): usize {
  return fetchScale(block, scaledRows + row, stage);
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
