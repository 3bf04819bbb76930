/** Damage to model files, with checksums that fit it, so that the checks behind them are reached. */
import {
  ENTRY_BYTES,
  ENTRY_CHECKSUM,
  ENTRY_LENGTH,
  ENTRY_OFFSET,
  HEADER_BYTES,
  HEADER_CHECKSUM,
  HEADER_SECTION_COUNT,
} from '../../assembly/format.ts';
import { crc32 } from '../../host/model-file/crc32.ts';

function viewOf(file: Uint8Array): DataView {
  return new DataView(file.buffer, file.byteOffset, file.byteLength);
}

/** Offsets of the entries of the section table. */
export function entriesOf(file: Uint8Array): number[] {
  const count = viewOf(file).getUint32(HEADER_SECTION_COUNT, true);
  return Array.from({ length: count }, (_, section) => HEADER_BYTES + section * ENTRY_BYTES);
}

/** First byte and length of a section. */
export function sectionOf(file: Uint8Array, section: number): { offset: number; length: number } {
  const at = entriesOf(file)[section];
  const view = viewOf(file);
  return { offset: view.getUint32(at + ENTRY_OFFSET, true), length: view.getUint32(at + ENTRY_LENGTH, true) };
}

/** A copy changed by `change`, with the checksums of sections, then of the header, made to fit again. */
export function damaged(file: Uint8Array, change: (view: DataView) => void): Uint8Array {
  const copy = file.slice();
  const view = viewOf(copy);
  change(view);
  const tableBytes = view.getUint32(HEADER_SECTION_COUNT, true) * ENTRY_BYTES;
  if (HEADER_BYTES + tableBytes > copy.length) return copy;
  for (const at of entriesOf(copy)) {
    const offset = view.getUint32(at + ENTRY_OFFSET, true);
    const bytes = copy.subarray(offset, offset + view.getUint32(at + ENTRY_LENGTH, true));
    view.setUint32(at + ENTRY_CHECKSUM, crc32(bytes), true);
  }
  view.setUint32(HEADER_CHECKSUM, 0, true);
  view.setUint32(HEADER_CHECKSUM, crc32(copy.subarray(0, HEADER_BYTES + tableBytes)), true);
  return copy;
}
