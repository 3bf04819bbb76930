/**
 * Normalized characters to words, one character at a time, kept across fed buffers.
 *
 *   letters           a run is a word                          "Größe", "москва"
 *   ASCII digits      a run is a word                          "2024"
 *   ideograph, symbol a word each                              "語", "!"
 *   ' and letters     the apostrophe goes with what follows    "it's"   -> it 's
 *   n't, no letter    its n leaves the letters before it       "don't"  -> do n't   "n't" -> n't
 *
 * The last two are the Penn Treebank's habit, so that texts split its way and running text agree.
 * They need two characters of looking ahead, which are states here:
 *
 *   Letters --'--> AfterLetters --t--> AfterNegation --no letter--> word without n, n't
 *                       |                    '--letter--> word, then 't goes on as Letters
 *                       '--anything else--> word, then Apostrophe with it
 *   Apostrophe --letter--> Letters, otherwise ' is a word
 */
import { wordPointer } from '../model/arena';
import { CharacterClass, classOf } from './characters';
import { takeWord, WORD_BYTES_MOST } from './receiver';

const enum State {
  Gap = 0,
  Letters = 1,
  Digits = 2,
  /** An apostrophe is the word so far. */
  Apostrophe = 3,
  /** Letters that end in n, then an apostrophe. */
  AfterLetters = 4,
  /** Letters that end in n, then an apostrophe and a t. */
  AfterNegation = 5,
}

const APOSTROPHE: i32 = 0x27;
/** A continuation piece is looked up in place, with "##" written over the bytes before it. */
const MARK_BYTES: i32 = 2;
/** A count that stays too long even where n't takes the last byte away. */
const LENGTH_MOST: i32 = WORD_BYTES_MOST + 2;

let state: State = State.Gap;
/** Bytes of the word so far; those beyond WORD_BYTES_MOST are not kept, and counted up to LENGTH_MOST. */
let length: i32 = 0;
/** Last character of the word so far. */
let last: i32 = 0;
/** The t of AfterNegation, in its case. */
let negation: i32 = 0;

export function clearWords(): void {
  state = State.Gap;
  length = 0;
}

export function splitCharacter(character: i32): void {
  const kind = classOf(character);
  if (kind == CharacterClass.Letter) takeLetter(character);
  else takeOther(character, kind);
}

/** The text ends here. */
export function finishWords(): void {
  endWord();
}

function takeLetter(character: i32): void {
  if (state == State.AfterLetters && (character | 0x20) == 0x74) {
    negation = character;
    state = State.AfterNegation;
    return;
  }
  if (state == State.AfterLetters || state == State.AfterNegation) splitBeforeApostrophe();
  else if (state == State.Digits) endWord();
  state = State.Letters;
  append(character);
}

function takeOther(character: i32, kind: CharacterClass): void {
  if (kind == CharacterClass.Digit) {
    if (state != State.Digits) endWord();
    state = State.Digits;
    append(character);
  } else if (character == APOSTROPHE) {
    takeApostrophe();
  } else {
    endWord();
    if (kind == CharacterClass.Space) return;
    append(character);
    emit();
  }
}

function takeApostrophe(): void {
  if (state == State.Letters && (last | 0x20) == 0x6e) {
    state = State.AfterLetters;
    return;
  }
  endWord();
  append(APOSTROPHE);
  state = State.Apostrophe;
}

/** What looked like n't is the letters so far, and a word that begins with the apostrophe. */
function splitBeforeApostrophe(): void {
  const wasNegation = state == State.AfterNegation;
  emit();
  append(APOSTROPHE);
  if (wasNegation) append(negation);
}

/** No letter follows: whatever has been read of a word is all of it. */
function endWord(): void {
  if (state == State.AfterLetters) {
    splitBeforeApostrophe();
  } else if (state == State.AfterNegation) {
    const n = last;
    length -= 1;
    emit();
    append(n);
    append(APOSTROPHE);
    append(negation);
  }
  emit();
  state = State.Gap;
}

function emit(): void {
  if (length > 0) takeWord(wordPointer + MARK_BYTES, length);
  length = 0;
}

/** Appends the character's UTF-8. */
function append(character: i32): void {
  last = character;
  if (character < 0x80) {
    appendByte(character);
    return;
  }
  if (character < 0x800) {
    appendByte(0xc0 | (character >> 6));
  } else {
    if (character < 0x10000) {
      appendByte(0xe0 | (character >> 12));
    } else {
      appendByte(0xf0 | (character >> 18));
      appendByte(0x80 | ((character >> 12) & 0x3f));
    }
    appendByte(0x80 | ((character >> 6) & 0x3f));
  }
  appendByte(0x80 | (character & 0x3f));
}

function appendByte(byte: i32): void {
  if (length < WORD_BYTES_MOST) store<u8>(wordPointer + MARK_BYTES + <usize>length, byte);
  if (length < LENGTH_MOST) length++;
}
