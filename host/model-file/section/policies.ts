/** The policies section: operating points, each a name, a rule and one threshold an exit. */
import { Status } from '../../../assembly/abi.ts';
import {
  POLICIES_COUNT,
  POLICIES_DEFAULT,
  POLICIES_HEADER_BYTES,
  POLICY_ENTRY_BYTES,
  POLICY_KIND,
  POLICY_NAME,
  POLICY_NAME_BYTES,
  POLICY_PARAMETER,
  POLICY_THRESHOLDS,
} from '../../../assembly/format.ts';
import { firstDuplicate } from '../check.ts';
import { policyProblem } from '../check-policy.ts';
import { ModelFileError, ModelPartsError } from '../error.ts';
import type { OperatingPoint } from '../parts.ts';
import type { Section } from './container.ts';
import { decodeText, encodeText } from './text.ts';

const RESERVED = 8;

/**
 * The default entry is the first, as `ModelParts` has it.
 * @throws ModelPartsError
 */
export function writePolicies(policies: readonly OperatingPoint[], blocks: number): Uint8Array {
  if (policies.length === 0) throw new ModelPartsError('policies', 'are empty: at least one is needed');
  const duplicate = firstDuplicate(policies.map(({ name }) => name));
  if (duplicate !== undefined) throw new ModelPartsError('policies', `hold "${duplicate}" twice`);
  const entryBytes = POLICY_ENTRY_BYTES + 4 * blocks;
  const section = new Uint8Array(POLICIES_HEADER_BYTES + policies.length * entryBytes);
  const view = new DataView(section.buffer);
  view.setUint32(POLICIES_COUNT, policies.length, true);
  view.setUint32(POLICIES_DEFAULT, 0, true);
  policies.forEach((policy, i) => {
    const problem = policyProblem(policy, blocks);
    if (problem) throw new ModelPartsError(`policies[${i}]`, problem);
    const entry = POLICIES_HEADER_BYTES + i * entryBytes;
    section.set(encodeText(`policies[${i}].name`, policy.name), entry + POLICY_NAME);
    view.setUint32(entry + POLICY_KIND, policy.kind, true);
    view.setUint32(entry + POLICY_PARAMETER, policy.parameter, true);
    policy.thresholds.forEach((threshold, exit) => {
      view.setFloat32(entry + POLICY_THRESHOLDS + 4 * exit, threshold, true);
    });
  });
  return section;
}

/**
 * The operating points with the file's default one first.
 * @throws ModelFileError
 */
export function readPolicies({ bytes, name, offset: start }: Section, blocks: number): OperatingPoint[] {
  const fail = (at: number, problem: string): never => {
    throw new ModelFileError(Status.BadSection, name, start + at, problem);
  };
  if (bytes.length < POLICIES_HEADER_BYTES) fail(0, `its length is ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(POLICIES_COUNT, true);
  const entryBytes = POLICY_ENTRY_BYTES + 4 * blocks;
  if (count === 0 || bytes.length !== POLICIES_HEADER_BYTES + count * entryBytes) {
    fail(0, `${count} policies of ${blocks} exits don't make its ${bytes.length} bytes`);
  }
  const defaultEntry = view.getUint32(POLICIES_DEFAULT, true);
  if (defaultEntry >= count) fail(POLICIES_DEFAULT, `its default entry is ${defaultEntry} of ${count}`);
  if (bytes.subarray(RESERVED, POLICIES_HEADER_BYTES).some(Boolean))
    fail(RESERVED, 'reserved bytes are not zero');
  const policies = Array.from({ length: count }, (_, i) => {
    const entry = POLICIES_HEADER_BYTES + i * entryBytes;
    const nameField = bytes.subarray(entry, entry + POLICY_NAME_BYTES);
    const nameBytes = nameField.indexOf(0) < 0 ? POLICY_NAME_BYTES : nameField.indexOf(0);
    if (nameField.subarray(nameBytes).some(Boolean)) fail(entry, `the name of policy ${i} holds a zero`);
    const policy: OperatingPoint = {
      name:
        decodeText(nameField.subarray(0, nameBytes)) ?? fail(entry, `the name of policy ${i} is not UTF-8`),
      kind: view.getUint32(entry + POLICY_KIND, true),
      parameter: view.getUint32(entry + POLICY_PARAMETER, true),
      thresholds: Float32Array.from({ length: blocks }, (_, exit) =>
        view.getFloat32(entry + POLICY_THRESHOLDS + 4 * exit, true),
      ),
    };
    const problem = policyProblem(policy, blocks);
    if (problem) fail(entry, `policy ${i} ${problem}`);
    return policy;
  });
  const duplicate = firstDuplicate(policies.map((policy) => policy.name));
  if (duplicate !== undefined) fail(0, `policy "${duplicate}" is there twice`);
  return [policies[defaultEntry], ...policies.filter((_, i) => i !== defaultEntry)];
}
