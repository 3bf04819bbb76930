/** --policy as `beex` takes it: an operating point's name, `full`, `kind:number` or `kind:numbers`. */
import { Status } from '../abi';
import { policy, thresholdsPointer } from '../core';
import {
  POLICIES_COUNT,
  POLICIES_HEADER_BYTES,
  POLICY_ENTRY_BYTES,
  POLICY_KIND,
  POLICY_NAME_BYTES,
  POLICY_PARAMETER,
  POLICY_THRESHOLDS,
  PolicyKind,
} from '../format';
import { blocks, policiesPointer } from '../model/model';
import { decimal, decimalEnd, readDecimal } from './numbers';
import { write, writeBytes } from './streams';

const COLON: i32 = 0x3a;
const COMMA: i32 = 0x2c;
const SPACE: i32 = 0x20;

/** In the order of PolicyKind, a space behind each. */
const KINDS = 'full fixed entropy entropy-fraction entropy-plateau confidence patience ';

/** Sets the policy that the text names; whether there is one. */
export function choosePolicy(text: usize, length: i32): bool {
  const entry = findEntry(text, length);
  if (entry != 0) {
    memory.copy(thresholdsPointer(), entry + POLICY_THRESHOLDS, 4 * blocks);
    return policy(load<i32>(entry, POLICY_KIND), load<i32>(entry, POLICY_PARAMETER)) == Status.Ok;
  }
  let name = 0;
  while (name < length && <i32>load<u8>(text + <usize>name) != COLON) name++;
  const kind = kindOf(text, name);
  if (kind == PolicyKind.Full) return name == length && policy(kind, 0) == Status.Ok;
  return name < length && chooseRule(kind, text + <usize>(name + 1), text + <usize>length);
}

/** The model's operating points, for a message. */
export function writePolicies(): void {
  const count = load<i32>(policiesPointer(), POLICIES_COUNT);
  for (let i = 0; i < count; i++) {
    if (i > 0) write(', ');
    writeBytes(entryOf(i), nameLength(entryOf(i)));
  }
}

/** The operating point of this name, or 0. */
function findEntry(text: usize, length: i32): usize {
  const count = load<i32>(policiesPointer(), POLICIES_COUNT);
  for (let i = 0; i < count; i++) {
    const entry = entryOf(i);
    if (isName(entry, text, length)) return entry;
  }
  return 0;
}

function isName(entry: usize, text: usize, length: i32): bool {
  if (nameLength(entry) != length) return false;
  for (let i = 0; i < length; i++) {
    if (load<u8>(entry + <usize>i) != load<u8>(text + <usize>i)) return false;
  }
  return true;
}

function entryOf(index: i32): usize {
  return policiesPointer() + POLICIES_HEADER_BYTES + index * (POLICY_ENTRY_BYTES + 4 * blocks);
}

function nameLength(entry: usize): i32 {
  let length = 0;
  while (length < POLICY_NAME_BYTES && load<u8>(entry + <usize>length) != 0) length++;
  return length;
}

/** -1 when there is no such kind. */
function kindOf(text: usize, length: i32): i32 {
  let kind = 0;
  let start = 0;
  for (let end = 0; end < KINDS.length; end++) {
    if (KINDS.charCodeAt(end) != SPACE) continue;
    if (end - start == length && isSameFrom(text, length, start)) return kind;
    kind += 1;
    start = end + 1;
  }
  return -1;
}

function isSameFrom(text: usize, length: i32, start: i32): bool {
  for (let i = 0; i < length; i++) {
    if (<i32>load<u8>(text + <usize>i) != KINDS.charCodeAt(start + i)) return false;
  }
  return true;
}

function chooseRule(kind: i32, at: usize, end: usize): bool {
  if (kind < 0 || !readDecimal(at, end)) return false;
  if (kind == PolicyKind.Fixed || kind == PolicyKind.Patience) {
    const parameter = <i32>decimal;
    return decimalEnd == end && <f32>parameter == decimal && policy(kind, parameter) == Status.Ok;
  }
  return readThresholds(at, end) && policy(kind, 0) == Status.Ok;
}

/** One for all exits, or one for each, with commas between. */
function readThresholds(at: usize, end: usize): bool {
  const thresholds = thresholdsPointer();
  let count = 0;
  while (count < blocks && readDecimal(at, end)) {
    store<f32>(thresholds + ((<usize>count) << 2), decimal);
    count++;
    at = decimalEnd + 1;
    if (decimalEnd == end || <i32>load<u8>(decimalEnd) != COMMA) break;
  }
  if (count == 0 || decimalEnd != end) return false;
  if (count == 1) for (let i = 1; i < blocks; i++) store<f32>(thresholds + (i << 2), load<f32>(thresholds));
  return count == 1 || count == blocks;
}
