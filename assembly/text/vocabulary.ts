/**
 * The vocabulary as it lies in the file: pieces sorted by their bytes, front-coded in buckets of 16.
 *
 *   header   | u32 pieces | u32 buckets | u32 string bytes | u32 longest |
 *   offsets  | u32[buckets], from the start of the strings | gap to 16 |
 *   strings  | bucket 0 | bucket 1 | ...
 *   bucket   | u8 length | bytes | shared:4 suffix:4 | bytes | shared:4 suffix:4 | bytes | ...
 *              its head            each next: `shared` bytes of the one before, then these
 *
 * A suffix of 0 says that its length, 16 or more, is in the next byte. `shared` is as large as it can
 * be, 15 at most, so that every vocabulary has one encoding.
 */
import { Status } from '../abi';
import {
  BUCKET_PIECES,
  PIECE_BYTES_MOST,
  SECTION_ALIGNMENT,
  VOCABULARY_BUCKETS,
  VOCABULARY_HEADER_BYTES,
  VOCABULARY_LONGEST,
  VOCABULARY_PIECES,
  VOCABULARY_STRING_BYTES,
} from '../format';
import { byte, word } from '../model/source';

/** `shared` has four bits. */
const SHARED_MOST: i32 = 15;
/** So has the short form of a suffix's length. */
const SHORT_SUFFIX_MOST: i32 = 15;

/** The piece that was checked last. */
const PREVIOUS = memory.data(PIECE_BYTES_MOST);

let previousBytes: i32 = 0;
/** Where the check reads, and where the strings end. */
let at: usize = 0;
let end: usize = 0;

/**
 * Walks all of a Vocabulary section of `bytes` bytes that should hold `pieces` pieces, so that look-ups
 * need no checks afterwards; reads nothing outside. Status.Ok or Status.BadSection.
 */
export function checkVocabulary(pointer: usize, bytes: i32, pieces: i32): i32 {
  if (!checkSizes(pointer, bytes, pieces)) return Status.BadSection;
  const strings = stringsPointer(pointer);
  at = strings;
  end = pointer + <usize>bytes;
  previousBytes = 0;
  let longest = 0;
  for (let rank = 0; rank < pieces; rank++) {
    const inBucket = rank & (BUCKET_PIECES - 1);
    if (inBucket == 0 && <usize>bucketOffset(pointer, rank / BUCKET_PIECES) != at - strings)
      return Status.BadSection;
    if (!checkPiece(inBucket == 0)) return Status.BadSection;
    longest = max(longest, previousBytes);
  }
  const isRight = at == end && longest == <i32>word(pointer + VOCABULARY_LONGEST);
  return isRight ? Status.Ok : Status.BadSection;
}

/** Header against the section's length, in 64 bits so that no sum wraps; the gap is zero. */
function checkSizes(pointer: usize, bytes: i32, pieces: i32): bool {
  if (bytes < VOCABULARY_HEADER_BYTES || pieces < 0) return false;
  const buckets: u32 = word(pointer + VOCABULARY_BUCKETS);
  if (word(pointer + VOCABULARY_PIECES) != <u32>pieces) return false;
  if (buckets != (<u32>pieces + BUCKET_PIECES - 1) / BUCKET_PIECES) return false;
  const offsetBytes = (<u64>buckets * 4 + SECTION_ALIGNMENT - 1) & ~(<u64>(SECTION_ALIGNMENT - 1));
  const all = VOCABULARY_HEADER_BYTES + offsetBytes + word(pointer + VOCABULARY_STRING_BYTES);
  if (all != <u64>bytes) return false;
  let gap = pointer + VOCABULARY_HEADER_BYTES + ((<usize>buckets) << 2);
  for (const gapEnd = stringsPointer(pointer); gap < gapEnd; gap++) if (byte(gap) != 0) return false;
  return true;
}

/** Reads the piece at `at` into PREVIOUS; false when it leaves the strings or does not belong there. */
function checkPiece(isHead: bool): bool {
  if (at >= end) return false;
  let shared = 0;
  let suffix = byte(at++);
  if (!isHead) {
    shared = suffix >> 4;
    suffix &= 15;
    if (suffix == 0) {
      if (at >= end) return false;
      suffix = byte(at++);
      if (suffix <= SHORT_SUFFIX_MOST) return false;
    }
  }
  const length = shared + suffix;
  if (suffix == 0 || length > PIECE_BYTES_MOST) return false;
  if (shared > previousBytes || <usize>suffix > end - at) return false;
  if (!comesAfterPrevious(isHead, shared, suffix)) return false;
  for (let i = 0; i < suffix; i++) store<u8>(PREVIOUS + <usize>(shared + i), byte(at + <usize>i));
  at += suffix;
  previousBytes = length;
  return true;
}

/** Strictly ascending, and `shared` not smaller than it could be. */
function comesAfterPrevious(isHead: bool, shared: i32, suffix: i32): bool {
  let common = shared;
  const most = min(previousBytes, shared + suffix);
  while (common < most && <i32>load<u8>(PREVIOUS + <usize>common) == byte(at + <usize>(common - shared)))
    common++;
  if (!isHead && shared != min(common, SHARED_MOST)) return false;
  if (common == previousBytes) return common < shared + suffix;
  return common < most && <i32>load<u8>(PREVIOUS + <usize>common) < byte(at + <usize>(common - shared));
}

export function stringsPointer(vocabulary: usize): usize {
  const offsetBytes =
    (word(vocabulary + VOCABULARY_BUCKETS) * 4 + SECTION_ALIGNMENT - 1) & -SECTION_ALIGNMENT;
  return vocabulary + VOCABULARY_HEADER_BYTES + <usize>offsetBytes;
}

export function bucketOffset(vocabulary: usize, bucket: i32): u32 {
  return word(vocabulary + ((<usize>bucket) << 2) + VOCABULARY_HEADER_BYTES);
}
