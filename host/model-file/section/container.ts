/**
 * Header and section table: from a list of sections to a file, and back, with every checksum checked.
 *
 *   | header 32 | table 16 x sections | section 0 |pad| section 1 |pad| ... | last section |pad|
 */
import { Status } from '../../../assembly/abi.ts';
import {
  ENTRY_BYTES,
  ENTRY_CHECKSUM,
  ENTRY_INDEX,
  ENTRY_KIND,
  ENTRY_LENGTH,
  ENTRY_OFFSET,
  HEADER_BYTES,
  HEADER_CHECKSUM,
  HEADER_FILE_BYTES,
  HEADER_MAGIC,
  HEADER_MAJOR,
  HEADER_MINOR,
  HEADER_SECTION_COUNT,
  LIMIT_BLOCKS,
  LIMIT_FILE_BYTES,
  MAGIC,
  SectionKind,
  VERSION_MAJOR,
  VERSION_MAJOR_RARE,
  VERSION_MINOR,
} from '../../../assembly/format.ts';
import { crc32 } from '../crc32.ts';
import { ModelFileError, ModelPartsError } from '../error.ts';
import { aligned, type SectionId, sectionName, sectionOrder } from '../layout.ts';

/** A section of a file that was read. */
export interface Section extends SectionId {
  name: string;
  /** From the start of the file. */
  offset: number;
  bytes: Uint8Array;
}

/** The longest file: five sections before the blocks, two a block, the rare rows, the card. */
const SECTIONS_MOST = sectionOrder(LIMIT_BLOCKS, true).length;

export function writeSections(sections: readonly (SectionId & { bytes: Uint8Array })[]): Uint8Array {
  const tableEnd = HEADER_BYTES + sections.length * ENTRY_BYTES;
  const fileBytes = sections.reduce((end, { bytes }) => end + aligned(bytes.length), tableEnd);
  if (fileBytes > LIMIT_FILE_BYTES) {
    throw new ModelPartsError(
      'dimensions',
      `make a file of ${fileBytes} bytes, more than ${LIMIT_FILE_BYTES}`,
    );
  }
  const file = new Uint8Array(fileBytes);
  const view = new DataView(file.buffer);
  let offset = tableEnd;
  sections.forEach(({ kind, index, bytes }, i) => {
    const entry = HEADER_BYTES + i * ENTRY_BYTES;
    view.setUint16(entry + ENTRY_KIND, kind, true);
    view.setUint16(entry + ENTRY_INDEX, index, true);
    view.setUint32(entry + ENTRY_OFFSET, offset, true);
    view.setUint32(entry + ENTRY_LENGTH, bytes.length, true);
    view.setUint32(entry + ENTRY_CHECKSUM, crc32(bytes), true);
    file.set(bytes, offset);
    offset += aligned(bytes.length);
  });
  view.setUint32(HEADER_MAGIC, MAGIC, true);
  view.setUint16(HEADER_MAJOR, majorOf(sections), true);
  view.setUint16(HEADER_MINOR, VERSION_MINOR, true);
  view.setUint32(HEADER_FILE_BYTES, fileBytes, true);
  view.setUint32(HEADER_SECTION_COUNT, sections.length, true);
  view.setUint32(HEADER_CHECKSUM, crc32(file.subarray(0, tableEnd)), true);
  return file;
}

/** The version that has these sections. */
function majorOf(sections: readonly SectionId[]): number {
  return sections.some(({ kind }) => kind === SectionKind.Rare) ? VERSION_MAJOR_RARE : VERSION_MAJOR;
}

/**
 * @param areSound whether the sections' checksums have been checked: by the core, which takes less time to
 * @throws ModelFileError
 */
export function readSections(file: Uint8Array, areSound = false): Section[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const count = readHeader(file, view);
  const tableEnd = HEADER_BYTES + count * ENTRY_BYTES;
  const sections: Section[] = [];
  let end = tableEnd;
  for (let i = 0; i < count; i++) {
    const entry = HEADER_BYTES + i * ENTRY_BYTES;
    const kind: SectionKind = view.getUint16(entry + ENTRY_KIND, true);
    const index = view.getUint16(entry + ENTRY_INDEX, true);
    const offset = view.getUint32(entry + ENTRY_OFFSET, true);
    const length = view.getUint32(entry + ENTRY_LENGTH, true);
    const name = sectionName({ kind, index });
    if (offset !== aligned(end)) {
      const problem = `${name} starts at ${offset} instead of ${aligned(end)}`;
      throw new ModelFileError(Status.BadSectionTable, 'table', entry, problem);
    }
    if (offset + length > file.length) {
      const problem = `${offset + length - file.length} of its ${length} bytes are missing`;
      throw new ModelFileError(Status.Truncated, name, offset, problem);
    }
    const bytes = file.subarray(offset, offset + length);
    if (!areSound && crc32(bytes) !== view.getUint32(entry + ENTRY_CHECKSUM, true)) {
      throw new ModelFileError(Status.Corrupt, name, offset, 'its checksum differs: bytes were changed');
    }
    checkPadding(file, end, offset, name);
    sections.push({ kind, index, name, offset, bytes });
    end = offset + length;
  }
  if (aligned(end) !== file.length) {
    const problem = `the last section ends at ${aligned(end)}, the file at ${file.length}`;
    throw new ModelFileError(Status.BadSectionTable, 'table', tableEnd - ENTRY_BYTES, problem);
  }
  checkPadding(file, end, file.length, 'padding');
  const major = view.getUint16(HEADER_MAJOR, true);
  if (major !== majorOf(sections)) {
    const problem = `version ${major} is not ${majorOf(sections)}, the one with these sections`;
    throw new ModelFileError(Status.BadSectionTable, 'header', HEADER_MAJOR, problem);
  }
  return sections;
}

/** The number of sections. */
function readHeader(file: Uint8Array, view: DataView): number {
  const fail = (code: Status, at: number, problem: string): never => {
    throw new ModelFileError(code, 'header', at, problem);
  };
  if (file.length < 4 || view.getUint32(HEADER_MAGIC, true) !== MAGIC) {
    fail(Status.NotAModel, HEADER_MAGIC, 'it does not begin with "BEEX": this is not a model file');
  }
  if (file.length < HEADER_BYTES) fail(Status.Truncated, 0, `only ${file.length} bytes are there`);
  const major = view.getUint16(HEADER_MAJOR, true);
  if (major !== VERSION_MAJOR && major !== VERSION_MAJOR_RARE) {
    const known = `${VERSION_MAJOR} or ${VERSION_MAJOR_RARE}, those known here`;
    fail(Status.UnknownVersion, HEADER_MAJOR, `version ${major} is not ${known}`);
  }
  const fileBytes = view.getUint32(HEADER_FILE_BYTES, true);
  if (fileBytes > LIMIT_FILE_BYTES) {
    fail(Status.OverLimit, HEADER_FILE_BYTES, `${fileBytes} bytes are more than ${LIMIT_FILE_BYTES}`);
  }
  const count = view.getUint32(HEADER_SECTION_COUNT, true);
  if (count === 0 || count > SECTIONS_MOST) {
    fail(Status.BadSectionTable, HEADER_SECTION_COUNT, `${count} sections are not 1 to ${SECTIONS_MOST}`);
  }
  const tableEnd = HEADER_BYTES + count * ENTRY_BYTES;
  if (file.length < tableEnd) fail(Status.Truncated, HEADER_BYTES, 'the section table is cut off');
  // Not `slice`: a Node buffer's is a view, not a copy.
  const covered = new Uint8Array(file.subarray(0, tableEnd));
  covered.fill(0, HEADER_CHECKSUM, HEADER_CHECKSUM + 4);
  if (crc32(covered) !== view.getUint32(HEADER_CHECKSUM, true)) {
    fail(Status.Corrupt, HEADER_CHECKSUM, 'the checksum of header and section table differs');
  }
  if (file.length < fileBytes) {
    fail(Status.Truncated, HEADER_FILE_BYTES, `${file.length} of ${fileBytes} bytes are there`);
  }
  if (file.length > fileBytes) {
    fail(Status.BadSectionTable, HEADER_FILE_BYTES, `${file.length - fileBytes} bytes follow the file's end`);
  }
  const reserved = file.subarray(HEADER_CHECKSUM + 4, HEADER_BYTES);
  if (reserved.some(Boolean)) fail(Status.BadSection, HEADER_CHECKSUM + 4, 'reserved bytes are not zero');
  return count;
}

function checkPadding(file: Uint8Array, from: number, to: number, name: string): void {
  const at = file.subarray(from, to).findIndex(Boolean);
  if (at < 0) return;
  throw new ModelFileError(Status.Corrupt, name, from + at, 'the padding before it is not zero');
}
