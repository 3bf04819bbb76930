/** From token ids to x: token row + position (+ segment), then LayerNorm. See docs/arithmetic.md. */
import { RowKind } from '../format';
import { halfToFloat } from '../kernel/half';
import { addScaledBytes, scaleBits, scaleBytes } from '../kernel/rows';
import { stagePointer, tokensPointer, xPointer } from '../model/arena';
import {
  embeddingGamma,
  positionRows,
  positionScale,
  rowBytes,
  segmentRows,
  segmentScale,
} from '../model/layout';
import { embeddingPointer, hidden, rowKind, segments } from '../model/model';
import { fetch, float, half } from '../model/source';
import { segmentRow } from './segment-row';
import { findRow, rowAddress, scaleAddress } from './token-row';
import { normTokens } from './tokens';

/**
 * Embeds `tokens` tokens at tokensPointer, of which those from `startOfB` on are the second segment; how many
 * of them are rare ones.
 */
export function embed(tokens: i32, startOfB: i32): i32 {
  const section = embeddingPointer();
  let rare = 0;
  for (let token = 0; token < tokens; token++) {
    const x = xPointer + token * hidden * 4;
    if (!findRow(load<u32>(tokensPointer + (token << 2)))) rare++;
    loadToken(x);
    addRow(section, positionScale, positionRows, token, x);
    if (segments > 1) addRow(section, segmentScale, segmentRows, segmentRow(token, startOfB, tokens), x);
  }
  normTokens(section + embeddingGamma, tokens);
  return rare;
}

function loadToken(x: usize): void {
  const scale = halfToFloat(half(scaleAddress));
  const row = fetch(rowAddress, rowBytes, stagePointer);
  if (rowKind == RowKind.Bits) scaleBits(row, hidden, scale, x);
  else scaleBytes(row, hidden, scale, x);
}

function addRow(section: usize, scales: u32, rows: u32, row: i32, x: usize): void {
  const scale = float(section + scales + (row << 2));
  addScaledBytes(fetch(section + rows + row * hidden, hidden, stagePointer), hidden, scale, x);
}
