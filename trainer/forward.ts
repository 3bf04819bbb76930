/** What the trainer's own forward pass says, exit by exit. */
import { type Example, makeBatches } from './data/batches.ts';
import type { Model } from './model.ts';

const BATCH = 64;

/** Each exit's label for each example: [L][examples]. Without dropout. */
export function predictions(model: Model, examples: readonly Example[]): Int32Array[] {
  const { classes } = model.config;
  return exitLogits(model, examples).map((logits) =>
    Int32Array.from(examples, (_, i) => argmax(logits.subarray(i * classes, (i + 1) * classes))),
  );
}

/** Each exit's logits: [L][examples * C]. Without dropout. */
export function exitLogits(model: Model, examples: readonly Example[]): Float32Array[] {
  const { blocks, classes } = model.config;
  const out = Array.from({ length: blocks }, () => new Float32Array(examples.length * classes));
  let at = 0;
  for (const batch of makeBatches(examples, { size: BATCH, seed: 0, epoch: 0, inOrder: true })) {
    model.logits(batch).forEach((logits, exit) => {
      out[exit].set(logits, at);
    });
    at += batch.size * classes;
  }
  return out;
}

/** The lowest label whose logit is the largest, as in the core. */
export function argmax(logits: Float32Array): number {
  let best = 0;
  for (let c = 1; c < logits.length; c++) if (logits[c] > logits[best]) best = c;
  return best;
}
