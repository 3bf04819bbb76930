/** Whether to stop after the last of `answers`; exits are counted from 1. */
import { PolicyKind } from '../../assembly/format.ts';
import type { Answer } from './exit.ts';
import { f, largest, ln } from './single.ts';

export interface Rule {
  kind: PolicyKind;
  parameter: number;
  /** [L] */
  thresholds: ArrayLike<number>;
}

export function stops({ kind, parameter, thresholds }: Rule, answers: readonly Answer[]): boolean {
  const exit = answers.length;
  const { entropy, probabilities, label } = answers[exit - 1];
  const threshold = f(thresholds[exit - 1]);
  switch (kind) {
    case PolicyKind.Full:
      return false;
    case PolicyKind.Fixed:
      return exit >= parameter;
    case PolicyKind.Entropy:
      return entropy < threshold;
    case PolicyKind.EntropyFraction: {
      const prior = ln(probabilities.length);
      return (prior === 0 ? 1 : f(1 - f(entropy / prior))) >= threshold;
    }
    case PolicyKind.EntropyPlateau: {
      if (exit < 2) return false;
      const before = answers[exit - 2].entropy;
      return (before === 0 ? 0 : f(f(before - entropy) / before)) < threshold;
    }
    case PolicyKind.Confidence:
      return largest(probabilities) >= threshold;
    case PolicyKind.Patience: {
      const earlier = answers.slice(0, -1).slice(-parameter);
      return earlier.length === parameter && earlier.every((answer) => answer.label === label);
    }
  }
}
