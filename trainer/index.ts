/**
 * The trainer's public side. Needs @tensorflow/tfjs-core and -backend-wasm, which only those who train
 * install.
 *
 *   data/        from files to batches            layers/   the differentiable model, two implementations
 *   vocabulary/  learns wordpieces                backend/  chooses what to compute on; own kernels
 *   run.ts       a whole run in a folder          pack.ts   from latent weights to bits
 *
 * A run reads top to bottom in run.ts; everything else is called from there.
 */
export { BACKENDS, type Backend, type BackendName, chooseBackend } from './backend/index.ts';
export { type CalibratedPoint, calibrate, type Trace } from './calibrate.ts';
export { calibrateTarget, type Reached, type Target, type TargetResult } from './calibrate-target.ts';
export { CheckpointError, NoRunError } from './checkpoint.ts';
export {
  DataError,
  type Dataset,
  findTask,
  loadTables,
  loadTask,
  loadVectors,
  type MetricName,
  reviewSentences,
  TASKS,
  type TextRecord,
  type WordVectors,
} from './data/index.ts';
export { type Evaluation, type EvaluationRequest, type ExitEvaluation, evaluate } from './evaluate.ts';
export { packRun } from './pack-run.ts';
export { type RunEvents, type RunHooks, type RunResult, type TrainingData, train } from './run.ts';
export { DEFAULT_RECIPE, PRESETS, type PresetName, type Recipe, type Shape } from './settings.ts';
export { type LearnOptions, learnVocabulary, loadSplitter } from './vocabulary/index.ts';
