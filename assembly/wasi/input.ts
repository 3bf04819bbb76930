/** A text, or a pair, from arguments or a line of standard input to the core's buffer. */
import { TEXT_CAPACITY } from '../abi';
import { clear, feed, textPointer } from '../core';
import { readByte } from './streams';

const NEWLINE: i32 = 0x0a;
const TAB: i32 = 0x09;

let segment: i32 = 0;
let filled: i32 = 0;

export function startText(): void {
  clear();
  segment = 0;
  filled = 0;
}

/** What follows is the second text of a pair. */
export function startSecond(): void {
  flush();
  segment = 1;
}

export function takeText(text: usize, bytes: i32): void {
  for (let i = 0; i < bytes; i++) takeByte(load<u8>(text + <usize>i));
}

export function endText(): void {
  flush();
}

/**
 * Takes the next line of standard input, a pair with a tab between its texts: how many texts there were,
 * 0 at the end of the input. A carriage return before the line's end is a space to the tokenizer.
 */
export function takeLine(isPair: bool): i32 {
  let byte = readByte();
  if (byte < 0) return 0;
  startText();
  let texts = 1;
  for (; byte >= 0 && byte != NEWLINE; byte = readByte()) {
    if (isPair && byte == TAB) {
      texts++;
      if (texts == 2) startSecond();
    } else {
      takeByte(byte);
    }
  }
  endText();
  return texts;
}

function takeByte(byte: i32): void {
  if (filled == TEXT_CAPACITY) flush();
  store<u8>(textPointer() + <usize>filled, byte);
  filled++;
}

function flush(): void {
  feed(segment, filled);
  filled = 0;
}
