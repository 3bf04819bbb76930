/** From token ids to x: token row + position (+ segment), then LayerNorm. See docs/arithmetic.md. */
import { RowKind } from '../format';
import { halfToFloat } from '../kernel/half';
import { norm } from '../kernel/norm';
import { addScaledBytes, scaleBits, scaleBytes } from '../kernel/rows';
import { stage0Pointer, stage1Pointer, stagePointer, tokensPointer, xPointer } from '../model/arena';
import {
  embeddingBeta,
  embeddingGamma,
  positionRows,
  positionScale,
  segmentRows,
  segmentScale,
  tokenRows,
  tokenScale,
} from '../model/layout';
import { embeddingPointer, hidden, rowKind, segments } from '../model/model';
import { fetch, fetchFloats, float, half } from '../model/source';

/** Embeds `tokens` tokens at tokensPointer, of which those from `startOfB` on are the second segment. */
export function embed(tokens: i32, startOfB: i32): void {
  const section = embeddingPointer();
  for (let token = 0; token < tokens; token++) {
    const x = xPointer + token * hidden * 4;
    loadToken(section, load<u32>(tokensPointer + (token << 2)), x);
    addRow(section, positionScale, positionRows, token, x);
    if (segments > 1) addRow(section, segmentScale, segmentRows, i32(token >= startOfB), x);
  }
  const gamma = fetchFloats(section + embeddingGamma, hidden, stage0Pointer);
  const beta = fetchFloats(section + embeddingBeta, hidden, stage1Pointer);
  norm(xPointer, tokens, hidden, gamma, beta);
}

function loadToken(section: usize, id: u32, x: usize): void {
  const scale = halfToFloat(half(section + tokenScale + id * 2));
  const bytes = rowKind == RowKind.Bits ? hidden / 8 : hidden;
  const row = fetch(section + tokenRows + id * bytes, bytes, stagePointer);
  if (rowKind == RowKind.Bits) scaleBits(row, hidden, scale, x);
  else scaleBytes(row, hidden, scale, x);
}

function addRow(section: usize, scales: u32, rows: u32, row: i32, x: usize): void {
  const scale = float(section + scales + (row << 2));
  addScaledBytes(fetch(section + rows + row * hidden, hidden, stagePointer), hidden, scale, x);
}
