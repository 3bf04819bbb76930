/**
 * What a normalized character is to the word splitter. Whatever is not named below is a letter, so that
 * any script's words stay whole; digits of other scripts count as letters too.
 */
import { isSymbol } from './symbols';

export const enum CharacterClass {
  Letter = 0,
  /** An ASCII digit. */
  Digit = 1,
  /** Punctuation, symbols, emoji: a word of its own. */
  Symbol = 2,
  /** A Chinese character, which is a word of its own; kana and Hangul are letters. */
  Ideograph = 3,
  /** White space or a control character, NUL too. */
  Space = 4,
}

export function classOf(character: i32): CharacterClass {
  if (character < 0x80) return asciiClass(character);
  if (character < 0xa1 || isSpace(character)) return CharacterClass.Space;
  if (isIdeograph(character)) return CharacterClass.Ideograph;
  return isSymbol(character) ? CharacterClass.Symbol : CharacterClass.Letter;
}

function asciiClass(character: i32): CharacterClass {
  if (<u32>((character | 0x20) - 0x61) < 26) return CharacterClass.Letter;
  if (character <= 0x20 || character == 0x7f) return CharacterClass.Space;
  return <u32>(character - 0x30) < 10 ? CharacterClass.Digit : CharacterClass.Symbol;
}

/** Unicode's White_Space from U+00A1 on, and the zero width space, which marks a word's end. */
function isSpace(character: i32): bool {
  return (
    character == 0x1680 ||
    (character >= 0x2000 && character <= 0x200b) ||
    character == 0x2028 ||
    character == 0x2029 ||
    character == 0x202f ||
    character == 0x205f ||
    character == 0x3000
  );
}

/** CJK Unified Ideographs, extension A, the compatibility block, and planes 2 and 3. */
function isIdeograph(character: i32): bool {
  return (
    (character >= 0x3400 && character <= 0x4dbf) ||
    (character >= 0x4e00 && character <= 0x9fff) ||
    (character >= 0xf900 && character <= 0xfaff) ||
    (character >= 0x20000 && character <= 0x3ffff)
  );
}
