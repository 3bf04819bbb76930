/**
 * A teacher: token rows, one gated recurrent unit from each end, the largest and the mean of its
 * states, a linear head. Floats all the way, and never packed; it reads a sentence in order, which
 * a small transformer has to learn to do, and so has something to teach.
 */
import type { Tensor } from '../backend/tfjs.ts';
import { floatVariables, type Initial, type ModelConfig, type Variables, variable } from './config.ts';
import type { DropAt } from './encoder.ts';
import type { BatchTensors, Operations } from './operations.ts';

const DIRECTIONS = ['forwards', 'backwards'] as const;

/** `hidden` is the units of each direction. */
export function recurrentShapes({
  hidden: u,
  rowWidth: e,
  vocabulary,
  classes,
}: ModelConfig): Map<string, Initial> {
  const all = new Map<string, Initial>();
  all.set('embedding.rows', { shape: [vocabulary, e], deviation: 0.5 });
  for (const direction of DIRECTIONS) {
    all.set(`${direction}.input.weight`, { shape: [3 * u, e], deviation: 1 / Math.sqrt(e) });
    all.set(`${direction}.state.weight`, { shape: [3 * u, u], deviation: 1 / Math.sqrt(u) });
    all.set(`${direction}.bias`, { shape: [3 * u], constant: 0 });
  }
  all.set('exit0.weight', { shape: [classes, 4 * u], deviation: 1 / Math.sqrt(4 * u) });
  all.set('exit0.bias', { shape: [classes], constant: 0 });
  return all;
}

/** Logits [size, C] of its only exit, in a list of one. */
export function forwardRecurrent(
  operations: Operations,
  { tf, config }: { tf: { concat(tensors: Tensor[], axis: number): Tensor }; config: ModelConfig },
  variables: Variables,
  batch: BatchTensors,
  dropAt: DropAt,
): Tensor[] {
  const dropped = (x: Tensor, site: number, rate: number) => {
    const drop = dropAt(site, rate);
    return drop ? operations.dropout(x, drop) : x;
  };
  const { embedding, exit } = config.dropout;
  const x = dropped(operations.lookup(variable(variables, 'embedding.rows'), batch), 0, embedding);
  const pooled = DIRECTIONS.map((direction) =>
    operations.recurrent(
      x,
      {
        input: variable(variables, `${direction}.input.weight`),
        state: variable(variables, `${direction}.state.weight`),
        bias: variable(variables, `${direction}.bias`),
      },
      batch,
      direction === 'backwards',
    ),
  );
  const states = dropped(tf.concat(pooled, 1), 1, exit);
  return [operations.head(states, floatVariables(variables, 'exit0'))];
}
