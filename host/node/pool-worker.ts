/** What a worker of the pool runs: a classifier of its own, and batches of inputs that come and go in order. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Kernel } from '../../assembly/abi.ts';
import { type Classification, Classifier } from '../classifier.ts';
import type { Input } from '../core.ts';
import type { Policy } from '../policy.ts';

/** What a worker is started with. The module is compiled code, shared with the thread that started it. */
export interface WorkerSetup {
  module: WebAssembly.Module;
  file: Uint8Array;
  build: string;
  kernel: Kernel;
}

export interface Batch {
  id: number;
  inputs: Input[];
  policy: Policy;
}

export interface Answers {
  id: number;
  results: Classification[];
  /** Why the input behind the last result could not be classified. */
  error?: Error;
}

const { module, file, build, kernel } = workerData as WorkerSetup;
const model = Classifier.open(module, file, build);
model.core.chooseKernel(kernel);

parentPort!.on('message', ({ id, inputs, policy }: Batch) => {
  const answers: Answers = { id, results: [] };
  try {
    for (const input of inputs) answers.results.push(model.classify(input, { policy }));
  } catch (error) {
    answers.error = error as Error;
  }
  parentPort!.postMessage(answers);
});
