/**
 * Binary scores of a head: queries and keys as signs, and the weights of softmax from the bits in which they differ.
 * To a query the keys are rows of binary weights, so its scores are a binary product like any other.
 *
 *   queries  [n, signBytes]  │ bits of a head's width │ zeros up to a whole 64-bit word │
 *   keys     [n, signBytes]  as the queries, then laid out as weights are
 */
import { limitBits } from '../kernel/bits';
import { BLOCK_ROWS } from '../kernel/lanes';
import { QUERY_STEP } from '../kernel/queries';
import { layWeights, mismatches, PACKED_BYTES_A_BYTE, packInput } from '../kernel/select';
import { layPowers, weighSigns } from '../kernel/sign-scores';
import {
  countsPointer,
  keysPointer,
  queriesPointer,
  queryRowPointer,
  roundUp,
  scoresPointer,
  sharesPointer,
  stage0Pointer,
} from '../model/arena';
import { qkvBits, scoreLimit, scoreStep } from '../model/layout';
import { headWidth, signBytes } from '../model/model';
import { fetch, fetchFloats } from '../model/source';
import { countRows } from './tokens';

/** Keys are counted in whole blocks of rows. */
const KEY_STEP: i32 = ASC_FEATURE_SIMD ? BLOCK_ROWS : 4;

/** Readies the queries and keys of a head, whose rows begin at `queryRow`, and its table of weights. */
export function readySigns(block: usize, head: i32, queryRow: i32, tokens: i32, bitsOfWeights: i32): void {
  const limits = block + scoreLimit + ((head * headWidth) << 2);
  takeSigns(block, queryRow, limits, tokens, queriesPointer);
  takeSigns(block, queryRow + headWidth, limits + (headWidth << 1), tokens, keysPointer);
  layWeights(keysPointer, roundUp(tokens, KEY_STEP), signBytes, countsPointer);
  packInput(queriesPointer, signBytes, roundUp(tokens, QUERY_STEP), packedQueries(tokens));
  const step = fetchFloats(block + scoreStep + (head << 2), 1, stage0Pointer);
  layPowers(load<f32>(step), headWidth, bitsOfWeights, queryRowPointer);
}

/** Weights of the queries `token` to `token` + 3 for `tokens` keys, in the scores' place; see softmax.ts. */
export function weighQueries(token: i32, tokens: i32): void {
  const before = token * signBytes;
  const rows = roundUp(tokens, KEY_STEP);
  mismatches(
    keysPointer,
    rows,
    queriesPointer + before,
    packedQueries(tokens) + before * PACKED_BYTES_A_BYTE,
    signBytes,
    QUERY_STEP,
    countsPointer,
  );
  weighSigns(countsPointer, rows, tokens, queryRowPointer, scoresPointer, sharesPointer);
}

/** Behind the queries, which take a fraction of what is there for queries that are rounded. */
function packedQueries(tokens: i32): usize {
  return queriesPointer + roundUp(tokens, QUERY_STEP) * signBytes;
}

/** signs [tokens, signBytes] of a head's width of rows of q or of k against their i16 limits. */
function takeSigns(block: usize, row: i32, limits: usize, tokens: i32, signs: usize): void {
  const end = signs + roundUp(tokens, QUERY_STEP) * signBytes;
  for (let at = signs; at < end; at += 8) store<u64>(at, 0);
  countRows(block + qkvBits, row, headWidth, tokens, countsPointer);
  const fetched = fetch(limits, headWidth << 1, stage0Pointer);
  limitBits(countsPointer, fetched, headWidth, tokens, signs, signBytes);
}
