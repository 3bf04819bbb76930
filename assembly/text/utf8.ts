/**
 * UTF-8 to characters, byte by byte: the state survives from one fed buffer to the next.
 * Ill-formed bytes are replaced, never refused. Each maximal subpart of a sequence becomes one U+FFFD,
 * as the WHATWG Encoding Standard ("UTF-8 decoder") and Unicode 3.9, table 3-7, say.
 *
 *   lead     first continuation        further continuations
 *   00..7F   -
 *   C2..DF   80..BF
 *   E0       A0..BF (not overlong)     80..BF
 *   ED       80..9F (no surrogate)     80..BF
 *   E1..EF   80..BF                    80..BF
 *   F0       90..BF (not overlong)     80..BF 80..BF
 *   F4       80..8F (<= U+10FFFF)      80..BF 80..BF
 *   F1..F3   80..BF                    80..BF 80..BF
 */
import { takeCharacter } from './normalize';

const REPLACEMENT: i32 = 0xfffd;

let character: i32 = 0;
/** Continuation bytes still to come. */
let missing: i32 = 0;
/** Range of the next continuation byte. */
let least: i32 = 0x80;
let most: i32 = 0xbf;

export function clearUtf8(): void {
  missing = 0;
}

export function takeByte(byte: i32): void {
  if (missing == 0) {
    if (byte < 0x80) takeCharacter(byte);
    else startSequence(byte);
    return;
  }
  if (byte < least || byte > most) {
    missing = 0;
    takeCharacter(REPLACEMENT);
    takeByte(byte);
    return;
  }
  least = 0x80;
  most = 0xbf;
  character = (character << 6) | (byte & 0x3f);
  if (--missing == 0) takeCharacter(character);
}

/** The text ends here: a sequence that is still open is ill-formed. */
export function finishUtf8(): void {
  if (missing == 0) return;
  missing = 0;
  takeCharacter(REPLACEMENT);
}

function startSequence(lead: i32): void {
  least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (lead >= 0xc2 && lead <= 0xdf) {
    missing = 1;
    character = lead & 0x1f;
  } else if (lead >= 0xe0 && lead <= 0xef) {
    missing = 2;
    character = lead & 0x0f;
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    missing = 3;
    character = lead & 0x07;
  } else {
    takeCharacter(REPLACEMENT);
  }
}
