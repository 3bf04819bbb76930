/** A model in training as a checkpoint's tensors, and back. */
import type { Checkpoint, Progress } from './checkpoint.ts';
import type { Model } from './model.ts';
import type { TensorEntry } from './safetensors.ts';
import type { WeightAverage } from './weight-average.ts';

export function checkpointOf(model: Model, progress: Progress, average: WeightAverage): Checkpoint {
  const shaped = (values: Record<string, Float32Array>): Map<string, TensorEntry> =>
    new Map(Object.entries(values).map(([name, array]) => [name, { shape: [array.length], values: array }]));
  const weights = new Map(
    Object.entries(model.export()).map(([name, values]): [string, TensorEntry] => [
      name,
      { shape: model.variables.get(name)?.shape ?? [values.length], values },
    ]),
  );
  return {
    progress: { ...progress },
    optimizerStep: model.steps,
    weights,
    moments: progress.finished ? new Map() : shaped(model.exportOptimizer()),
    averages: shaped(average.means),
    averaged: average.count,
  };
}

export function valuesOf(tensors: Map<string, TensorEntry>): Record<string, Float32Array> {
  return Object.fromEntries([...tensors].map(([name, { values }]) => [name, values]));
}
