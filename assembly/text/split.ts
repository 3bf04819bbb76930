/**
 * Words as they are, a newline behind each, for a host that learns a vocabulary: it then sees exactly
 * the words that the tokenizer will look up. Only a file that holds a vocabulary and no blocks has room
 * for them in its arena.
 */
import { splitPointer } from '../model/arena';
import { WORD_BYTES_MOST } from './receiver';

const NEWLINE: u8 = 0x0a;

/** Bytes written so far. */
export let splitBytes: i32 = 0;

export function startSplit(): void {
  splitBytes = 0;
}

/** Words that are too long to have pieces are left out. */
export function appendWord(word: usize, length: i32): void {
  if (length > WORD_BYTES_MOST) return;
  const target = splitPointer + <usize>splitBytes;
  for (let i = 0; i < length; i++) store<u8>(target + <usize>i, load<u8>(word + <usize>i));
  store<u8>(target + <usize>length, NEWLINE);
  splitBytes += length + 1;
}
