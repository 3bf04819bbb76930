/**
 * A training to be killed: the toy task in the folder that is named, with a checkpoint after every step. Prints
 * a line as soon as it steps.
 */

import { chooseBackend } from '../../trainer/backend/index.ts';
import { train } from '../../trainer/run.ts';
import { toyData } from '../trainer/toy.ts';
import { SURVIVOR_RECIPE, SURVIVOR_SHAPE } from './survivor.ts';

let hasBegun = false;
await train(process.argv[2], toyData(), SURVIVOR_SHAPE, SURVIVOR_RECIPE, {
  backend: await chooseBackend('wasm'),
  resume: true,
  checkpointEvery: 0,
  onStep: () => {
    if (!hasBegun) console.log('it steps');
    hasBegun = true;
  },
});
