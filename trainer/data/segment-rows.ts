/** Which row of the segment's embedding each token has, as assembly/block/segment-row.ts computes it. */
import { SHARED_ROW, SPECIAL_TOKENS } from '../../assembly/format.ts';

/**
 * [n] 0 for tokens of A and 1 for those of B, and SHARED_ROW more where the other text has the same token,
 * unless it is a special one.
 *
 * @param segmentStart index of B's first token; n when there is none
 */
export function segmentRows(ids: ArrayLike<number>, segmentStart: number): Int32Array {
  const tokens = Array.from(ids);
  const a = new Set(tokens.slice(0, segmentStart));
  const b = new Set(tokens.slice(segmentStart));
  return Int32Array.from(tokens, (id, i) => {
    const isOfB = i >= segmentStart;
    const isShared = id >= SPECIAL_TOKENS && (isOfB ? a : b).has(id);
    return (isOfB ? 1 : 0) + (isShared ? SHARED_ROW : 0);
  });
}
