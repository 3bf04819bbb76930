/** The encoder: how blocks and exits are put together from the operations, binarized or twin. */
import type { Tensor } from '../backend/tfjs.ts';
import type { Drop } from '../random.ts';
import { binaryVariables, floatVariables, type ModelConfig, type Variables, variable } from './config.ts';
import type { BatchTensors, NormVariables, Operations } from './operations.ts';

/** Where dropout happens; `site` counts the places of a forward pass. Undefined: none. */
export type DropAt = (site: number, rate: number) => Drop | undefined;

/** Logits [size, C] of every exit. */
export function forward(
  operations: Operations,
  config: ModelConfig,
  variables: Variables,
  batch: BatchTensors,
  dropAt: DropAt,
): Tensor[] {
  const { embedding, block, exit } = config.dropout;
  const norm = (name: string): NormVariables => ({
    gamma: variable(variables, `${name}.gamma`),
    beta: variable(variables, `${name}.beta`),
  });
  const dropped = (x: Tensor, drop: Drop | undefined) => (drop ? operations.dropout(x, drop) : x);

  const embedded = operations.embed(
    {
      rows: variable(variables, 'embedding.rows'),
      projection: variables.get('embedding.projection'),
      position: variable(variables, 'embedding.position'),
      segment: variables.get('embedding.segment'),
    },
    batch,
  );
  let x = operations.norm(embedded, undefined, norm('embedding.norm'), undefined);
  x = dropped(x, dropAt(0, embedding));
  const logits: Tensor[] = [];
  for (let i = 0; i < config.blocks; i++) {
    const name = `block${i}`;
    if (config.lightRecurrence) {
      const carried = recur(operations, config, variables, name, x, batch);
      // Numbered behind all other places, whose masks stay as they are without it.
      x = operations.norm(
        x,
        carried,
        norm(`${name}.recurrenceNorm`),
        dropAt(3 * config.blocks + 1 + i, block),
      );
    }
    const attended = attend(operations, config, variables, name, x, batch);
    x = operations.norm(x, attended, norm(`${name}.attentionNorm`), dropAt(3 * i + 1, block));
    const learned = slfn(operations, config, variables, name, x);
    x = operations.norm(x, learned, norm(`${name}.slfnNorm`), dropAt(3 * i + 2, block));
    const pooled = dropped(operations.pool(x, batch), dropAt(3 * i + 3, exit));
    logits.push(operations.head(pooled, floatVariables(variables, `exit${i}`)));
  }
  return logits;
}

/** The linear layer `weights` of a block: binarized behind `threshold`, or a twin's. */
function linearOf(
  operations: Operations,
  config: ModelConfig,
  variables: Variables,
  threshold: string,
  weights: string,
  x: Tensor,
): Tensor {
  if (config.twin) return operations.linear(x, floatVariables(variables, weights));
  const theta = variable(variables, `${threshold}.threshold`);
  return operations.binaryLinear(x, theta, binaryVariables(variables, weights));
}

function recur(
  operations: Operations,
  config: ModelConfig,
  variables: Variables,
  name: string,
  x: Tensor,
  batch: BatchTensors,
): Tensor {
  const layer = `${name}.recurrence`;
  return operations.lightRecurrence(linearOf(operations, config, variables, layer, layer, x), batch);
}

function attend(
  operations: Operations,
  config: ModelConfig,
  variables: Variables,
  name: string,
  x: Tensor,
  batch: BatchTensors,
): Tensor {
  const layer = (threshold: string, weights: string, input: Tensor) =>
    linearOf(operations, config, variables, `${name}.${threshold}`, `${name}.${weights}`, input);
  let qkv = layer('attention', 'qkv', x);
  if (config.binaryScores) qkv = operations.signScores(qkv, variable(variables, `${name}.scores.scale`));
  const context = operations.attention(qkv, batch, config.heads);
  return layer('context', 'output', context);
}

function slfn(
  operations: Operations,
  config: ModelConfig,
  variables: Variables,
  name: string,
  x: Tensor,
): Tensor {
  if (config.twin) {
    const hidden = operations.linear(x, floatVariables(variables, `${name}.hidden`));
    return operations.floatSlfn(
      hidden,
      floatVariables(variables, `${name}.gate`),
      floatVariables(variables, `${name}.value`),
    );
  }
  const threshold = variable(variables, `${name}.slfn.threshold`);
  const hidden = operations.binaryLinear(x, threshold, binaryVariables(variables, `${name}.hidden`));
  if (config.ablation === 'plain-feed-forward') {
    return operations.binaryLinear(
      hidden,
      variable(variables, `${name}.hidden.threshold`),
      binaryVariables(variables, `${name}.feedForward`),
    );
  }
  return operations.binarySlfn(
    hidden,
    binaryVariables(variables, `${name}.gate`),
    binaryVariables(variables, `${name}.value`),
  );
}
