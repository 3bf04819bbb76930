/**
 * Simple lowercase mappings (UnicodeData.txt, field 13) of ASCII, Latin-1, Latin Extended-A, Greek and
 * Cyrillic. Where capital and small letters alternate, "even" means that the capital is the even one.
 */

export function lowercase(character: i32): i32 {
  if (character < 0x80) return <u32>(character - 0x41) < 26 ? character + 32 : character;
  if (character < 0x100)
    return character >= 0xc0 && character <= 0xde && character != 0xd7 ? character + 32 : character;
  if (character < 0x180) return lowercaseLatinExtended(character);
  if (character >= 0x370 && character <= 0x3ff) return lowercaseGreek(character);
  if (character >= 0x400 && character <= 0x52f) return lowercaseCyrillic(character);
  return character;
}

function lowercaseLatinExtended(c: i32): i32 {
  if (c == 0x130) return 0x69; // capital I with a dot
  if (c == 0x178) return 0xff; // its small letter is in Latin-1
  if (c <= 0x137 || (c >= 0x14a && c <= 0x177)) return c | 1; // even
  if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e)) return c + (c & 1); // odd
  return c;
}

function lowercaseGreek(c: i32): i32 {
  if (c >= 0x391 && c <= 0x3ab) return c != 0x3a2 ? c + 32 : c; // U+03A2 is no character
  if (c == 0x386) return 0x3ac;
  if (c >= 0x388 && c <= 0x38a) return c + 37;
  if (c == 0x38c) return 0x3cc;
  if (c == 0x38e || c == 0x38f) return c + 63;
  return lowercaseRareGreek(c);
}

function lowercaseRareGreek(c: i32): i32 {
  if (c >= 0x3d8 && c <= 0x3ef) return c | 1; // even
  if (c == 0x370 || c == 0x372 || c == 0x376 || c == 0x3f7 || c == 0x3fa) return c + 1;
  if (c >= 0x3fd) return c - 130;
  if (c == 0x37f) return 0x3f3;
  if (c == 0x3cf) return 0x3d7;
  if (c == 0x3f4) return 0x3b8;
  if (c == 0x3f9) return 0x3f2;
  return c;
}

function lowercaseCyrillic(c: i32): i32 {
  if (c <= 0x40f) return c + 80;
  if (c <= 0x42f) return c + 32;
  if (c == 0x4c0) return 0x4cf;
  if (c >= 0x4c1 && c <= 0x4ce) return c + (c & 1); // odd
  if ((c >= 0x460 && c <= 0x481) || (c >= 0x48a && c <= 0x4bf) || c >= 0x4d0) return c | 1; // even
  return c;
}
