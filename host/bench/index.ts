/** Measuring and counting: time per exit, operations per exit, the size of the float twin. */
export {
  clockResolution,
  type ExitTiming,
  type MeasureOptions,
  measure,
  type Quantiles,
  quantiles,
  type Timing,
} from './measure.ts';
export {
  type ExitOperations,
  type Operations,
  type OperationsSummary,
  operations,
  summarizeOperations,
} from './operations.ts';
export { textOfTokens } from './text.ts';
export { twinBytes, twinParameters } from './twin.ts';
