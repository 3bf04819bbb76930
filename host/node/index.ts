/**
 * The host for Node, which is the package's main entry.
 *
 *   import { load } from 'beexformer';
 *   const model = await load('sst2');
 *   model.classify('a film to fall in love with').label;
 */
export {
  type Classification,
  Classifier,
  type ClassifyOptions,
  type DetailedClassification,
  type ExitResult,
  type ModelInfo,
} from '../classifier.ts';
export { CoreError, type Input, type Text, type Tokens } from '../core.ts';
export { ModelFileError } from '../model-file/error.ts';
export type { Card, Dimensions, OperatingPoint } from '../model-file/parts.ts';
export { POLICY_KINDS, type Policy, PolicyError, type PolicyRule, type Thresholds } from '../policy.ts';
export { Tokenizer } from '../tokenizer.ts';
export { type LoadOptions, load, loadTokenizer } from './load.ts';
export { modelNames, NoSuchModelError } from './models.ts';
export { BUILDS, type Build } from './modules.ts';
export { createPool, type Pool, type PoolOptions } from './pool.ts';
