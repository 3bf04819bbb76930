/** What dimensions and labels must fulfil; the writer and the reader both ask here. */
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
  SPECIAL_TOKENS,
} from '../../assembly/format.ts';
import type { Dimensions } from './parts.ts';

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

/** What every block of a model has or has not. */
const FLAGS = ['recurrence', 'binaryScores'] as const;
type Flag = (typeof FLAGS)[number];

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
  return flagProblem(dimensions, 1) ?? normalizerProblem(normalizer);
}

/** The same for a file that can only tokenize. */
export function tokenizerProblem(
  sizes: Pick<Dimensions, 'tokens' | 'vocabulary' | 'segments' | Flag>,
  normalizer: number,
): Problem | undefined {
  for (const range of TOKENIZER_RANGES) {
    const problem = rangeProblem(sizes, range);
    if (problem) return problem;
  }
  return flagProblem(sizes, 0) ?? normalizerProblem(normalizer);
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

/** `most` is 0 where there are no blocks to have what a flag says. */
function flagProblem(sizes: Pick<Dimensions, Flag>, most: 0 | 1): Problem | undefined {
  const field = FLAGS.find((flag) => (sizes[flag] ?? 0) !== 0 && sizes[flag] !== most);
  if (!field) return undefined;
  const value = sizes[field];
  const problem = most === 1 ? `is ${value}, not 0 or 1` : `is ${value}, but the file has no blocks`;
  return { field, code: Status.BadSection, problem };
}

function normalizerProblem(normalizer: number): Problem | undefined {
  if ((normalizer | NORMALIZERS) === NORMALIZERS) return undefined;
  return { field: 'normalizer', code: Status.BadSection, problem: `is ${normalizer}, with unknown bits` };
}

/** The first name that occurs twice. */
export function firstDuplicate(names: readonly string[]): string | undefined {
  return names.find((name, i) => names.indexOf(name) !== i);
}
