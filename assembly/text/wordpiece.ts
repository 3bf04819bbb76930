/**
 * Words to token ids: greedy, longest piece first; what continues a word is looked up behind "##".
 * (Wu et al. 2016, "Google's Neural Machine Translation System"; Devlin et al. 2019, BERT.)
 * A word with a part that has no piece, or of more than WORD_BYTES_MOST bytes, is one unknown token.
 */
import { SPECIAL_TOKENS, SpecialToken } from '../format';
import { foundBytes, longestPiece } from './lookup';
import { WORD_BYTES_MOST } from './receiver';

const HASH: u8 = 0x23;
const MARK_BYTES: i32 = 2;

/** Tokens of the segment so far, `most` at most. */
export let tokenCount: i32 = 0;
/** Whether a token found no room. */
export let tokensCut: bool = false;

let tokens: usize = 0;
let most: i32 = 0;

/** Tokens go to u32[room] at `pointer` from here on. */
export function startTokens(pointer: usize, room: i32): void {
  tokens = pointer;
  most = room;
  tokenCount = 0;
  tokensCut = false;
}

/** Appends a word's tokens. The 2 bytes before it are written over, and so is the word. */
export function appendPieces(word: usize, length: i32): void {
  if (tokenCount == most) {
    tokensCut = true;
    return;
  }
  const start = tokenCount;
  let at = 0;
  while (at < length) {
    const rank = length <= WORD_BYTES_MOST ? pieceAt(word, at, length) : -1;
    if (rank < 0) {
      tokenCount = start;
      tokensCut = false;
      appendToken(SpecialToken.Unknown);
      return;
    }
    at += at > 0 ? foundBytes - MARK_BYTES : foundBytes;
    appendToken(SPECIAL_TOKENS + rank);
  }
}

/** The mark goes over bytes of the word that already have their piece. */
function pieceAt(word: usize, at: i32, length: i32): i32 {
  if (at == 0) return longestPiece(word, length, 0);
  const key = word + <usize>(at - MARK_BYTES);
  store<u8>(key, HASH);
  store<u8>(key, HASH, 1);
  return longestPiece(key, length - at + MARK_BYTES, MARK_BYTES);
}

function appendToken(id: i32): void {
  if (tokenCount < most) store<u32>(tokens + ((<usize>tokenCount) << 2), id);
  else tokensCut = true;
  tokenCount = min(tokenCount + 1, most);
}
