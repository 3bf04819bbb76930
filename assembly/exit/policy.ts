/**
 * The rule that decides after an exit whether to stop. Sources:
 *   entropy-fraction, entropy-plateau  BEExformer (arXiv 2412.05225): two readings of the "fractional
 *                                      reduction in entropy" that its abstract names without saying which
 *   entropy                            DeeBERT (Xin et al. 2020)
 *   confidence                         the largest probability, as in BranchyNet's successors
 *   patience                           PABEE (Zhou et al. 2020)
 *   fixed, full                        baselines: a set depth, every block
 * docs/arithmetic.md has each rule as a formula.
 */
import {
  POLICIES_DEFAULT,
  POLICIES_HEADER_BYTES,
  POLICY_ENTRY_BYTES,
  POLICY_KIND,
  POLICY_PARAMETER,
  POLICY_THRESHOLDS,
  PolicyKind,
} from '../format';
import { ln } from '../kernel/exponential';
import { entropiesPointer, probabilitiesPointer, thresholdsPointer } from '../model/arena';
import { blocks, classes, policiesPointer } from '../model/model';
import { copy, word } from '../model/source';

let kind: i32 = PolicyKind.Full;
let parameter: i32 = 0;

/** Takes the rule over; thresholds are read from the arena as they are then. */
export function setPolicy(newKind: i32, newParameter: i32): void {
  kind = newKind;
  parameter = newParameter;
}

/** Takes over the file's default policy, thresholds and all. */
export function setDefaultPolicy(): void {
  const section = policiesPointer();
  const entryBytes = POLICY_ENTRY_BYTES + 4 * blocks;
  const entry = section + POLICIES_HEADER_BYTES + word(section + POLICIES_DEFAULT) * entryBytes;
  copy(entry + POLICY_THRESHOLDS, 4 * blocks, thresholdsPointer);
  setPolicy(word(entry + POLICY_KIND), word(entry + POLICY_PARAMETER));
}

/**
 * Whether to stop after exit `exit`, counted from 1, whose answer is in the arena. `agreeing`: how many
 * exits directly before it gave its label.
 */
export function wantsToStop(exit: i32, agreeing: i32): bool {
  const at = (exit - 1) << 2;
  const threshold = load<f32>(thresholdsPointer + at);
  const entropy = load<f32>(entropiesPointer + at);
  switch (kind) {
    case PolicyKind.Fixed:
      return exit >= parameter;
    case PolicyKind.Entropy:
      return entropy < threshold;
    case PolicyKind.EntropyFraction:
      return removedFraction(entropy) >= threshold;
    case PolicyKind.EntropyPlateau:
      return exit >= 2 && reduction(load<f32>(entropiesPointer + at - 4), entropy) < threshold;
    case PolicyKind.Confidence:
      return largestProbability(exit) >= threshold;
    case PolicyKind.Patience:
      return agreeing >= parameter;
  }
  return false;
}

/** 1 - H / ln C: how much of the entropy before any evidence is gone. */
function removedFraction(entropy: f32): f32 {
  return classes == 1 ? 1 : <f32>1 - entropy / ln(<f32>classes);
}

/** What the last block took from the entropy, as a fraction of it; nothing is left to take from 0. */
function reduction(before: f32, entropy: f32): f32 {
  return before == 0 ? 0 : (before - entropy) / before;
}

function largestProbability(exit: i32): f32 {
  const probabilities = probabilitiesPointer + (((exit - 1) * classes) << 2);
  let largest: f32 = 0;
  for (let k = 0; k < classes; k++) {
    const probability = load<f32>(probabilities + (k << 2));
    if (probability > largest) largest = probability;
  }
  return largest;
}
