/**
 * Checks of the header and of the section table: that the file is one, that this core reads it, and
 * that every section is there, in order, and inside. docs/model-file.md draws both.
 */
import { Status } from '../abi';
import {
  ENTRY_BYTES,
  ENTRY_INDEX,
  ENTRY_KIND,
  ENTRY_LENGTH,
  ENTRY_OFFSET,
  HEADER_BYTES,
  HEADER_CHECKSUM,
  HEADER_FILE_BYTES,
  HEADER_MAGIC,
  HEADER_MAJOR,
  HEADER_SECTION_COUNT,
  LIMIT_BLOCKS,
  LIMIT_FILE_BYTES,
  MAGIC,
  SECTION_ALIGNMENT,
  SectionKind,
  VERSION_MAJOR,
  VERSION_MAJOR_RARE,
} from '../format';
import { crc32OfWord } from './crc32';
import { fail } from './failure';
import { half, word } from './source';

/** Sections of a file that only tokenizes: Config and Vocabulary. */
export const VOCABULARY_FILE_SECTIONS: i32 = 2;
/** Sections before the first block: Config, Policies, Labels, Vocabulary, Embedding. */
export const FRONT_SECTIONS: i32 = 5;
/** Those and the Card. */
const FIXED_SECTIONS: i32 = 6;
/** Place of the Rare section, behind exit 1, in a file that has one. */
export const RARE_SECTION: i32 = FRONT_SECTIONS + 2;

/** Whether a file with this many sections has a Rare section: all the others come in pairs. */
export function hasRare(sections: i32): bool {
  return (sections & 1) == 1;
}

/** Blocks of a file with this many sections; 0 in one that only tokenizes. */
export function blocksOfSections(sections: i32): i32 {
  return sections == VOCABULARY_FILE_SECTIONS ? 0 : (sections - FIXED_SECTIONS) / 2;
}

/**
 * Checks header and table of the file at `file`, of which `arrived` bytes are there and `reserved` bytes
 * will be at most.
 */
export function checkTable(file: usize, arrived: u32, reserved: u32): Status {
  const status = checkHeader(file, arrived, reserved);
  if (status != Status.Ok) return status;
  const sections = <i32>word(file + HEADER_SECTION_COUNT);
  let end = <u32>(HEADER_BYTES + sections * ENTRY_BYTES);
  const fileBytes = word(file + HEADER_FILE_BYTES);
  for (let section = 0; section < sections; section++) {
    const at = HEADER_BYTES + section * ENTRY_BYTES;
    const entry = file + at;
    const place = word(entry + ENTRY_OFFSET);
    const length = word(entry + ENTRY_LENGTH);
    const isExpected = word(entry + ENTRY_KIND) == expectedId(section, sections);
    // `place` is inside, so the difference below is not negative.
    if (!isExpected || place != align(end) || place > fileBytes || length > fileBytes - place)
      return fail(Status.BadSectionTable, section, at);
    end = place + length;
  }
  if (align(end) != fileBytes) return fail(Status.BadSectionTable, -1, HEADER_FILE_BYTES);
  return Status.Ok;
}

function checkHeader(file: usize, arrived: u32, reserved: u32): Status {
  if (arrived < <u32>HEADER_BYTES) return fail(Status.Truncated, -1, arrived);
  if (word(file + HEADER_MAGIC) != MAGIC) return fail(Status.NotAModel, -1, HEADER_MAGIC);
  const major = half(file + HEADER_MAJOR);
  if (major != VERSION_MAJOR && major != VERSION_MAJOR_RARE)
    return fail(Status.UnknownVersion, -1, HEADER_MAJOR);
  const sections = word(file + HEADER_SECTION_COUNT);
  if (sections > <u32>(FIXED_SECTIONS + 2 * LIMIT_BLOCKS + 1))
    return fail(Status.OverLimit, -1, HEADER_SECTION_COUNT);
  const tableEnd: u32 = HEADER_BYTES + sections * ENTRY_BYTES;
  if (arrived < tableEnd) return fail(Status.Truncated, -1, arrived);
  if (headerChecksum(file, tableEnd) != word(file + HEADER_CHECKSUM))
    return fail(Status.Corrupt, -1, HEADER_CHECKSUM);

  const isPossible = sections == VOCABULARY_FILE_SECTIONS || sections >= <u32>(FIXED_SECTIONS + 2);
  if (!isPossible || hasRare(sections) != (major == VERSION_MAJOR_RARE))
    return fail(Status.BadSectionTable, -1, HEADER_SECTION_COUNT);
  const fileBytes = word(file + HEADER_FILE_BYTES);
  if (fileBytes > <u32>LIMIT_FILE_BYTES) return fail(Status.OverLimit, -1, HEADER_FILE_BYTES);
  if (fileBytes > reserved) return fail(Status.Truncated, -1, reserved);
  return Status.Ok;
}

/** CRC-32 of header and table with the field of the checksum itself as zero. */
function headerChecksum(file: usize, tableEnd: u32): u32 {
  let crc: u32 = 0;
  for (let at: u32 = 0; at < tableEnd; at += 4) {
    crc = crc32OfWord(at == HEADER_CHECKSUM ? 0 : word(file + at), crc);
  }
  return crc;
}

/** Kind and index of a section, as the first four bytes of its entry hold them. */
function expectedId(section: i32, sections: i32): u32 {
  if (sections == VOCABULARY_FILE_SECTIONS) return section == 0 ? SectionKind.Config : SectionKind.Vocabulary;
  // Config to Embedding are numbered from 1 in the order of the file.
  if (section < FRONT_SECTIONS) return section + 1;
  if (section == sections - 1) return SectionKind.Card;
  if (section == RARE_SECTION && hasRare(sections)) return SectionKind.Rare;
  const place = paired(section, sections);
  return ((place & 1) == 0 ? SectionKind.Block : SectionKind.Exit) | ((place >> 1) << (8 * ENTRY_INDEX));
}

/** Blocks and exits among the first `section` sections, of which there are at least FRONT_SECTIONS. */
export function paired(section: i32, sections: i32): i32 {
  return section - FRONT_SECTIONS - i32(section > RARE_SECTION && hasRare(sections));
}

function align(offset: u32): u32 {
  return (offset + SECTION_ALIGNMENT - 1) & -SECTION_ALIGNMENT;
}
