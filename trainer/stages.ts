/** The stages of a run, in order, and which of their steps are averaged. */
import type { Example } from './data/batches.ts';
import type { Recipe } from './settings.ts';
import type { Stage, StepReport } from './train-stage.ts';
import { AVERAGE_EVERY } from './weight-average.ts';

const TASK = 'task';

export function planStages(recipe: Recipe, examples: Example[], warmStart: Example[]): Stage[] {
  const stages: Stage[] = [];
  const { learningRate, dropout, tokenDropout } = recipe;
  if (warmStart.length > 0 && recipe.warmStartEpochs > 0) {
    stages.push({
      name: 'warm start',
      examples: [
        ...weighed(warmStart, recipe.reviewWeight),
        ...Array.from({ length: recipe.mixTask }, () => examples).flat(),
      ],
      epochs: recipe.warmStartEpochs,
      learningRate: recipe.warmStartRate,
      rates: { 'embedding.rows': recipe.rowRate },
      dropout: recipe.warmStartDropout,
      tokenDropout: recipe.warmStartTokenDropout,
    });
  }
  stages.push({
    name: TASK,
    examples,
    epochs: recipe.epochs,
    learningRate,
    rates: { 'embedding.rows': recipe.rowRate },
    dropout,
    tokenDropout,
  });
  if (recipe.settleEpochs > 0) {
    const held = {
      'embedding.rows': 0,
      'embedding.position': 0,
      'embedding.segment': 0,
      'embedding.projection': 0,
    };
    stages.push({
      name: 'settle',
      examples,
      epochs: recipe.settleEpochs,
      learningRate: recipe.settleRate,
      rates: held,
      dropout,
      tokenDropout,
    });
  }
  return stages;
}

/** What is labelled by a review's rating alone counts for less; soft labels stay as they are. */
function weighed(examples: Example[], weight: number): Example[] {
  if (weight === 1) return examples;
  return examples.map((example) => (example.shares ? example : { ...example, weight }));
}

/** Whether the weights after this step are one of those that are averaged at the stage's end. */
export function isAveraged(stage: Stage, { step, steps }: StepReport, { averageShare }: Recipe): boolean {
  if (stage.name !== TASK) return false;
  return step > (1 - averageShare) * steps && (steps - step) % AVERAGE_EVERY === 0;
}
