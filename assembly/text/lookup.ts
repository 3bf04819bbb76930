/**
 * The longest piece with which a key begins, found in the front-coded vocabulary itself: no index, no
 * memory beside it.
 *
 * A piece that begins the key sorts before it or with it, and so does every piece between the two. So:
 * find the last bucket whose head is not after the key and walk it while pieces are not after the key.
 * The last one met that begins the key is the longest. If none does, a piece that begins the key can
 * only be before this bucket, and then it begins the bucket's head too: cut the key to what it has in
 * common with the head, and look again. The key shortens each time.
 *
 * While walking, only the number of bytes that the last piece has in common with the key is kept
 * (`common`), no piece is ever decoded: one that shares more than that with the piece before it differs
 * from the key at the same byte, and one that shares less is compared from there.
 */
import {
  BUCKET_PIECES,
  VOCABULARY_BUCKETS,
  VOCABULARY_LONGEST,
  VOCABULARY_PIECES,
  VOCABULARY_STRING_BYTES,
} from '../format';
import { stage0Pointer, stagePointer } from '../model/arena';
import { fetch, IS_FLASH, word } from '../model/source';
import { bucketOffset, stringsPointer } from './vocabulary';

/** Bytes of the piece that `longestPiece` found. */
export let foundBytes: i32 = 0;

let buckets: i32 = 0;
let pieces: i32 = 0;
let vocabulary: usize = 0;
let strings: usize = 0;
let stringBytes: i32 = 0;
/** Bytes of the longest piece. */
let longest: i32 = 0;

/** Look-ups are in this checked vocabulary from here on. */
export function openLookup(pointer: usize): void {
  vocabulary = pointer;
  strings = stringsPointer(pointer);
  buckets = word(pointer + VOCABULARY_BUCKETS);
  pieces = word(pointer + VOCABULARY_PIECES);
  if (IS_FLASH) {
    stringBytes = word(pointer + VOCABULARY_STRING_BYTES);
    longest = word(pointer + VOCABULARY_LONGEST);
  }
}

/**
 * Rank of the longest piece of more than `least` bytes that begins the `length` bytes at `key`, or -1.
 * Sets foundBytes.
 */
export function longestPiece(key: usize, length: i32, least: i32): i32 {
  while (length > least) {
    const bucket = lastBucketUpTo(key, length);
    if (bucket < 0) return -1;
    const rank = longestInBucket(bucket, key, length, least);
    if (rank >= 0) return rank;
    const head = fetchHead(bucket);
    length = commonPrefix(head + 1, load<u8>(head), key, length);
  }
  return -1;
}

/** Last bucket whose head is not after the key; -1 when the key is before all. */
function lastBucketUpTo(key: usize, length: i32): i32 {
  let low = 0;
  let high = buckets;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isHeadAfter(fetchHead(middle), key, length)) high = middle;
    else low = middle + 1;
  }
  return low - 1;
}

/** Length and bytes of a bucket's head. */
function fetchHead(bucket: i32): usize {
  const offset = bucketOffset(vocabulary, bucket);
  return fetch(strings + offset, IS_FLASH ? min(1 + longest, stringBytes - offset) : 0, stage0Pointer);
}

/** All pieces of a bucket. */
function fetchBucket(bucket: i32): usize {
  const offset = bucketOffset(vocabulary, bucket);
  if (!IS_FLASH) return strings + offset;
  const end: i32 = bucket + 1 < buckets ? bucketOffset(vocabulary, bucket + 1) : stringBytes;
  return fetch(strings + offset, end - offset, stagePointer);
}

function isHeadAfter(head: usize, key: usize, length: i32): bool {
  const bytes: i32 = load<u8>(head);
  const common = commonPrefix(head + 1, bytes, key, length);
  if (common == bytes) return false;
  if (common == length) return true;
  return load<u8>(head + 1 + <usize>common) > load<u8>(key + <usize>common);
}

function commonPrefix(a: usize, aBytes: i32, b: usize, bBytes: i32): i32 {
  const most = min(aBytes, bBytes);
  let common = 0;
  while (common < most && load<u8>(a + <usize>common) == load<u8>(b + <usize>common)) common++;
  return common;
}

function longestInBucket(bucket: i32, key: usize, length: i32, least: i32): i32 {
  const first = bucket * BUCKET_PIECES;
  const end = min(first + BUCKET_PIECES, pieces);
  let at = fetchBucket(bucket);
  let common = 0;
  let found = -1;
  for (let rank = first; rank < end; rank++) {
    let suffix: i32 = load<u8>(at++);
    let shared = 0;
    if (rank > first) {
      shared = suffix >> 4;
      suffix &= 15;
      if (suffix == 0) suffix = load<u8>(at++);
    }
    if (shared <= common) {
      const matched = commonPrefix(at, suffix, key + <usize>shared, length - shared);
      common = shared + matched;
      if (matched == suffix) {
        if (common > least) {
          found = rank;
          foundBytes = common;
        }
      } else if (common == length || load<u8>(at + <usize>matched) > load<u8>(key + <usize>common)) {
        return found;
      }
    }
    at += <usize>suffix;
  }
  return found;
}
