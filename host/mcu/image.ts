/**
 * A model as an image for a flash partition: whole blocks of 4 KiB, with a checksum that a boot loader or a
 * programmer can hold it against without knowing what it is.
 *
 *   | model file | 0xff ... | u32 CRC-32 of all before |
 *   ^ mapped, this is what beex_open takes; its length is the u32 at 8
 */
import { crc32 } from '../model-file/crc32.ts';
import { IMAGE_STEP } from './footprint.ts';

const ERASED = 0xff;
const CHECKSUM_BYTES = 4;

export function flashImage(file: Uint8Array): Uint8Array {
  const bytes = Math.ceil((file.length + CHECKSUM_BYTES) / IMAGE_STEP) * IMAGE_STEP;
  const image = new Uint8Array(bytes).fill(ERASED);
  image.set(file);
  const end = bytes - CHECKSUM_BYTES;
  new DataView(image.buffer).setUint32(end, crc32(image.subarray(0, end)), true);
  return image;
}
