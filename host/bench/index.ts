/**
 * Measuring and counting: time per exit, operations per exit, the size of the float twin. What needs Node or
 * other packages - compare.ts, pool.ts - is imported by itself.
 */
export { clockResolution } from './clock.ts';
export { exitTimes } from './exit-times.ts';
export { type GrowthPoint, measureGrowth } from './growth.ts';
export { type Interleaved, type InterleaveOptions, interleave, type Subject } from './interleave.ts';
export { type KernelTiming, measureKernels, SHAPES, type Shape, type ShapeTiming } from './kernels.ts';
export { type ExitTiming, type MeasureOptions, measure, type Timing } from './measure.ts';
export {
  type ExitOperations,
  type Operations,
  type OperationsSummary,
  operations,
  summarizeOperations,
} from './operations.ts';
export { type PartShare, profile } from './profile.ts';
export { randomModel } from './random-model.ts';
export { type Quantiles, quantiles, type Summary, summarize } from './statistics.ts';
export { textOfTokens } from './text.ts';
export {
  type ExitOverTexts,
  type Labelled,
  measureTexts,
  type PolicyOverTexts,
  type TextsTiming,
} from './texts.ts';
export { twinBytes, twinParameters } from './twin-size.ts';
