/** What dimensions, policies and labels must fulfil; the writer and the reader both ask here. */
import { Status } from '../../assembly/abi.ts';
import {
  DIMENSION_STEP,
  HEAD_STEP,
  LIMIT_BLOCKS,
  LIMIT_CLASSES,
  LIMIT_HIDDEN,
  LIMIT_SLFN,
  LIMIT_TOKENS,
  LIMIT_VOCABULARY,
  Normalizer,
  POLICY_NAME_BYTES,
  PolicyKind,
  SPECIAL_TOKENS,
} from '../../assembly/format.ts';
import type { Dimensions, OperatingPoint } from './parts.ts';

export interface Problem {
  /** A name in Dimensions, or `normalizer`. */
  field: keyof Dimensions | 'normalizer';
  code: Status.BadSection | Status.OverLimit;
  /** Reads on from the field's name. */
  problem: string;
}

type Range = [field: keyof Dimensions, least: number, most: number, step: number];

const TOKENIZER_RANGES: Range[] = [
  ['tokens', 1, LIMIT_TOKENS, 1],
  ['vocabulary', SPECIAL_TOKENS + 1, LIMIT_VOCABULARY, 1],
  ['segments', 1, 2, 1],
];

const NETWORK_RANGES: Range[] = [
  ['hidden', DIMENSION_STEP, LIMIT_HIDDEN, DIMENSION_STEP],
  ['slfn', DIMENSION_STEP, LIMIT_SLFN, DIMENSION_STEP],
  ['blocks', 1, LIMIT_BLOCKS, 1],
  ['heads', 1, LIMIT_HIDDEN / HEAD_STEP, 1],
  ['classes', 1, LIMIT_CLASSES, 1],
];

const NORMALIZERS = Normalizer.Lowercase | Normalizer.StripAccents;

/** The first thing that is wrong with a model's sizes; none when they are fine. */
export function dimensionProblem(dimensions: Dimensions, normalizer: number): Problem | undefined {
  for (const range of [...NETWORK_RANGES, ...TOKENIZER_RANGES]) {
    const problem = rangeProblem(dimensions, range);
    if (problem) return problem;
  }
  const { hidden, heads } = dimensions;
  if (hidden % (heads * HEAD_STEP) !== 0) {
    const problem = `is ${heads}, but ${hidden} / heads must be a multiple of ${HEAD_STEP}`;
    return { field: 'heads', code: Status.BadSection, problem };
  }
  return normalizerProblem(normalizer);
}

/** The same for a file that can only tokenize. */
export function tokenizerProblem(
  sizes: Pick<Dimensions, 'tokens' | 'vocabulary' | 'segments'>,
  normalizer: number,
): Problem | undefined {
  for (const range of TOKENIZER_RANGES) {
    const problem = rangeProblem(sizes, range);
    if (problem) return problem;
  }
  return normalizerProblem(normalizer);
}

function rangeProblem(sizes: Partial<Dimensions>, [field, least, most, step]: Range): Problem | undefined {
  const value = sizes[field];
  if (!Number.isInteger(value) || value! < least || value! % step !== 0) {
    const problem =
      step === 1
        ? `is ${value}, not a whole number from ${least} to ${most}`
        : `is ${value}, not a multiple of ${step} from ${least} to ${most}`;
    return { field, code: Status.BadSection, problem };
  }
  if (value! > most) return { field, code: Status.OverLimit, problem: `is ${value}, more than ${most}` };
  return undefined;
}

function normalizerProblem(normalizer: number): Problem | undefined {
  if ((normalizer | NORMALIZERS) === NORMALIZERS) return undefined;
  return { field: 'normalizer', code: Status.BadSection, problem: `is ${normalizer}, with unknown bits` };
}

/** What is wrong with one operating point, read on from its place; none when it is fine. */
export function policyProblem(policy: OperatingPoint, blocks: number): string | undefined {
  const { name, kind, parameter, thresholds } = policy;
  const bytes = new TextEncoder().encode(name).length;
  if (bytes === 0) return 'has an empty name';
  if (name.includes('\0')) return 'has a name with a zero in it';
  if (bytes > POLICY_NAME_BYTES) return `has a name of ${bytes} bytes, more than ${POLICY_NAME_BYTES}`;
  if (PolicyKind[kind] === undefined) return `is of the unknown kind ${kind}`;
  if (thresholds.length !== blocks) return `has ${thresholds.length} thresholds for ${blocks} exits`;
  if (thresholds.some(Number.isNaN)) return 'has a threshold that is not a number';
  return parameterProblem(kind, parameter, blocks);
}

/** What is wrong with the parameter of a policy; the other kinds have none, and store 0. */
export function parameterProblem(kind: PolicyKind, parameter: number, blocks: number): string | undefined {
  if (kind === PolicyKind.Fixed && !isWhole(parameter, 1, blocks)) {
    return `has depth ${parameter}, not a whole number from 1 to ${blocks}`;
  }
  if (kind === PolicyKind.Patience && !isWhole(parameter, 1, blocks)) {
    return `has patience ${parameter}, not a whole number from 1 to ${blocks}`;
  }
  const takesParameter = kind === PolicyKind.Fixed || kind === PolicyKind.Patience;
  if (!takesParameter && parameter !== 0) return `has parameter ${parameter}, but its kind takes none`;
  return undefined;
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

/** The first name that occurs twice. */
export function firstDuplicate(names: readonly string[]): string | undefined {
  return names.find((name, i) => names.indexOf(name) !== i);
}
