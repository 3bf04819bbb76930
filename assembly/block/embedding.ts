/** From token ids to x: token row + position (+ segment), then LayerNorm. See docs/arithmetic.md. */
import { RowKind } from '../format';
import { halfToFloat } from '../kernel/half';
import { norm } from '../kernel/norm';
import { addScaledBytes, scaleBits, scaleBytes } from '../kernel/rows';
import { tokensPointer, xPointer } from '../model/arena';
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

/** Embeds `tokens` tokens at tokensPointer, of which those from `startOfB` on are the second segment. */
export function embed(tokens: i32, startOfB: i32): void {
  const section = embeddingPointer();
  for (let token = 0; token < tokens; token++) {
    const x = xPointer + token * hidden * 4;
    loadToken(section, load<u32>(tokensPointer + (token << 2)), x);
    addRow(section, positionScale, positionRows, token, x);
    if (segments > 1) addRow(section, segmentScale, segmentRows, i32(token >= startOfB), x);
  }
  norm(xPointer, tokens, hidden, section + embeddingGamma, section + embeddingBeta);
}

function loadToken(section: usize, id: u32, x: usize): void {
  const scale = halfToFloat(load<u16>(section + tokenScale + id * 2));
  const rows = section + tokenRows;
  if (rowKind == RowKind.Bits) scaleBits(rows + id * (hidden / 8), hidden, scale, x);
  else scaleBytes(rows + id * hidden, hidden, scale, x);
}

function addRow(section: usize, scales: u32, rows: u32, row: i32, x: usize): void {
  const scale = load<f32>(section + scales + (row << 2));
  addScaledBytes(section + rows + row * hidden, hidden, scale, x);
}
