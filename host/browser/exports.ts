/** What both entries of the browser host export besides `load`. */
export { CoreError, type Input, type Text, type Tokens } from '../core.ts';
export { ModelFileError } from '../model-file/error.ts';
export type { Card, Dimensions, OperatingPoint } from '../model-file/parts.ts';
export { POLICY_KINDS, type Policy, PolicyError, type PolicyRule, type Thresholds } from '../policy.ts';
export type { Classification, ExitResult } from '../results.ts';
export type { Progress } from './arrival.ts';
export type { Build, CoreSource, Cores } from './cores.ts';
export type { LoadOptions } from './load.ts';
export {
  type AsyncModel,
  type ClassifyOptions,
  Model,
  type ModelInfo,
  type StreamedClassification,
} from './model.ts';
export type { ModelSource } from './source.ts';
