/** What policies must fulfil; writer, reader and whoever takes a rule from a user ask here. */
import { POLICY_NAME_BYTES, PolicyKind } from '../../assembly/format.ts';
import type { OperatingPoint } from './parts.ts';

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
