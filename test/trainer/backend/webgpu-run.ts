/** Run by webgpu.test.ts in a process that has a driver: a run in the folder given, stopped or resumed. */
import { chooseBackend } from '../../../trainer/backend/index.ts';
import { train } from '../../../trainer/run.ts';
import { TOY_RECIPE, toyData, toyRecords } from '../toy.ts';

const [folder, mode] = process.argv.slice(2);
const stop = new AbortController();
const data = toyData();
let steps = 0;
const { finished } = await train(
  folder,
  { dataset: { ...data.dataset, train: toyRecords(24, 1) }, calibration: toyRecords(8, 2) },
  { hidden: 64, slfn: 64, blocks: 1, heads: 4, tokens: 16 },
  { ...TOY_RECIPE, batchSize: 8, epochs: 1, settleEpochs: 0.4, averageShare: 0 },
  {
    backend: await chooseBackend('webgpu'),
    resume: mode === 'resume',
    signal: stop.signal,
    onStep: () => {
      steps++;
      if (mode === 'stop' && steps === 2) stop.abort();
    },
  },
);
process.stdout.write(JSON.stringify({ finished, steps }));
