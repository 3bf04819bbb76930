/** What a classification says, read from a core that has run: the same in Node, page and worker. */
import type { Core } from './core.ts';

/** What one exit says. */
export interface ExitResult {
  /** Counted from 1. */
  exit: number;
  label: string;
  /** The label's number, from 0. */
  index: number;
  /** [C], of each label. */
  probabilities: number[];
  /** Entropy of the probabilities, in nats. */
  entropy: number;
}

export interface Classification {
  label: string;
  /** The label's number, from 0. */
  index: number;
  /** [C], of each label, at the exit taken. */
  probabilities: number[];
  /** The exit taken, counted from 1. */
  exit: number;
  /** Entropy in nats after each block that ran. */
  entropies: number[];
  /** Tokens of the input, after any cut. */
  tokens: number;
  /** Whether the input was longer than the model takes, so that its end was left out. */
  cut: boolean;
}

/** The answer at the last exit that the core computed. */
export function classification(core: Core, labels: readonly string[], tokens: number): Classification {
  const exit = core.exits();
  const index = core.label();
  return {
    label: labels[index],
    index,
    probabilities: core.probabilities(exit),
    exit,
    entropies: core.entropies(),
    tokens,
    cut: core.wasCut(),
  };
}

/** What exit `exit`, counted from 1, said. */
export function exitResult(core: Core, labels: readonly string[], exit: number): ExitResult {
  const logits = core.logits(exit);
  const index = logits.indexOf(Math.max(...logits));
  return {
    exit,
    label: labels[index],
    index,
    probabilities: core.probabilities(exit),
    entropy: core.entropies()[exit - 1],
  };
}
