/** One stage of training: steps over length-bucketed batches, resumable at any step. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DivergedError } from './checkpoint.ts';
import { balancedWeights } from './class-weights.ts';
import { batchCount, type Example, makeBatches } from './data/batches.ts';
import type { ModelConfig } from './layers/config.ts';
import type { Model } from './model.ts';
import { learningRateAt } from './optimizer.ts';
import type { Recipe } from './settings.ts';

export interface Stage {
  name: string;
  examples: readonly Example[];
  /** May be a fraction. */
  epochs: number;
  /** Peak of the schedule. */
  learningRate: number;
  /** Factors on the learning rate by variable name; 0 freezes. */
  rates: Record<string, number>;
  /** Share of activations, and of tokens, that are dropped. */
  dropout: number;
  tokenDropout: number;
}

export interface StepReport {
  stage: Stage;
  /** Steps of this stage done, and all that it has. */
  step: number;
  steps: number;
  /** Running means over about the last REPORT_SPAN steps. */
  loss: number;
  /** Share of texts that each exit labels rightly while training, dropout on. [L] */
  accuracy: number[];
}

export interface StageHooks {
  /** After each step. */
  onStep?: (report: StepReport) => void | Promise<void>;
  /** Stops after the step at hand. */
  signal?: AbortSignal | undefined;
}

const REPORT_SPAN = 100;
/** In nats; a loss that is larger, or no number, does not come back. */
const LOSS_MOST = 1000;

export function stageSteps(stage: Stage, batchSize: number): number {
  return Math.max(1, Math.round(stage.epochs * batchCount(stage.examples.length, batchSize)));
}

/**
 * Trains from step `from` to the stage's end. The same seed and the same step give the same batch and
 * the same dropout, so a run that was interrupted goes on as if nothing had happened.
 * @returns whether the end was reached; false when the signal stopped it
 */
export async function trainStage(
  model: Model,
  stage: Stage,
  recipe: Recipe,
  from: number,
  hooks: StageHooks,
): Promise<boolean> {
  const perEpoch = batchCount(stage.examples.length, recipe.batchSize);
  const steps = stageSteps(stage, recipe.batchSize);
  const loss = lossOptions(recipe, stage.examples, model.config);
  const mean = new RunningMean();
  let step = from;
  while (step < steps) {
    const epoch = Math.floor(step / perEpoch);
    const batches = makeBatches(stage.examples, {
      size: recipe.batchSize,
      seed: recipe.seed,
      epoch,
      from: step % perEpoch,
      tokenDropout: stage.tokenDropout,
    });
    for (const batch of batches) {
      const result = model.trainStep(batch, {
        learningRate: learningRateAt(step, steps, Math.ceil(recipe.warmUp * steps), stage.learningRate),
        weightDecay: recipe.weightDecay,
        clipNorm: recipe.clipNorm,
        rates: stage.rates,
        loss,
      });
      if (!(result.loss < LOSS_MOST)) {
        throw new DivergedError(`the loss became ${result.loss} at step ${step} of ${stage.name}`);
      }
      step++;
      mean.add([result.loss, ...result.correct.map((right) => right / batch.size)]);
      const [meanLoss, ...accuracy] = mean.values;
      await hooks.onStep?.({ stage, step, steps, loss: meanLoss, accuracy });
      // Lets signals and timers be heard between steps.
      await nextTurn();
      if (step >= steps) break;
      if (hooks.signal?.aborted) return false;
    }
  }
  return true;
}

function lossOptions(
  recipe: Recipe,
  examples: readonly Example[],
  { blocks, classes }: Pick<ModelConfig, 'blocks' | 'classes'>,
) {
  const labels = examples.map(({ label }) => label);
  return {
    lambda: recipe.lambda,
    kappa: recipe.kappa,
    tau: new Array<number>(blocks).fill(recipe.tau),
    labelSmoothing: recipe.labelSmoothing,
    ...(recipe.classWeights === 'balanced' ? { classWeights: balancedWeights(labels, classes) } : {}),
    distillation: recipe.distillation,
  };
}

/** Exponential mean that starts as a plain one, so that early values are not drawn to zero. */
class RunningMean {
  values: number[] = [];
  #count = 0;

  add(next: number[]): void {
    this.#count = Math.min(this.#count + 1, REPORT_SPAN);
    const share = 1 / this.#count;
    this.values = next.map((value, i) => (this.values[i] ?? 0) * (1 - share) + value * share);
  }
}
