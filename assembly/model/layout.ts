/**
 * Where the arrays of Embedding, Block and Exit sections lie, in bytes from the section's start.
 * Every block looks alike, so the offsets are computed once, when a model is opened.
 */
import { MAP_ENTRY_BYTES, MAP_TOKENS, RowKind, SECTION_ALIGNMENT, SEGMENT_ROWS } from '../format';
import {
  classes,
  commonTokens,
  hidden,
  rareTokens,
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
/** f32[d] */
export let embeddingGamma: u32 = 0;
export let embeddingBeta: u32 = 0;
export let embeddingBytes: u32 = 0;

/** Rare: u16[V - V'] half floats at 0, then as many rows. */
export let rareRows: u32 = 0;
export let rareBytes: u32 = 0;

/** Bytes of a token's row. */
export let rowBytes: i32 = 0;

/** Block: thresholds, gammas and betas are f32[d]; scales and offsets f32, one a row. */
export let attentionThreshold: u32 = 0;
/** [3d, d] bits; for each head its rows of q, then k, then v. */
export let qkvBits: u32 = 0;
export let qkvScale: u32 = 0;
export let qkvOffset: u32 = 0;
export let contextThreshold: u32 = 0;
/** [d, d] bits */
export let outputBits: u32 = 0;
export let outputScale: u32 = 0;
export let outputOffset: u32 = 0;
export let attentionGamma: u32 = 0;
export let attentionBeta: u32 = 0;
export let slfnThreshold: u32 = 0;
/** [2f, d] bits */
export let hiddenBits: u32 = 0;
/** i16[2f] */
export let hiddenLimit: u32 = 0;
/** [d, f] bits */
export let gateBits: u32 = 0;
export let gateScale: u32 = 0;
export let gateOffset: u32 = 0;
/** [d, f] bits */
export let valueBits: u32 = 0;
export let valueScale: u32 = 0;
export let valueOffset: u32 = 0;
export let slfnGamma: u32 = 0;
export let slfnBeta: u32 = 0;
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
  embeddingGamma = array(hidden * 4);
  embeddingBeta = array(hidden * 4);
  embeddingBytes = end;
}

function planRare(): void {
  end = 0;
  array(rareTokens * 2);
  rareRows = array(rareTokens * rowBytes);
  rareBytes = end;
}

function planBlock(): void {
  end = 0;
  attentionThreshold = array(hidden * 4);
  qkvBits = array(3 * hidden * (hidden / 8));
  qkvScale = array(3 * hidden * 4);
  qkvOffset = array(3 * hidden * 4);
  contextThreshold = array(hidden * 4);
  outputBits = array(hidden * (hidden / 8));
  outputScale = array(hidden * 4);
  outputOffset = array(hidden * 4);
  attentionGamma = array(hidden * 4);
  attentionBeta = array(hidden * 4);
  slfnThreshold = array(hidden * 4);
  hiddenBits = array(2 * slfn * (hidden / 8));
  hiddenLimit = array(2 * slfn * 2);
  gateBits = array(hidden * (slfn / 8));
  gateScale = array(hidden * 4);
  gateOffset = array(hidden * 4);
  valueBits = array(hidden * (slfn / 8));
  valueScale = array(hidden * 4);
  valueOffset = array(hidden * 4);
  slfnGamma = array(hidden * 4);
  slfnBeta = array(hidden * 4);
  blockBytes = end;
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
