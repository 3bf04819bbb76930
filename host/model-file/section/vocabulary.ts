/** The vocabulary section: header, bucket offsets, front-coded pieces (../vocabulary.ts). */
import { Status } from '../../../assembly/abi.ts';
import {
  BUCKET_PIECES,
  SPECIAL_TOKENS,
  VOCABULARY_BUCKETS,
  VOCABULARY_HEADER_BYTES,
  VOCABULARY_LONGEST,
  VOCABULARY_PIECES,
  VOCABULARY_STRING_BYTES,
} from '../../../assembly/format.ts';
import { ModelFileError, ModelPartsError } from '../error.ts';
import { aligned } from '../layout.ts';
import { decodePieces, encodePieces, PieceError } from '../vocabulary.ts';
import type { Section } from './container.ts';

/** @throws ModelPartsError */
export function writePieces(pieces: readonly string[], vocabulary: number): Uint8Array {
  if (pieces.length + SPECIAL_TOKENS !== vocabulary) {
    const wanted = vocabulary - SPECIAL_TOKENS;
    throw new ModelPartsError('pieces', `are ${pieces.length}, but dimensions.vocabulary makes it ${wanted}`);
  }
  const { bucketOffsets, strings, longest } = encode(pieces);
  const stringsAt = aligned(VOCABULARY_HEADER_BYTES + 4 * bucketOffsets.length);
  const section = new Uint8Array(stringsAt + strings.length);
  const view = new DataView(section.buffer);
  view.setUint32(VOCABULARY_PIECES, pieces.length, true);
  view.setUint32(VOCABULARY_BUCKETS, bucketOffsets.length, true);
  view.setUint32(VOCABULARY_STRING_BYTES, strings.length, true);
  view.setUint32(VOCABULARY_LONGEST, longest, true);
  bucketOffsets.forEach((offset, bucket) => {
    view.setUint32(VOCABULARY_HEADER_BYTES + 4 * bucket, offset, true);
  });
  section.set(strings, stringsAt);
  return section;
}

function encode(pieces: readonly string[]) {
  try {
    return encodePieces(pieces);
  } catch (error) {
    throw new ModelPartsError('pieces', `are not a vocabulary: ${(error as RangeError).message}`);
  }
}

/** @throws ModelFileError */
export function readPieces({ bytes, name, offset: start }: Section, vocabulary: number): string[] {
  const fail = (at: number, problem: string): never => {
    throw new ModelFileError(Status.BadSection, name, start + at, problem);
  };
  if (bytes.length < VOCABULARY_HEADER_BYTES) fail(0, `its length is ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pieces = view.getUint32(VOCABULARY_PIECES, true);
  const buckets = view.getUint32(VOCABULARY_BUCKETS, true);
  const stringBytes = view.getUint32(VOCABULARY_STRING_BYTES, true);
  if (pieces + SPECIAL_TOKENS !== vocabulary) {
    fail(
      VOCABULARY_PIECES,
      `${pieces} pieces and ${SPECIAL_TOKENS} special tokens are not ${vocabulary} tokens`,
    );
  }
  if (buckets !== Math.ceil(pieces / BUCKET_PIECES)) {
    fail(VOCABULARY_BUCKETS, `${buckets} buckets for ${pieces} pieces`);
  }
  const offsetsEnd = VOCABULARY_HEADER_BYTES + 4 * buckets;
  const stringsAt = aligned(offsetsEnd);
  if (bytes.length !== stringsAt + stringBytes) {
    fail(VOCABULARY_STRING_BYTES, `${stringBytes} bytes of strings don't make its ${bytes.length} bytes`);
  }
  if (bytes.subarray(offsetsEnd, stringsAt).some(Boolean)) fail(offsetsEnd, 'a gap is not zero');
  const bucketOffsets = Uint32Array.from({ length: buckets }, (_, bucket) =>
    view.getUint32(VOCABULARY_HEADER_BYTES + 4 * bucket, true),
  );
  const longest = view.getUint32(VOCABULARY_LONGEST, true);
  try {
    return decodePieces(pieces, { bucketOffsets, strings: bytes.subarray(stringsAt), longest });
  } catch (error) {
    if (error instanceof PieceError) return fail(stringsAt + error.at, error.message);
    throw error;
  }
}
