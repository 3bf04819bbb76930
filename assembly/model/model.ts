/**
 * The open model: its dimensions and where each part of it lies in memory. Everything here was
 * checked by open.ts before it was set, so the hot path reads without looking twice.
 */
import {
  CONFIG_BINARY_SCORES,
  CONFIG_BLOCKS,
  CONFIG_CLASSES,
  CONFIG_HEADS,
  CONFIG_HIDDEN,
  CONFIG_NORMALIZER,
  CONFIG_RARE,
  CONFIG_RECURRENCE,
  CONFIG_ROW_KIND,
  CONFIG_SEGMENTS,
  CONFIG_SLFN,
  CONFIG_TOKENS,
  CONFIG_VOCABULARY,
  ENTRY_BYTES,
  ENTRY_LENGTH,
  ENTRY_OFFSET,
  HEADER_BYTES,
  SPECIAL_TOKENS,
} from '../format';
import { FRONT_SECTIONS, RARE_SECTION } from './check-table';
import { word } from './source';

/** d, the width of a token. */
export let hidden: i32 = 0;
/** f, the width of each SLFN branch. */
export let slfn: i32 = 0;
/** L; 0 while the file only tokenizes. */
export let blocks: i32 = 0;
/** h */
export let heads: i32 = 0;
/** e = d / h, the width of a head. */
export let headWidth: i32 = 0;
/** Bytes of the signs of a head's width, whole 64-bit words. */
export let signBytes: i32 = 0;
/** C */
export let classes: i32 = 0;
/** n, the most tokens that one input may have. */
export let tokensMost: i32 = 0;
/** V, special tokens included. */
export let vocabulary: i32 = 0;
/** Tokens whose rows are in Rare, behind exit 1, and those whose rows are in Embedding: together V. */
export let rareTokens: i32 = 0;
export let commonTokens: i32 = 0;
/** 1 for single texts, 2 for pairs. */
export let segments: i32 = 0;
/** 1 where every block begins with a light recurrence, otherwise 0. */
export let recurrence: i32 = 0;
/** 1 where attention scores are of the signs of queries and keys, otherwise 0. */
export let binaryScores: i32 = 0;
/** RowKind of the token rows. */
export let rowKind: i32 = 0;
/** Bits of Normalizer. */
export let normalizerFlags: i32 = 0;

/** First byte of the file; like all addresses of the model, see source.ts. */
export let filePointer: usize = 0;
/** First byte of the Vocabulary section, its header. */
export let vocabularyPointer: usize = 0;
/** Pieces in it: V without the special tokens. */
export let vocabularyPieces: i32 = 0;

let policies: usize = 0;
let embedding: usize = 0;
let rare: usize = 0;
/**
 * Block 0, from there to its exit, and from one block to the next: all blocks are of one size. Between the
 * first two is the Rare section, where there is one.
 */
let firstBlock: usize = 0;
let toExit: i32 = 0;
let toNext: i32 = 0;
let rareRoom: usize = 0;

/** Index in the section table of a file with blocks; docs/model-file.md gives the order. */
const POLICIES_SECTION: i32 = 1;
const VOCABULARY_SECTION: i32 = 3;
const EMBEDDING_SECTION: i32 = 4;
/** The same in a file that only tokenizes. */
const LONE_VOCABULARY_SECTION: i32 = 1;

/** Takes over the file at `file`, whose section table has been checked. */
export function setFile(file: usize): void {
  filePointer = file;
}

/** Takes over the numbers of its Config section, which have been checked; `config` is in linear memory. */
export function setDimensions(config: usize): void {
  hidden = load<i32>(config, CONFIG_HIDDEN);
  slfn = load<i32>(config, CONFIG_SLFN);
  blocks = load<i32>(config, CONFIG_BLOCKS);
  heads = load<i32>(config, CONFIG_HEADS);
  headWidth = heads > 0 ? hidden / heads : 0;
  signBytes = ((headWidth + 63) >> 6) << 3;
  classes = load<i32>(config, CONFIG_CLASSES);
  tokensMost = load<i32>(config, CONFIG_TOKENS);
  vocabulary = load<i32>(config, CONFIG_VOCABULARY);
  rareTokens = load<i32>(config, CONFIG_RARE);
  commonTokens = vocabulary - rareTokens;
  segments = load<i32>(config, CONFIG_SEGMENTS);
  recurrence = load<i32>(config, CONFIG_RECURRENCE);
  binaryScores = load<i32>(config, CONFIG_BINARY_SCORES);
  rowKind = load<i32>(config, CONFIG_ROW_KIND);
  normalizerFlags = load<i32>(config, CONFIG_NORMALIZER);
  vocabularyPieces = vocabulary - SPECIAL_TOKENS;
  vocabularyPointer = sectionPointer(blocks > 0 ? VOCABULARY_SECTION : LONE_VOCABULARY_SECTION);
  if (blocks > 0) setPlaces();
}

/** Behind an exit there is always a section: the rare rows, the next block, or the card. */
function setPlaces(): void {
  policies = sectionPointer(POLICIES_SECTION);
  embedding = sectionPointer(EMBEDDING_SECTION);
  firstBlock = sectionPointer(FRONT_SECTIONS);
  toExit = <i32>(sectionPointer(FRONT_SECTIONS + 1) - firstBlock);
  rare = sectionPointer(RARE_SECTION);
  toNext = <i32>(rare - firstBlock);
  rareRoom = rareTokens > 0 ? sectionPointer(RARE_SECTION + 1) - rare : 0;
}

/** Address of the section with this index in the table. */
export function sectionPointer(section: i32): usize {
  return filePointer + word(entryPointer(section) + ENTRY_OFFSET);
}

/** Length in bytes of the section with this index in the table. */
export function sectionBytes(section: i32): u32 {
  return word(entryPointer(section) + ENTRY_LENGTH);
}

function entryPointer(section: i32): usize {
  return filePointer + HEADER_BYTES + section * ENTRY_BYTES;
}

export function policiesPointer(): usize {
  return policies;
}

export function embeddingPointer(): usize {
  return embedding;
}

export function rarePointer(): usize {
  return rare;
}

export function blockPointer(block: i32): usize {
  return firstBlock + block * toNext + (block > 0 ? rareRoom : 0);
}

export function exitPointer(block: i32): usize {
  return blockPointer(block) + toExit;
}
