/** Checks of every section behind Config, once its bytes are all there. */
import { Status } from '../abi';
import {
  ENTRY_BYTES,
  ENTRY_CHECKSUM,
  ENTRY_KIND,
  HEADER_BYTES,
  HEADER_FILE_BYTES,
  HEADER_SECTION_COUNT,
  POLICIES_COUNT,
  POLICIES_DEFAULT,
  POLICIES_HEADER_BYTES,
  POLICY_ENTRY_BYTES,
  POLICY_KIND,
  POLICY_PARAMETER,
  PolicyKind,
  SectionKind,
} from '../format';
import { checkVocabulary } from '../text/vocabulary';
import { checkMap } from './check-map';
import { checksum } from './crc32';
import { fail } from './failure';
import { blockBytes, embeddingBytes, exitBytes, rareBytes } from './layout';
import {
  blocks,
  classes,
  filePointer,
  rareTokens,
  sectionBytes,
  sectionPointer,
  vocabularyPieces,
} from './model';
import { byte, half, isTrusted, word } from './source';

const LABELS_HEADER_BYTES: u32 = 4;
const LABEL_LENGTH_BYTES: u32 = 2;

/** Checksum and contents of one section of the model in model.ts; of a trusted file only what is quick. */
export function checkSection(section: i32): Status {
  let status = Status.Ok;
  if (!isTrusted()) status = checkChecksum(section);
  if (status != Status.Ok) return status;
  status = checkContents(section);
  return status == Status.Ok ? status : fail(status, section, <u32>(sectionPointer(section) - filePointer));
}

/** The bytes against the table's checksum; zeros before them, and behind the last section. */
export function checkChecksum(section: i32): Status {
  const from = sectionPointer(section);
  const end = from + sectionBytes(section);
  const expected = word(filePointer + HEADER_BYTES + section * ENTRY_BYTES + ENTRY_CHECKSUM);
  if (checksum(from, sectionBytes(section)) != expected)
    return fail(Status.Corrupt, section, <u32>(from - filePointer));
  const before = section > 0 ? sectionPointer(section - 1) + sectionBytes(section - 1) : from;
  const status = checkZeros(section, before, from);
  return status == Status.Ok && isLast(section) ? checkZeros(section, end, fileEnd()) : status;
}

function checkZeros(section: i32, from: usize, to: usize): Status {
  for (; from < to; from++) {
    if (byte(from) != 0) return fail(Status.Corrupt, section, <u32>(from - filePointer));
  }
  return Status.Ok;
}

/** How many bytes of the file must be there before the section can be checked. */
export function bytesNeeded(section: i32): u32 {
  const end = isLast(section) ? fileEnd() : sectionPointer(section) + sectionBytes(section);
  return <u32>(end - filePointer);
}

function isLast(section: i32): bool {
  return section == <i32>word(filePointer + HEADER_SECTION_COUNT) - 1;
}

function fileEnd(): usize {
  return filePointer + word(filePointer + HEADER_FILE_BYTES);
}

function checkContents(section: i32): Status {
  const pointer = sectionPointer(section);
  const bytes = sectionBytes(section);
  const entry = filePointer + HEADER_BYTES + section * ENTRY_BYTES;
  switch (<i32>half(entry + ENTRY_KIND)) {
    case SectionKind.Policies:
      return checkPolicies(pointer, bytes);
    case SectionKind.Labels:
      return checkLabels(pointer, bytes);
    case SectionKind.Vocabulary:
      return isTrusted() ? Status.Ok : checkVocabulary(pointer, bytes, vocabularyPieces);
    case SectionKind.Embedding:
      if (bytes != embeddingBytes) return Status.BadSection;
      return rareTokens > 0 && !isTrusted() ? checkMap(pointer) : Status.Ok;
    case SectionKind.Rare:
      return fits(bytes, rareBytes);
    case SectionKind.Block:
      return fits(bytes, blockBytes);
    case SectionKind.Exit:
      return fits(bytes, exitBytes);
  }
  return Status.Ok;
}

function fits(bytes: u32, expected: u32): Status {
  return bytes == expected ? Status.Ok : Status.BadSection;
}

function checkPolicies(pointer: usize, bytes: u32): Status {
  if (bytes < <u32>POLICIES_HEADER_BYTES) return Status.BadSection;
  const count = word(pointer + POLICIES_COUNT);
  const entryBytes = <u32>(POLICY_ENTRY_BYTES + 4 * blocks);
  if (word(pointer + POLICIES_DEFAULT) >= count) return Status.BadSection;
  if (<u64>count * entryBytes + POLICIES_HEADER_BYTES != bytes) return Status.BadSection;
  const end = pointer + bytes;
  for (let entry = pointer + POLICIES_HEADER_BYTES; entry < end; entry += entryBytes) {
    if (!isPolicy(word(entry + POLICY_KIND), word(entry + POLICY_PARAMETER))) return Status.BadSection;
  }
  return Status.Ok;
}

/** Whether the open model can be run by this policy. */
export function isPolicy(kind: i32, parameter: i32): bool {
  if (kind == PolicyKind.Fixed || kind == PolicyKind.Patience) return parameter >= 1 && parameter <= blocks;
  return kind >= PolicyKind.Full && kind <= PolicyKind.Patience && parameter == 0;
}

function checkLabels(pointer: usize, bytes: u32): Status {
  if (bytes < LABELS_HEADER_BYTES || word(pointer) != <u32>classes) return Status.BadSection;
  let left = bytes - LABELS_HEADER_BYTES;
  let at = pointer + LABELS_HEADER_BYTES;
  for (let label = 0; label < classes; label++) {
    if (left < LABEL_LENGTH_BYTES) return Status.BadSection;
    const labelBytes = LABEL_LENGTH_BYTES + half(at);
    if (left < labelBytes) return Status.BadSection;
    left -= labelBytes;
    at += labelBytes;
  }
  return left == 0 ? Status.Ok : Status.BadSection;
}
