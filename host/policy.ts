/**
 * Policies as a user writes them: the name of one of the model's operating points, or a rule of one's
 * own. What each rule means is in docs/arithmetic.md.
 */
import { PolicyKind } from '../assembly/format.ts';
import type { Rule } from './core.ts';
import { parameterProblem } from './model-file/check-policy.ts';
import type { OperatingPoint } from './model-file/parts.ts';

/** One number for all exits, or one for each. */
export type Thresholds = number | readonly number[];

export type PolicyRule =
  /** Runs every block. */
  | { kind: 'full' }
  /** Stops at this exit, counted from 1. */
  | { kind: 'fixed'; depth: number }
  /** Stops once the entropy, in nats, is below the threshold (DeeBERT). */
  | { kind: 'entropy'; thresholds: Thresholds }
  /** Stops once this fraction of the prior entropy ln C is gone. */
  | { kind: 'entropy-fraction'; thresholds: Thresholds }
  /** Stops once a block reduces the entropy by less than this fraction. */
  | { kind: 'entropy-plateau'; thresholds: Thresholds }
  /** Stops once the largest probability reaches the threshold. */
  | { kind: 'confidence'; thresholds: Thresholds }
  /** Stops once this many exits before this one agreed with it (PABEE). */
  | { kind: 'patience'; patience: number };

/** Name of an operating point, `'full'`, or a rule. */
export type Policy = string | PolicyRule;

const KINDS: Record<PolicyRule['kind'], PolicyKind> = {
  full: PolicyKind.Full,
  fixed: PolicyKind.Fixed,
  entropy: PolicyKind.Entropy,
  'entropy-fraction': PolicyKind.EntropyFraction,
  'entropy-plateau': PolicyKind.EntropyPlateau,
  confidence: PolicyKind.Confidence,
  patience: PolicyKind.Patience,
};

/** The names of the kinds of rules, in the order of PolicyKind. */
export const POLICY_KINDS = Object.keys(KINDS) as PolicyRule['kind'][];

/** A policy that the model does not have, or that is none. */
export class PolicyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PolicyError';
  }
}

/** The name of a kind, as in `PolicyRule`. */
export function policyKindName(kind: PolicyKind): PolicyRule['kind'] {
  return POLICY_KINDS.find((name) => KINDS[name] === kind)!;
}

/**
 * What the core is told.
 * @throws PolicyError
 */
export function resolvePolicy(policy: Policy, points: readonly OperatingPoint[], blocks: number): Rule {
  if (typeof policy !== 'string') return ruleOf(policy, blocks);
  const point = points.find(({ name }) => name === policy);
  if (point) return point;
  if (policy === 'full') return ruleOf({ kind: 'full' }, blocks);
  const names = points.map(({ name }) => name).join(', ');
  throw new PolicyError(`there is no policy "${policy}": this model has ${names}; full always works`);
}

function ruleOf(rule: PolicyRule, blocks: number): Rule {
  const kind = KINDS[rule.kind];
  if (kind === undefined) {
    throw new PolicyError(`there is no policy of kind "${rule.kind}": kinds are ${POLICY_KINDS.join(', ')}`);
  }
  const none = new Array<number>(blocks).fill(0);
  const withParameter = (parameter: number): Rule => {
    const problem = parameterProblem(kind, parameter, blocks);
    if (problem) throw new PolicyError(`policy ${rule.kind} ${problem}`);
    return { kind, parameter, thresholds: none };
  };
  switch (rule.kind) {
    case 'full':
      return withParameter(0);
    case 'fixed':
      return withParameter(rule.depth);
    case 'patience':
      return withParameter(rule.patience);
    default:
      return { kind, parameter: 0, thresholds: perExit(rule, blocks) };
  }
}

function perExit({ kind, thresholds }: { kind: string; thresholds: Thresholds }, blocks: number): number[] {
  const list =
    typeof thresholds === 'number' ? new Array<number>(blocks).fill(thresholds) : [...(thresholds ?? [])];
  if (list.length !== blocks) {
    throw new PolicyError(`policy ${kind} has ${list.length} thresholds, but the model has ${blocks} exits`);
  }
  if (list.some((threshold) => typeof threshold !== 'number' || Number.isNaN(threshold))) {
    throw new PolicyError(`policy ${kind} has a threshold that is not a number`);
  }
  return list;
}
