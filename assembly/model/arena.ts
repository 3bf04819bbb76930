/**
 * The arena: all working memory of an open model, planned once when it is opened and laid behind
 * the file's bytes. Nothing is allocated afterwards.
 *
 *   ┌────────────┬────────────────────────────────────────────┐
 *   │ text       │ what the host writes, and the tokenizer's  │
 *   │            │ words and token ids                        │
 *   ├────────────┼────────────────────────────────────────────┤
 *   │ stage      │ flash build: what was read of the model    │
 *   ├────────────┼────────────────────────────────────────────┤
 *   │ answers    │ thresholds, entropies, logits, softmax     │
 *   ├────────────┼────────────────────────────────────────────┤
 *   │ x          │ [N, d] f32, the tokens                     │
 *   │ bits       │ [N, d] of x, [N, d] of the context         │
 *   │ packed     │ the same bits as the kernel wants them     │
 *   ├────────────┴──────────┬─────────────────────────────────┤
 *   │ attention: one head's │ SLFN: hidden bits, packed hidden│
 *   │ k, v, q, scores       │ bits, counts of gate and value  │
 *   └───────────────────────┴─────────────────────────────────┘
 *   N is n rounded up to QUERY_STEP. The last two share one place: they are never needed together.
 */
import { ARENA_ALIGNMENT, TEXT_CAPACITY } from '../abi';
import { BUCKET_PIECES, PIECE_BYTES_MOST } from '../format';
import { BLOCK_ROWS } from '../kernel/lanes';
import { QUERY_STEP } from '../kernel/queries';
import { SCORE_STEP } from '../kernel/scores';
import { PACKED_BYTES_A_BYTE } from '../kernel/select';
import { blocks, classes, headWidth, hidden, slfn, tokensMost } from './model';
import { IS_FLASH } from './source';

/** Output rows of a linear layer that are computed before they are used. */
export const PANEL_ROWS: i32 = 64;

/** Two bytes for "##", and the longest word that has pieces. */
const WORD_BYTES: i32 = 2 + 64;
/**
 * Words of one full text buffer, each with a newline: at most 4 bytes a byte (of ill-formed UTF-8), and
 * the word that was still open before.
 */
const SPLIT_BYTES: i32 = 4 * TEXT_CAPACITY + 128;

/** The longest head of a bucket of pieces, with its length. */
const HEAD_BYTES: i32 = 1 + PIECE_BYTES_MOST;
/** The longest bucket: each further piece has at most two bytes before it. */
const BUCKET_BYTES: i32 = BUCKET_PIECES * (2 + PIECE_BYTES_MOST);

/** TEXT_CAPACITY bytes that the host writes. */
export let textPointer: usize = 0;
/** WORD_BYTES for the word being read. */
export let wordPointer: usize = 0;
/** Words split from the text, SPLIT_BYTES; only in a file that holds a vocabulary and no blocks. */
export let splitPointer: usize = 0;
/** u32[n] token ids of segment A, and of segment B. */
export let tokensAPointer: usize = 0;
export let tokensBPointer: usize = 0;
/** u32[n] token ids of the whole input. */
export let tokensPointer: usize = 0;

/**
 * What `fetch` brings in the flash build: a panel of weights, a bucket of pieces, or a row; and up to four
 * f32[d], scales and offsets of a panel among them. 0 in the others, where nothing is brought.
 */
export let stagePointer: usize = 0;
export let stage0Pointer: usize = 0;
export let stage1Pointer: usize = 0;
export let stage2Pointer: usize = 0;
export let stage3Pointer: usize = 0;

/** f32[L] thresholds of the policy. */
export let thresholdsPointer: usize = 0;
/** f32[L] entropy after each exit. */
export let entropiesPointer: usize = 0;
/** f32[L, C] */
export let logitsPointer: usize = 0;
/** f32[L, C] */
export let probabilitiesPointer: usize = 0;
/** f32[d] mean of the tokens. */
export let pooledPointer: usize = 0;

/** f32[N, d] the tokens. */
export let xPointer: usize = 0;
/** [N, d/8] bits of x. */
export let bitsPointer: usize = 0;
/** [N, d/8] bits of the context. */
export let contextBitsPointer: usize = 0;
/** The bits of one of these as the kernel wants them. */
export let packedPointer: usize = 0;

/** u16[N, e] mismatches of one head's keys, and of its values. */
export let keysPointer: usize = 0;
export let valuesPointer: usize = 0;
/** i16[N, e] its rounded queries, up to a multiple of SCORE_STEP; f32[N] their steps; see kernel/queries.ts. */
export let queriesPointer: usize = 0;
export let stepsPointer: usize = 0;
/** f32[e] a query before it is rounded. */
export let queryRowPointer: usize = 0;
/** i32[N, SCORE_STEP] scores, then weights, and f32[QUERY_STEP] 1 / the sums of a group's weights. */
export let scoresPointer: usize = 0;
export let sharesPointer: usize = 0;
/** u16[N, max(e, PANEL_ROWS)] mismatches in attention. */
export let countsPointer: usize = 0;

/** [N, f/8] hidden bits of the sigmoid branch, and of the tanh branch. */
export let gateBitsPointer: usize = 0;
export let valueBitsPointer: usize = 0;
/** The same as the kernel wants them. */
export let packedGatePointer: usize = 0;
export let packedValuePointer: usize = 0;
/** u16[N, PANEL_ROWS] mismatches of a panel of the gate's rows (or hidden rows), and of the value's. */
export let gateCountsPointer: usize = 0;
export let valueCountsPointer: usize = 0;

/** Where attention's and the SLFN's part begins; open needs it to re-lay weights. */
export let sharedPointer: usize = 0;

let next: usize = 0;

/** Lays the arena of the model in model.ts from `start` on; returns its size in bytes. */
export function planArena(start: usize): usize {
  next = start;
  planText();
  if (IS_FLASH) planStage();
  if (blocks > 0) {
    planAnswers();
    planTokens();
    sharedPointer = next;
    planAttention();
    const end = next;
    next = sharedPointer;
    planSlfn();
    next = max(max(next, end), sharedPointer + BLOCK_ROWS * (max(hidden, slfn) / 8));
  }
  return next - start;
}

function planText(): void {
  textPointer = region(TEXT_CAPACITY);
  wordPointer = region(WORD_BYTES);
  tokensAPointer = region(tokensMost * 4);
  tokensBPointer = region(tokensMost * 4);
  tokensPointer = region(tokensMost * 4);
  if (blocks == 0) splitPointer = region(SPLIT_BYTES);
}

function planStage(): void {
  const panel = (max(PANEL_ROWS, headWidth) * max(hidden, slfn)) / 8;
  const vector = max(hidden * 4, HEAD_BYTES);
  stagePointer = region(max(panel, BUCKET_BYTES));
  stage0Pointer = region(vector);
  stage1Pointer = region(vector);
  stage2Pointer = region(vector);
  stage3Pointer = region(vector);
}

function planAnswers(): void {
  thresholdsPointer = region(blocks * 4);
  entropiesPointer = region(blocks * 4);
  logitsPointer = region(blocks * classes * 4);
  probabilitiesPointer = region(blocks * classes * 4);
  pooledPointer = region(hidden * 4);
}

function planTokens(): void {
  const tokens = roundUp(tokensMost, QUERY_STEP);
  xPointer = region(tokens * hidden * 4);
  bitsPointer = region((tokens * hidden) / 8);
  contextBitsPointer = region((tokens * hidden) / 8);
  packedPointer = region(((tokens * hidden) / 8) * PACKED_BYTES_A_BYTE);
}

function planAttention(): void {
  const tokens = roundUp(tokensMost, QUERY_STEP);
  keysPointer = region(headWidth * tokens * 2);
  valuesPointer = region(headWidth * tokens * 2);
  queriesPointer = region(headWidth * roundUp(tokens, SCORE_STEP) * 2);
  stepsPointer = region(tokens * 4);
  queryRowPointer = region(headWidth * 4);
  scoresPointer = region(tokens * SCORE_STEP * 4);
  sharesPointer = region(QUERY_STEP * 4);
  countsPointer = region(tokens * max(headWidth, PANEL_ROWS) * 2);
}

function planSlfn(): void {
  const tokens = roundUp(tokensMost, QUERY_STEP);
  const bytes = (tokens * slfn) / 8;
  gateBitsPointer = region(bytes);
  valueBitsPointer = region(bytes);
  packedGatePointer = region(bytes * PACKED_BYTES_A_BYTE);
  packedValuePointer = region(bytes * PACKED_BYTES_A_BYTE);
  gateCountsPointer = region(tokens * PANEL_ROWS * 2);
  valueCountsPointer = region(tokens * PANEL_ROWS * 2);
}

function region(bytes: i32): usize {
  const pointer = next;
  next += roundUp(bytes, ARENA_ALIGNMENT);
  return pointer;
}

/** The least multiple of `step`, a power of two, that is not below `value`. */
export function roundUp(value: i32, step: i32): i32 {
  return (value + step - 1) & -step;
}
