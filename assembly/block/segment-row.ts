/**
 * Which of the segment's four rows a token of a pair has. Binary weights do not learn which words two texts
 * share, so it is told them: "exact match" in Chen et al. 2017, Reading Wikipedia to Answer Open-Domain Questions.
 *
 *             A   separator   B                        row   token is in   and the other text has it
 *   tokens    a b     |       b c                      0     A             no
 *   row       0 2     0       3 1                      1     B             no
 *                                                      2     A             yes
 *                                                      3     B             yes
 */
import { SHARED_ROW, SPECIAL_TOKENS } from '../format';
import { tokensPointer } from '../model/arena';

/** The row of token number `token` of `tokens`, those from `startOfB` on being the second text's. */
export function segmentRow(token: i32, startOfB: i32, tokens: i32): i32 {
  const id = load<u32>(tokensPointer + (token << 2));
  const isOfB = token >= startOfB;
  const isShared = isOfB ? isWithin(id, 0, startOfB) : isWithin(id, startOfB, tokens);
  return i32(isOfB) + (isShared ? SHARED_ROW : 0);
}

/**
 * Compares with each token: n^2 / 2 compares for a text, while a block's attention takes 2 n^2 d
 * multiplications. Special tokens are the same everywhere, which says nothing.
 */
function isWithin(id: u32, from: i32, to: i32): bool {
  if (id < <u32>SPECIAL_TOKENS) return false;
  for (let i = from; i < to; i++) if (load<u32>(tokensPointer + (i << 2)) == id) return true;
  return false;
}
