/**
 * The vocabulary's pieces, sorted by their bytes and front-coded in buckets of 16.
 *
 *   bucket   | u8 length | bytes |  shared:4 suffix:4 | bytes |  shared:4 suffix:4 | bytes | ...
 *              first piece          each next: `shared` bytes of the piece before it, then these
 *
 * `shared` sits in the high half of its byte and is at most 15. A suffix of 16 bytes or more has 0 in
 * the low half, and its length in a byte of its own behind it.
 */
import { BUCKET_PIECES, PIECE_BYTES_MOST } from '../../assembly/format.ts';

const SHARED_MOST = 15;
const SHORT_SUFFIX_MOST = 15;
const encoder = new TextEncoder();
// A byte order mark is a character like another here: it must survive.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export interface FrontCoded {
  /** Where each bucket starts in `strings`. */
  bucketOffsets: Uint32Array;
  strings: Uint8Array;
  /** Bytes of the longest piece. */
  longest: number;
}

/** Order of two pieces by unsigned bytes of UTF-8, which is the order of their code points. */
export function comparePieces(a: string, b: string): number {
  const left = encoder.encode(a);
  const right = encoder.encode(b);
  const shared = sharedPrefix(left, right);
  return (left[shared] ?? -1) - (right[shared] ?? -1);
}

/** A copy of `pieces` in the order that the file wants. */
export function sortPieces(pieces: Iterable<string>): string[] {
  // Code-point order and UTF-16 order differ only from U+D800 on, so encoding is seldom needed.
  return [...pieces].sort((a, b) =>
    isPlain(a) && isPlain(b) ? (a < b ? -1 : +(a > b)) : comparePieces(a, b),
  );
}

function isPlain(piece: string): boolean {
  for (let i = 0; i < piece.length; i++) if (piece.charCodeAt(i) >= 0xd800) return false;
  return true;
}

function sharedPrefix(a: Uint8Array, b: Uint8Array): number {
  const most = Math.min(a.length, b.length);
  let shared = 0;
  while (shared < most && a[shared] === b[shared]) shared++;
  return shared;
}

/**
 * Front-codes pieces, which must be sorted, unique, and of 1 to 64 bytes of well-formed UTF-8.
 * @throws RangeError that names the piece
 */
export function encodePieces(pieces: readonly string[]): FrontCoded {
  const bucketOffsets = new Uint32Array(Math.ceil(pieces.length / BUCKET_PIECES));
  const strings: number[] = [];
  let longest = 0;
  let previous = new Uint8Array(0);
  pieces.forEach((piece, rank) => {
    const bytes = encoder.encode(piece);
    checkPiece(pieces, rank, bytes, previous);
    longest = Math.max(longest, bytes.length);
    if (rank % BUCKET_PIECES === 0) {
      bucketOffsets[rank / BUCKET_PIECES] = strings.length;
      strings.push(bytes.length, ...bytes);
    } else {
      const shared = Math.min(SHARED_MOST, sharedPrefix(previous, bytes));
      const suffix = bytes.subarray(shared);
      if (suffix.length <= SHORT_SUFFIX_MOST) strings.push((shared << 4) | suffix.length, ...suffix);
      else strings.push(shared << 4, suffix.length, ...suffix);
    }
    previous = bytes;
  });
  return { bucketOffsets, strings: Uint8Array.from(strings), longest };
}

function checkPiece(pieces: readonly string[], rank: number, bytes: Uint8Array, previous: Uint8Array): void {
  const which = `piece ${rank} (${JSON.stringify(pieces[rank])})`;
  if (bytes.length === 0) throw new RangeError(`piece ${rank} is empty`);
  if (bytes.length > PIECE_BYTES_MOST) {
    throw new RangeError(`${which} has ${bytes.length} bytes, more than ${PIECE_BYTES_MOST}`);
  }
  if (decoder.decode(bytes) !== pieces[rank]) throw new RangeError(`${which} holds half of a surrogate pair`);
  const shared = sharedPrefix(previous, bytes);
  if (rank > 0 && shared === bytes.length && shared === previous.length) {
    throw new RangeError(`${which} is there twice`);
  }
  if (rank > 0 && (previous[shared] ?? -1) > (bytes[shared] ?? -1)) {
    throw new RangeError(`${which} is out of order: pieces are sorted by their bytes`);
  }
}

/** Where in the strings decoding failed, and why. */
export class PieceError extends Error {
  readonly at: number;

  constructor(at: number, problem: string) {
    super(problem);
    this.at = at;
  }
}

/**
 * The pieces again. Accepts exactly what `encodePieces` makes.
 * @throws PieceError
 */
export function decodePieces(count: number, { bucketOffsets, strings, longest }: FrontCoded): string[] {
  const pieces: string[] = [];
  let at = 0;
  let longestSeen = 0;
  let previous = new Uint8Array(0);
  for (let rank = 0; rank < count; rank++) {
    const start = at;
    const fail = (problem: string): never => {
      throw new PieceError(start, `piece ${rank} ${problem}`);
    };
    const isFirst = rank % BUCKET_PIECES === 0;
    if (isFirst && bucketOffsets[rank / BUCKET_PIECES] !== at) fail('is not where its bucket offset says');
    if (at >= strings.length) fail('lies behind the end of the strings');
    const head = strings[at++];
    const shared = isFirst ? 0 : head >> 4;
    let suffixBytes = isFirst ? head : head & 15;
    if (!isFirst && suffixBytes === 0) {
      suffixBytes = strings[at++] ?? 0;
      if (suffixBytes <= SHORT_SUFFIX_MOST) fail('has a long form for a short suffix');
    }
    if (at + suffixBytes > strings.length) fail('runs over the end of the strings');
    if (shared > previous.length) fail('shares more bytes than the piece before it has');
    const bytes = new Uint8Array(shared + suffixBytes);
    bytes.set(previous.subarray(0, shared));
    bytes.set(strings.subarray(at, at + suffixBytes), shared);
    at += suffixBytes;
    if (bytes.length === 0) fail('is empty');
    if (bytes.length > PIECE_BYTES_MOST) fail(`has more than ${PIECE_BYTES_MOST} bytes`);
    const common = sharedPrefix(previous, bytes);
    if (rank > 0 && (previous[common] ?? -1) >= (bytes[common] ?? -1)) fail('is out of order');
    if (!isFirst && shared !== Math.min(SHARED_MOST, common)) fail('repeats bytes that it could share');
    pieces.push(decodePiece(bytes) ?? fail('is not UTF-8'));
    longestSeen = Math.max(longestSeen, bytes.length);
    previous = bytes;
  }
  if (at !== strings.length) throw new PieceError(at, 'bytes follow the last piece');
  if (longestSeen !== longest) {
    throw new PieceError(0, `the longest piece has ${longestSeen} bytes, not ${longest}`);
  }
  return pieces;
}

function decodePiece(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
