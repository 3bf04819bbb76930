/** A text's answer as the line of JSON that `beex classify --json` gives. */
import { entropiesPointer, exits, label, probabilitiesPointer } from '../core';
import { classes, sectionPointer } from '../model/model';
import { writeFloat, writeInteger, writeMicroseconds } from './numbers';
import { write, writeByte } from './streams';
import { next, start } from './template';

/** docs/model-file.md: config, policies, labels. */
const LABELS_SECTION: i32 = 2;
const LABELS_HEADER_BYTES: usize = 4;

const QUOTE: i32 = 0x22;
const BACKSLASH: i32 = 0x5c;
const COMMA: i32 = 0x2c;

const LINE = '{"label":#,"index":#,"probabilities":[#],"exit":#,"entropies":[#],"tokens":#,"microseconds":#}';

/** Without the end of the line. */
export function writeAnswer(tokens: i32, nanoseconds: u64): void {
  const exit = exits();
  start(LINE);
  writeLabel(label());
  next();
  writeInteger(label());
  next();
  writeFloats(probabilitiesPointer() + ((<usize>((exit - 1) * classes)) << 2), classes);
  next();
  writeInteger(exit);
  next();
  writeFloats(entropiesPointer(), exit);
  next();
  writeInteger(tokens);
  next();
  writeMicroseconds(nanoseconds);
  next();
}

function writeFloats(from: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    if (i > 0) writeByte(COMMA);
    writeFloat(load<f32>(from + ((<usize>i) << 2)));
  }
}

function writeLabel(index: i32): void {
  let at = sectionPointer(LABELS_SECTION) + LABELS_HEADER_BYTES;
  for (; index > 0; index--) at += 2 + load<u16>(at);
  writeByte(QUOTE);
  for (let i = 0; i < <i32>load<u16>(at); i++) writeEscaped(load<u8>(at + <usize>i, 2));
  writeByte(QUOTE);
}

function writeEscaped(byte: i32): void {
  if (byte < 0x20) {
    write('\\u00');
    writeByte(hexadecimal(byte >> 4));
    writeByte(hexadecimal(byte & 15));
    return;
  }
  if (byte == QUOTE || byte == BACKSLASH) writeByte(BACKSLASH);
  writeByte(byte);
}

function hexadecimal(digit: i32): i32 {
  return digit < 10 ? 0x30 + digit : 0x57 + digit;
}
