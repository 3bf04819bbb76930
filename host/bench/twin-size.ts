/** The float32 twin: the same architecture with real weights, against which sizes are compared. */
import { SEGMENT_ROWS } from '../../assembly/format.ts';
import type { Dimensions } from '../model-file/parts.ts';

/**
 * Parameters of the twin. It has no thresholds and no gains, which only binarized layers need:
 *
 *   embedding  V d + n d + [2 segments] 4 d + norm 2 d
 *   block      q, k, v, o: 4 (d d + d);  norms: 4 d
 *              SLFN: two d to f, two f to d: 4 d f + 2 f + 2 d
 *              light recurrence, where there is one: forget gate and value 2 (d d + d), norm 2 d
 *   exit       C d + C
 */
export function twinParameters(dimensions: Dimensions): number {
  const { hidden: d, slfn: f, blocks, classes, tokens, vocabulary, segments, recurrence = 0 } = dimensions;
  const embedding = (vocabulary + tokens + (segments === 2 ? SEGMENT_ROWS : 0) + 2) * d;
  const attention = 4 * (d * d + d);
  const slfn = 4 * d * f + 2 * f + 2 * d;
  const norms = 4 * d;
  const light = recurrence * (2 * (d * d + d) + 2 * d);
  const exit = classes * d + classes;
  return embedding + blocks * (attention + slfn + norms + light + exit);
}

/** The twin's size, 4 bytes a parameter, vocabulary and all else left out. */
export function twinBytes(dimensions: Dimensions): number {
  return 4 * twinParameters(dimensions);
}
