/** The stages of a run, in order, and which of their steps are averaged. */
import type { Example } from './data/batches.ts';
import type { Recipe } from './settings.ts';
import type { Stage, StepReport } from './train-stage.ts';
import { AVERAGE_EVERY } from './weight-average.ts';

const TASK = 'task';

export function planStages(
  recipe: Recipe,
  examples: Example[],
  warmStart: Example[],
  classes: number,
): Stage[] {
  const stages: Stage[] = [];
  const { learningRate, dropout, tokenDropout } = recipe;
  if (warmStart.length > 0 && recipe.warmStartEpochs > 0) {
    stages.push({
      name: 'warm start',
      examples: [
        ...trusted(warmStart, recipe.ratingTrust, classes),
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

/** Labels that are a review's rating become soft; those that are soft already stay as they are. */
function trusted(examples: Example[], trust: number, classes: number): Example[] {
  if (trust === 1) return examples;
  const rest = (1 - trust) / (classes - 1);
  return examples.map((example) => {
    const shares = Array.from({ length: classes }, (_, c) => (c === example.label ? trust : rest));
    return { ...example, shares: example.shares ?? shares };
  });
}

/** Whether the weights after this step are one of those that are averaged at the stage's end. */
export function isAveraged(stage: Stage, { step, steps }: StepReport, { averageShare }: Recipe): boolean {
  if (stage.name !== TASK) return false;
  return step > (1 - averageShare) * steps && (steps - step) % AVERAGE_EVERY === 0;
}
