/** One encoder layer: attention, then the SLFN, each with residual and LayerNorm, on x in the arena. */
import { blockPointer } from '../model/model';
import { attention } from './attention';
import { learnForget } from './slfn';

/** Runs block `index`, counted from 0, on `tokens` tokens. */
export function runBlock(index: i32, tokens: i32): void {
  const block = blockPointer(index);
  attention(block, tokens);
  learnForget(block, tokens);
}
