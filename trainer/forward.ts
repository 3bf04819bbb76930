/** What the trainer's own forward pass says, exit by exit. */
import { type Example, makeBatches } from './data/batches.ts';
import type { Model } from './model.ts';

const BATCH = 64;

/** Each exit's label for each example: [L][examples]. Without dropout. */
export function predictions(model: Model, examples: readonly Example[]): Int32Array[] {
  const { blocks, classes } = model.config;
  const out = Array.from({ length: blocks }, () => new Int32Array(examples.length));
  let at = 0;
  for (const batch of makeBatches(examples, { size: BATCH, seed: 0, epoch: 0, inOrder: true })) {
    model.logits(batch).forEach((logits, exit) => {
      for (let row = 0; row < batch.size; row++) out[exit][at + row] = argmax(logits, row * classes, classes);
    });
    at += batch.size;
  }
  return out;
}

/** The lowest label whose logit is the largest, as in the core. */
function argmax(logits: Float32Array, start: number, classes: number): number {
  let best = 0;
  for (let c = 1; c < classes; c++) if (logits[start + c] > logits[start + best]) best = c;
  return best;
}
