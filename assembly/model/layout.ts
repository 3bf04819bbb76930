/**
 * Where the arrays of Embedding, Block and Exit sections lie, in bytes from the section's start.
 * Every block looks alike, so the offsets are computed once, when a model is opened.
 */
import { MAP_ENTRY_BYTES, MAP_TOKENS, RowKind, SECTION_ALIGNMENT, SEGMENT_ROWS } from '../format';
import {
  binaryScores,
  classes,
  commonTokens,
  heads,
  hidden,
  rareTokens,
  recurrence,
  rowKind,
  segments,
  slfn,
  tokensMost,
  vocabulary,
} from './model';

/**
 * Embedding: where there are rare tokens, their map at 0; then, of the V' common tokens, u16[V'] half floats
 * and [V', d/8] bits or [V', d] bytes; f32[n]; i8[n, d].
 */
export let tokenScale: u32 = 0;
export let tokenRows: u32 = 0;
export let positionScale: u32 = 0;
export let positionRows: u32 = 0;
/** f32[4]; i8[4, d]; only where there are two segments. */
export let segmentScale: u32 = 0;
export let segmentRows: u32 = 0;
/** f32[d], and beta behind it. */
export let embeddingGamma: u32 = 0;
export let embeddingBytes: u32 = 0;

/** Rare: u16[V - V'] half floats at 0, then as many rows. */
export let rareRows: u32 = 0;
export let rareBytes: u32 = 0;

/** Bytes of a token's row. */
export let rowBytes: i32 = 0;

/**
 * Block: thresholds and gammas are f32[d], with as many betas behind the gammas; scales and offsets f32, one a
 * row. The first four only where there is a light recurrence, whose thresholds are at 0: [2d, d] bits, rows of
 * the forget gate, then of the value.
 */
export let gatesBits: u32 = 0;
export let gatesScale: u32 = 0;
export let recurrenceGamma: u32 = 0;
export let attentionThreshold: u32 = 0;
/** [3d, d] bits; for each head its rows of q, then k, then v. */
export let qkvBits: u32 = 0;
/** Only where scores are binary: i16[2d], for each head of its rows of q, then of k; f32[h]. */
export let scoreLimit: u32 = 0;
export let scoreStep: u32 = 0;
/** Of rows in qkvBits' order, of which `scaledRows` have one: all, or where scores are binary those of v. */
export let qkvScale: u32 = 0;
export let scaledRows: i32 = 0;
export let contextThreshold: u32 = 0;
/** [d, d] bits */
export let outputBits: u32 = 0;
export let outputScale: u32 = 0;
export let attentionGamma: u32 = 0;
export let slfnThreshold: u32 = 0;
/** [2f, d] bits */
export let hiddenBits: u32 = 0;
/** i16[2f] */
export let hiddenLimit: u32 = 0;
/** [d, f] bits */
export let gateBits: u32 = 0;
export let gateScale: u32 = 0;
/** [d, f] bits */
export let valueBits: u32 = 0;
export let valueScale: u32 = 0;
export let slfnGamma: u32 = 0;
export let blockBytes: u32 = 0;

/** Exit: f32[C, d] weights at 0, then f32[C]. */
export let exitBias: u32 = 0;
export let exitBytes: u32 = 0;

let end: u32 = 0;

/** For the model in model.ts; its numbers have been checked. */
export function planLayout(): void {
  rowBytes = rowKind == RowKind.Bits ? hidden / 8 : hidden;
  planEmbedding();
  planRare();
  planBlock();
  planExit();
}

function planEmbedding(): void {
  end = 0;
  if (rareTokens > 0) array(((vocabulary + MAP_TOKENS - 1) / MAP_TOKENS) * MAP_ENTRY_BYTES);
  tokenScale = array(commonTokens * 2);
  tokenRows = array(commonTokens * rowBytes);
  positionScale = array(tokensMost * 4);
  positionRows = array(tokensMost * hidden);
  if (segments > 1) {
    segmentScale = array(SEGMENT_ROWS * 4);
    segmentRows = array(SEGMENT_ROWS * hidden);
  }
  embeddingGamma = array(2 * hidden * 4);
  embeddingBytes = end;
}

function planRare(): void {
  end = 0;
  array(rareTokens * 2);
  rareRows = array(rareTokens * rowBytes);
  rareBytes = end;
}

/**
 * Without gaps but for scores.step: d and f are multiples of 64, so every other array here is a whole number of
 * SECTION_ALIGNMENT.
 */
function planBlock(): void {
  const vector = hidden << 2;
  const square = hidden * (hidden / 8);
  const across = hidden * (slfn / 8);
  gatesBits = vector;
  gatesScale = gatesBits + 2 * square;
  recurrenceGamma = gatesScale + 4 * vector;
  attentionThreshold = recurrence > 0 ? recurrenceGamma + 2 * vector : 0;
  qkvBits = attentionThreshold + vector;
  scoreLimit = qkvBits + 3 * square;
  qkvScale = scoreLimit;
  scaledRows = 3 * hidden;
  if (binaryScores > 0) {
    scoreStep = scoreLimit + vector;
    end = scoreStep + (heads << 2);
    qkvScale = array(0);
    scaledRows = hidden;
  }
  contextThreshold = qkvScale + 8 * scaledRows;
  outputBits = contextThreshold + vector;
  outputScale = outputBits + square;
  attentionGamma = outputScale + 2 * vector;
  slfnThreshold = attentionGamma + 2 * vector;
  hiddenBits = slfnThreshold + vector;
  hiddenLimit = hiddenBits + 2 * across;
  gateBits = hiddenLimit + 4 * slfn;
  gateScale = gateBits + across;
  valueBits = gateScale + 2 * vector;
  valueScale = valueBits + across;
  slfnGamma = valueScale + 2 * vector;
  blockBytes = slfnGamma + 2 * vector;
}

function planExit(): void {
  end = 0;
  array(classes * hidden * 4);
  exitBias = array(classes * 4);
  exitBytes = end;
}

/** The start of the next array, which begins on a boundary; `end` is then its end. */
function array(bytes: u32): u32 {
  const start = (end + SECTION_ALIGNMENT - 1) & -SECTION_ALIGNMENT;
  end = start + bytes;
  return start;
}
