/**
 * A model's labels, policies and card, from sections that the core has checked: short, where the reader of
 * host/model-file says what is wrong with a file byte by byte.
 */
import {
  POLICIES_COUNT,
  POLICIES_DEFAULT,
  POLICIES_HEADER_BYTES,
  POLICY_ENTRY_BYTES,
  POLICY_KIND,
  POLICY_NAME_BYTES,
  POLICY_PARAMETER,
  POLICY_THRESHOLDS,
  SectionKind,
} from '../../assembly/format.ts';
import type { Core } from '../core.ts';
import type { Card, OperatingPoint } from '../model-file/parts.ts';

const decoder = new TextDecoder();

/** The operating points with the file's default one first. */
export function policiesOf(core: Core, blocks: number): OperatingPoint[] {
  const { bytes } = core.section(SectionKind.Policies);
  const view = new DataView(bytes.buffer);
  const entryBytes = POLICY_ENTRY_BYTES + 4 * blocks;
  const policies = Array.from({ length: view.getUint32(POLICIES_COUNT, true) }, (_, i) => {
    const entry = POLICIES_HEADER_BYTES + i * entryBytes;
    return {
      name: decoder.decode(bytes.subarray(entry, entry + POLICY_NAME_BYTES)).replace(/\0+$/, ''),
      kind: view.getUint32(entry + POLICY_KIND, true),
      parameter: view.getUint32(entry + POLICY_PARAMETER, true),
      thresholds: Float32Array.from({ length: blocks }, (_, exit) =>
        view.getFloat32(entry + POLICY_THRESHOLDS + 4 * exit, true),
      ),
    };
  });
  return [...policies.splice(view.getUint32(POLICIES_DEFAULT, true), 1), ...policies];
}

/** [C] */
export function labelsOf(core: Core, classes: number): string[] {
  const { bytes } = core.section(SectionKind.Labels);
  const view = new DataView(bytes.buffer);
  let end = 4;
  return Array.from({ length: classes }, () => {
    const start = end + 2;
    end = start + view.getUint16(end, true);
    return decoder.decode(bytes.subarray(start, end));
  });
}

/** @throws SyntaxError when it is not JSON */
export function cardOf(core: Core): Card {
  return JSON.parse(decoder.decode(core.section(SectionKind.Card).bytes));
}
