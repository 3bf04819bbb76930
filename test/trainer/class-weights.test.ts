/** Class weights: what they are, and that a stage of training hands them to the loss. */
import { describe, expect, test } from 'vitest';
import { balancedWeights } from '../../trainer/class-weights.ts';
import type { Example } from '../../trainer/data/batches.ts';
import type { LossOptions } from '../../trainer/loss.ts';
import type { Model } from '../../trainer/model.ts';
import { trainStage } from '../../trainer/train-stage.ts';
import { TOY_RECIPE } from './toy.ts';

describe('balancedWeights', () => {
  test('every class weighs alike, and a text weighs 1 on average', () => {
    const labels = [0, 0, 0, 0, 0, 0, 1, 1, 2];
    const weights = balancedWeights(labels, 3);
    expect(weights).toEqual([0.5, 1.5, 3]);
    expect(labels.reduce((sum, label) => sum + weights[label], 0)).toBeCloseTo(9, 12);
  });

  test('equal classes all weigh 1, and so does one without texts', () => {
    expect(balancedWeights([0, 1, 1, 0], 2)).toEqual([1, 1]);
    expect(balancedWeights([0, 2, 2, 2], 3)).toEqual([2, 1, 2 / 3]);
    expect(balancedWeights([], 2)).toEqual([1, 1]);
  });
});

describe('a stage of training', () => {
  /** The class weights that the model is told at its first step. */
  async function told(classWeights: 'none' | 'balanced' | undefined) {
    const given: (readonly number[] | undefined)[] = [];
    const model = {
      config: { blocks: 2, classes: 2 },
      trainStep(_batch: unknown, { loss }: { loss: Partial<LossOptions> }) {
        given.push(loss.classWeights);
        return { loss: 1, correct: [1, 1] };
      },
    } as unknown as Model;
    const examples: Example[] = [1, 0, 0, 0].map((label) => ({ ids: [5, 6], segmentStart: 2, label }));
    const stage = {
      name: 'task',
      examples,
      epochs: 1,
      learningRate: 1e-3,
      rates: {},
      dropout: 0,
      tokenDropout: 0,
    };
    await trainStage(model, stage, { ...TOY_RECIPE, classWeights } as typeof TOY_RECIPE, 0, {});
    return given[0];
  }

  test('weighs by its own texts where the recipe says so', async () => {
    expect(await told('balanced')).toEqual([4 / 6, 2]);
  });

  test('weighs nothing by default, nor in a run from before there were weights', async () => {
    expect(TOY_RECIPE.classWeights).toBe('none');
    expect(await told('none')).toBeUndefined();
    expect(await told(undefined)).toBeUndefined();
  });
});
