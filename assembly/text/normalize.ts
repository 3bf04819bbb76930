/**
 * One character in, what the vocabulary sees of it out: the model's flags decide on case and accents;
 * typographic quotes, dashes and the ellipsis always become their ASCII forms, and characters that
 * cannot be seen vanish.
 */
import { Normalizer } from '../format';
import { normalizerFlags } from '../model/model';
import { stripAccent } from './accents';
import { lowercase } from './lowercase';
import { splitCharacter } from './words';

export function takeCharacter(character: i32): void {
  if (character < 0x80) {
    splitCharacter(normalizerFlags & Normalizer.Lowercase ? lowercase(character) : character);
  } else if (character < 0x530) {
    takeLetter(character);
  } else {
    takeTypographic(character);
  }
}

/** Latin, combining marks, Greek, Cyrillic: the scripts that case and accents concern. */
function takeLetter(character: i32): void {
  if (character == 0xad) return;
  if (normalizerFlags & Normalizer.Lowercase) character = lowercase(character);
  if (normalizerFlags & Normalizer.StripAccents) {
    if (character >= 0x300 && character <= 0x36f) return;
    character = stripAccent(character);
  }
  splitCharacter(character);
}

function takeTypographic(character: i32): void {
  if (isInvisible(character)) return;
  if (character == 0x2018 || character == 0x2019) {
    splitCharacter(0x27); // '
  } else if (character == 0x201c || character == 0x201d) {
    splitCharacter(0x22); // "
  } else if (character == 0x2013 || character == 0x2014) {
    splitCharacter(0x2d); // -
  } else if (character == 0x2026) {
    splitCharacter(0x2e); // ...
    splitCharacter(0x2e);
    splitCharacter(0x2e);
  } else {
    splitCharacter(character);
  }
}

/** Joiners, directional marks, variation selectors, byte order mark; U+00AD is dropped above. */
function isInvisible(character: i32): bool {
  return (
    character == 0x61c ||
    (character >= 0x200c && character <= 0x200f) ||
    (character >= 0x202a && character <= 0x202e) ||
    (character >= 0x2060 && character <= 0x206f) ||
    (character >= 0xfe00 && character <= 0xfe0f) ||
    character == 0xfeff
  );
}
