/**
 * Where a token's scale and row lie: at its own number in the Embedding, or, in a file with rare tokens, at
 * its place among the common ones there, or among the rare ones behind exit 1.
 *
 *   map        bits ...10110101  before      row of token 32 k + i, with c = before + ones below bit i:
 *   entry k           bit i ─┘                common  c of the Embedding        rare  32 k + i - c of Rare
 */
import { MAP_BEFORE, MAP_COMMON, MAP_ENTRY_BYTES, MAP_TOKENS, SpecialToken } from '../format';
import { rareRows, rowBytes, tokenRows, tokenScale } from '../model/layout';
import { embeddingPointer, rarePointer, rareTokens } from '../model/model';
import { rareReady } from '../model/open';
import { fetchBriefly } from '../model/source';

/** Address of the token's scale, a half float, and of its row; set by `findRow`. */
export let scaleAddress: usize = 0;
export let rowAddress: usize = 0;

/** Finds a token's row; false where it is a rare one. Until those have arrived, it is the unknown token's. */
export function findRow(id: u32): bool {
  let scales = embeddingPointer() + tokenScale;
  let rows = embeddingPointer() + tokenRows;
  let isCommon = true;
  if (rareTokens > 0) {
    const entry = fetchBriefly(embeddingPointer() + (id / MAP_TOKENS) * MAP_ENTRY_BYTES, MAP_ENTRY_BYTES);
    const bits = load<u32>(entry, MAP_COMMON);
    const bit: u32 = 1 << (id % MAP_TOKENS);
    const before = load<u32>(entry, MAP_BEFORE) + popcnt<u32>(bits & (bit - 1));
    isCommon = (bits & bit) != 0;
    if (isCommon) {
      id = before;
    } else if (rareReady) {
      id -= before;
      scales = rarePointer();
      rows = scales + rareRows;
    } else {
      // Special tokens are all common, and come first.
      id = SpecialToken.Unknown;
    }
  }
  scaleAddress = scales + id * 2;
  rowAddress = rows + id * rowBytes;
  return isCommon;
}
