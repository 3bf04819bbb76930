/** The small run that is killed, starved and confused: seconds long, with every stage that a run can have. */
import type { Recipe, Shape } from '../../trainer/settings.ts';
import { TOY_RECIPE, TOY_SHAPE } from '../trainer/toy.ts';

export const SURVIVOR_SHAPE: Shape = { ...TOY_SHAPE, blocks: 1 };
export const SURVIVOR_RECIPE: Recipe = { ...TOY_RECIPE, epochs: 4 };
