/** Trains a variant in memory, to the signed rows that it would ship with; nothing is packed. */
import type { Backend } from '../backend/index.ts';
import { rowsAlike, rowsFromVectors } from '../initial-rows.ts';
import { createModel, type Model, type ModelConfig } from '../model.ts';
import { withPackedEmbedding } from '../pack.ts';
import { DEFAULT_RECIPE, type Recipe, type Shape } from '../settings.ts';
import { planStages } from '../stages.ts';
import { trainStage } from '../train-stage.ts';
import type { AblationData } from './data.ts';
import type { Variant } from './variants.ts';

/** One pass over the texts; the plain mean over exits, and rows that are signed once, at the end. */
const RECIPE: Recipe = { ...DEFAULT_RECIPE, epochs: 1, settleEpochs: 0, lambda: 1 };

/** The caller disposes the model. */
export async function trainVariant(
  backend: Backend,
  data: AblationData,
  shape: Shape,
  variant: Variant,
  seed: number,
): Promise<Model> {
  const recipe: Recipe = { ...RECIPE, ...variant.recipe, seed };
  const { pieces, vectors, classes, segments, vocabulary } = data;
  const first = vectors
    ? rowsFromVectors(pieces, vectors, seed, recipe.rowNoise)
    : rowsAlike(pieces, shape.hidden, seed, recipe.rowNoise);
  const { dropout } = recipe;
  const config: ModelConfig = {
    ...shape,
    classes,
    vocabulary,
    segments,
    rowWidth: first.width,
    twin: false,
    dropout: { embedding: dropout, block: dropout, exit: dropout },
    ...variant.config,
  };
  const signed = (from: Model): Model => {
    const to = createModel(backend, { ...config, rowWidth: shape.hidden }, seed);
    to.import(withPackedEmbedding(from.export(), shape));
    from.dispose();
    return to;
  };
  let model = createModel(backend, config, seed);
  model.import({ 'embedding.rows': first.rows });
  if (variant.signedFirst) model = signed(model);
  const frozen = variant.signedFirst ? 'embedding.rows' : variant.frozen;
  const held = [...model.variables.keys()].filter((name) => frozen !== undefined && name.endsWith(frozen));
  for (const stage of planStages(recipe, data.train, [])) {
    const rates = { ...stage.rates, ...Object.fromEntries(held.map((name) => [name, 0])) };
    await trainStage(model, { ...stage, rates }, recipe, 0, {});
  }
  return config.twin ? model : signed(model);
}
