/**
 * The core's arithmetic in plain TypeScript: what docs/arithmetic.md says, and what both builds must give
 * bit for bit. Text becomes token ids in tokenizer.ts.
 */
import type { ModelParts } from '../../host/model-file/parts.ts';
import { attention } from './attention.ts';
import { embed } from './embedding.ts';
import { type Answer, answer } from './exit.ts';
import { type Rule, stops } from './policy.ts';
import { recurrence } from './recurrence.ts';
import { slfn } from './slfn.ts';

/**
 * The answers of the exits that are reached: the last one stands.
 * @param segmentStart index of the second text's first token; the number of ids where there is none
 */
export function runReference(
  parts: ModelParts,
  ids: ArrayLike<number>,
  segmentStart: number,
  rule: Rule,
): Answer[] {
  const answers: Answer[] = [];
  let x = embed(parts.embedding, ids, segmentStart);
  for (const [i, block] of parts.blocks.entries()) {
    if (block.recurrence) x = recurrence(block.recurrence, x);
    x = slfn(block, attention(block, parts.dimensions.heads, x));
    answers.push(answer(parts.exits[i], x));
    if (stops(rule, answers)) break;
  }
  return answers;
}
