/**
 * Text in, token ids out.
 *
 *   fed bytes -> utf8 -> normalize -> words -> wordpiece -> ids of A, ids of B -> A, or A [SEP] B
 *
 * Each stage takes one item at a time and pushes what it makes to the next, so that a text of any length
 * passes through a buffer of TEXT_CAPACITY bytes, cut anywhere.
 */
import { Status, TEXT_CAPACITY } from '../abi';
import { SpecialToken } from '../format';
import { textPointer, tokensAPointer, tokensBPointer, tokensPointer } from '../model/arena';
import { blocks, segments, tokensMost, vocabularyPointer } from '../model/model';
import { openLookup } from './lookup';
import { receiveAsPieces, receiveAsWords } from './receiver';
import { splitBytes, startSplit } from './split';
import { clearUtf8, finishUtf8, takeByte } from './utf8';
import { startTokens, tokenCount, tokensCut } from './wordpiece';
import { clearWords, finishWords } from './words';

/** The segment being fed: 0 is A, 1 is B. */
let segment: i32 = 0;
/** Tokens of A, once B is being fed. */
let tokensOfA: i32 = 0;
let isACut: bool = false;

/** What `tokenize` made; 0 tokens before it. */
let tokensOfBoth: i32 = 0;
let startOfB: i32 = 0;
let isCut: bool = false;

/** Forgets the text: the next `feed` begins a new one. */
export function clear(): void {
  openLookup(vocabularyPointer);
  clearUtf8();
  clearWords();
  startTokens(tokensAPointer, tokensMost);
  segment = 0;
  tokensOfA = 0;
  isACut = false;
  tokensOfBoth = 0;
  startOfB = 0;
  isCut = false;
}

/**
 * Reads the next `bytes` bytes of the text buffer as text of segment `to`; A's come before B's.
 * 1: there is room for more. 0: n tokens are full and text is left out, so the rest need not be fed.
 * Status.BadArgument: no such segment, or more than TEXT_CAPACITY bytes. Status.WrongState: after
 * `tokenize`, or A after B.
 */
export function feed(to: i32, bytes: i32): i32 {
  if (to < 0 || to >= segments || bytes < 0 || bytes > TEXT_CAPACITY) return Status.BadArgument;
  if (to < segment || tokensOfBoth > 0) return Status.WrongState;
  receiveAsPieces();
  if (to > segment) startB();
  takeText(bytes);
  return tokensCut ? 0 : 1;
}

/** Ends the text and joins its segments; the number of tokens, which is at least 1. */
export function tokenize(): i32 {
  if (tokensOfBoth > 0) return tokensOfBoth;
  receiveAsPieces();
  finishSegment();
  if (segment == 0) joinSingle();
  else joinPair(tokensOfA, tokenCount);
  return tokensOfBoth;
}

/** Index of B's first token; the number of tokens when B has none. */
export function segmentStart(): i32 {
  return startOfB;
}

/** 1 when tokens of the text found no room. */
export function wasCut(): i32 {
  return isCut ? 1 : 0;
}

/**
 * Splits the next `bytes` bytes of the text buffer into words, written to `splitPointer` with a newline
 * behind each; 0 bytes end the text. Returns how many bytes were written, or Status.WrongState where the
 * file has blocks, Status.BadArgument for more than TEXT_CAPACITY bytes.
 */
export function splitWords(bytes: i32): i32 {
  if (blocks > 0) return Status.WrongState;
  if (bytes < 0 || bytes > TEXT_CAPACITY) return Status.BadArgument;
  receiveAsWords();
  startSplit();
  takeText(bytes);
  if (bytes == 0) finishSegment();
  return splitBytes;
}

function takeText(bytes: i32): void {
  for (let i = 0; i < bytes && !tokensCut; i++) takeByte(load<u8>(textPointer + <usize>i));
}

function finishSegment(): void {
  finishUtf8();
  finishWords();
}

function startB(): void {
  finishSegment();
  tokensOfA = tokenCount;
  isACut = tokensCut;
  segment = 1;
  startTokens(tokensBPointer, tokensMost);
}

function joinSingle(): void {
  isCut = tokensCut;
  copyTokens(0, tokensAPointer, tokenCount);
  finishJoin(tokenCount);
  startOfB = tokensOfBoth;
}

/** The longer segment gives up its last token until all fit; B does where they are as long. */
function joinPair(a: i32, b: i32): void {
  isCut = isACut || tokensCut;
  if (a + b == 0) {
    joinSingle();
    return;
  }
  while (a + b + 1 > tokensMost) {
    if (a > b) a--;
    else b--;
    isCut = true;
  }
  copyTokens(0, tokensAPointer, a);
  store<u32>(tokensPointer + ((<usize>a) << 2), SpecialToken.Separator);
  copyTokens(a + 1, tokensBPointer, b);
  startOfB = a + 1;
  finishJoin(a + 1 + b);
}

/** A text without words is one unknown token. */
function finishJoin(tokens: i32): void {
  if (tokens == 0) store<u32>(tokensPointer, SpecialToken.Unknown);
  tokensOfBoth = max(tokens, 1);
}

function copyTokens(to: i32, from: usize, count: i32): void {
  const target = tokensPointer + ((<usize>to) << 2);
  memory.copy(target, from, (<usize>count) << 2);
}
