/**
 * CRC-32 as zlib computes it, by tables of half bytes, 64 bytes each instead of 1 KiB. Resident builds have two, so
 * that the halves of a byte don't wait for each other.
 */
import { fetchPiece, IS_FLASH, pieceBytes } from './source';

/** Remainders of the 16 half bytes, u32[16]: data in the flash build; elsewhere computed, which takes fewer bytes. */
const REMAINDERS: usize = IS_FLASH
  ? memory.data<u32>([
      0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
      0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    ])
  : memory.data(64, 4);
/** The same four bits later; not in the flash build. */
const LATER: usize = IS_FLASH ? 0 : memory.data(64, 4);

if (!IS_FLASH) {
  for (let half: u32 = 0; half < 16; half++) {
    const remainder = afterBits(half, 4);
    store<u32>(REMAINDERS + (half << 2), remainder);
    store<u32>(LATER + (half << 2), afterBits(remainder, 4));
  }
}

/** Bit by bit: the polynomial comes off where a 1 goes out. */
function afterBits(crc: u32, bits: i32): u32 {
  for (; bits > 0; bits--) crc = (crc >> 1) ^ (0xedb88320 & (0 - (crc & 1)));
  return crc;
}

function shift(crc: u32): u32 {
  return load<u32>(REMAINDERS + ((crc & 15) << 2)) ^ (crc >> 4);
}

/** The checksum of `bytes` bytes of the model at `from`, going on from that of what came before, 0 for nothing. */
export function checksum(from: usize, bytes: u32, before: u32 = 0): u32 {
  let crc = before;
  while (bytes > 0) {
    const piece = pieceBytes(bytes);
    crc = crc32(fetchPiece(from, piece), piece, crc);
    from += piece;
    bytes -= piece;
  }
  return crc;
}

/** The same of bytes in linear memory. */
export function crc32(from: usize, bytes: u32, before: u32): u32 {
  let crc = ~before;
  const end = from + bytes;
  for (; from < end; from++) {
    crc ^= load<u8>(from);
    if (IS_FLASH) {
      crc = shift(shift(crc));
    } else {
      const lower = load<u32>(LATER + ((crc & 15) << 2));
      crc = lower ^ load<u32>(REMAINDERS + (((crc >> 4) & 15) << 2)) ^ (crc >> 8);
    }
  }
  return ~crc;
}

/** The same of the four bytes of a word. */
export function crc32OfWord(word: u32, before: u32): u32 {
  let crc = ~before ^ word;
  for (let i = 0; i < 8; i++) crc = shift(crc);
  return ~crc;
}
