/** CRC-32 as zlib computes it, four bits at a time: its table is 64 bytes instead of 1 KiB. */
import { fetchPiece, pieceBytes } from './source';

/** Remainders of the 16 half bytes, polynomial 0xedb88320. */
const REMAINDERS: usize = memory.data<u32>([
  0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c, 0xedb88320,
  0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
]);

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
    crc = load<u32>(REMAINDERS + ((crc & 15) << 2)) ^ (crc >> 4);
    crc = load<u32>(REMAINDERS + ((crc & 15) << 2)) ^ (crc >> 4);
  }
  return ~crc;
}

/** The same of the four bytes of a word. */
export function crc32OfWord(word: u32, before: u32): u32 {
  let crc = ~before ^ word;
  for (let i = 0; i < 8; i++) crc = load<u32>(REMAINDERS + ((crc & 15) << 2)) ^ (crc >> 4);
  return ~crc;
}
