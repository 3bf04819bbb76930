/**
 * One encoder layer: a light recurrence where there is one, attention, then the SLFN, each with residual and
 * LayerNorm, on x in the arena.
 */
import { blockPointer, recurrence } from '../model/model';
import { attention } from './attention';
import { recur } from './recurrence';
import { learnForget } from './slfn';

/** Runs block `index`, counted from 0, on `tokens` tokens. */
export function runBlock(index: i32, tokens: i32): void {
  const block = blockPointer(index);
  if (recurrence > 0) recur(block, tokens);
  attention(block, tokens);
  learnForget(block, tokens);
}
