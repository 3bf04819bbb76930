/**
 * Where finished words go: to the wordpiece lookup, or as they are to a host that learns a vocabulary.
 */
import { appendWord } from './split';
import { appendPieces } from './wordpiece';

/** Longer words have no pieces: they are unknown. */
export const WORD_BYTES_MOST: i32 = 64;

let splitting: bool = false;

export function receiveAsPieces(): void {
  splitting = false;
}

export function receiveAsWords(): void {
  splitting = true;
}

/** A word of `length` bytes, of which the first WORD_BYTES_MOST are there; 2 bytes before it are free. */
export function takeWord(word: usize, length: i32): void {
  if (splitting) appendWord(word, length);
  else appendPieces(word, length);
}
