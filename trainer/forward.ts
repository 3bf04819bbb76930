/** What the trainer's own forward pass says, exit by exit. */
import { type Example, makeBatches } from './data/batches.ts';
import type { Model } from './model.ts';

const BATCH = 64;

/** Each exit's label for each example: [L][examples]. Without dropout. */
export function predictions(model: Model, examples: readonly Example[]): Int32Array[] {
  return exitLogits(model, examples).map((logits) => labelsOf(logits, model.config.classes));
}

/**
 * Each exit's logits: [L][examples * C]. Without dropout. Texts of like length go together, so that
 * little is padded. `onDone` hears how many examples are done.
 */
export function exitLogits(
  model: Model,
  examples: readonly Example[],
  onDone?: (examples: number) => void,
): Float32Array[] {
  const { blocks, classes } = model.config;
  const out = Array.from({ length: blocks }, () => new Float32Array(examples.length * classes));
  const order = examples.map((_, i) => i).sort((a, b) => examples[a].ids.length - examples[b].ids.length);
  const sorted = order.map((i) => examples[i]);
  let done = 0;
  for (const batch of makeBatches(sorted, { size: BATCH, seed: 0, epoch: 0, inOrder: true })) {
    model.logits(batch).forEach((logits, exit) => {
      for (let i = 0; i < batch.size; i++) {
        const own = logits.subarray(i * classes, (i + 1) * classes);
        out[exit].set(own, order[done + i] * classes);
      }
    });
    done += batch.size;
    onDone?.(done);
  }
  return out;
}

/** The label of each example, from logits [examples * C]. */
export function labelsOf(logits: Float32Array, classes: number): Int32Array {
  return Int32Array.from({ length: logits.length / classes }, (_, i) =>
    argmax(logits.subarray(i * classes, (i + 1) * classes)),
  );
}

/** The lowest label whose logit is the largest, as in the core. */
export function argmax(logits: Float32Array): number {
  let best = 0;
  for (let c = 1; c < logits.length; c++) if (logits[c] > logits[best]) best = c;
  return best;
}
