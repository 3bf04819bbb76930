/**
 * The model file in numbers: what a writer, a reader and the core must agree on.
 * Compiled by both compilers (AssemblyScript for the core, TypeScript for the host), so it holds
 * constants only and imports nothing. docs/model-file.md draws every section.
 */

/** "BEEX", read as a little-endian 32-bit word. */
export const MAGIC = 0x58454542;
export const VERSION_MAJOR = 1;
/** The major version of a file with a Rare section, which readers of version 1 would not expect. */
export const VERSION_MAJOR_RARE = 2;
export const VERSION_MINOR = 0;

/** Every section starts on this boundary; the gap before it is zero. */
export const SECTION_ALIGNMENT = 16;

// ---- Header: 32 bytes at offset 0 ---------------------------------------------------------------
export const HEADER_BYTES = 32;
export const HEADER_MAGIC = 0; // u32
export const HEADER_MAJOR = 4; // u16
export const HEADER_MINOR = 6; // u16
export const HEADER_FILE_BYTES = 8; // u32, the whole file, padding of the last section included
export const HEADER_SECTION_COUNT = 12; // u32
export const HEADER_CHECKSUM = 16; // u32, CRC-32 of header (this field as zero) and section table
// 20..31 reserved, zero

// ---- Section table: directly behind the header, 16 bytes an entry, in file order ------------------
export const ENTRY_BYTES = 16;
export const ENTRY_KIND = 0; // u16, SectionKind
export const ENTRY_INDEX = 2; // u16, block number for Block and Exit, otherwise 0
export const ENTRY_OFFSET = 4; // u32, from the start of the file
export const ENTRY_LENGTH = 8; // u32, without padding
export const ENTRY_CHECKSUM = 12; // u32, CRC-32 of the section's bytes, without padding

/** The order below is the order in the file, the order in which a reader needs them; Rare is behind Exit 0. */
export enum SectionKind {
  Config = 1,
  Policies = 2,
  Labels = 3,
  Vocabulary = 4,
  Embedding = 5,
  Block = 6,
  Exit = 7,
  Card = 8,
  /** Rows of the rare tokens; there only where CONFIG_RARE is not 0. */
  Rare = 9,
}

// ---- Config: 16 words of 32 bits -------------------------------------------------------------------
export const CONFIG_BYTES = 64;
export const CONFIG_HIDDEN = 0; // d, a multiple of 64
export const CONFIG_SLFN = 4; // f, a multiple of 64
export const CONFIG_BLOCKS = 8; // L; 0 in a file that holds only a vocabulary
export const CONFIG_HEADS = 12; // h; d / h is a multiple of 16
export const CONFIG_CLASSES = 16; // C
export const CONFIG_TOKENS = 20; // n, the most tokens that one input may have
export const CONFIG_VOCABULARY = 24; // V, special tokens included
export const CONFIG_SEGMENTS = 28; // 1 for single texts, 2 for pairs
export const CONFIG_ROW_KIND = 32; // RowKind of the token rows
export const CONFIG_NORMALIZER = 36; // bits of Normalizer
export const CONFIG_RARE = 40; // rare tokens, whose rows are in Rare rather than in Embedding; mostly 0
export const CONFIG_RECURRENCE = 44; // 1 where every block begins with a light recurrence, otherwise 0
export const CONFIG_BINARY_SCORES = 48; // 1 where attention scores are of the signs of queries and keys, otherwise 0
// 52..63 reserved, zero

/** How a token's embedding row is stored. */
export enum RowKind {
  /** d bits, row = scale * (+1 or -1). */
  Bits = 0,
  /** d signed bytes, row = scale * byte. */
  Int8 = 1,
}

/** What the tokenizer does to characters before it looks words up; a set of bits. */
export enum Normalizer {
  Lowercase = 1,
  StripAccents = 2,
}

/** Token ids that every vocabulary starts with; pieces follow in byte order. */
export enum SpecialToken {
  Pad = 0,
  Unknown = 1,
  Separator = 2,
  Mask = 3,
}
export const SPECIAL_TOKENS = 4;

// ---- Segments of a pair: a token's row is its segment, 0 or 1, and SHARED_ROW more where the other one has it too
export const SEGMENT_ROWS = 4;
export const SHARED_ROW = 2;

/**
 * Which way a channel of a light recurrence goes: (channel & this) == 0 from the first token to the last,
 * otherwise from the last to the first.
 */
export const BACKWARD_CHANNEL = 32;
/** The forget gate's hard sigmoid before its limits, slope * y + centre: in a file's scales and offsets already. */
export const FORGET_SLOPE = 0.25;
export const FORGET_CENTRE = 0.5;

// ---- Embedding: where there are rare tokens it begins with a map, for each 32 tokens two u32 ----------
export const MAP_TOKENS = 32;
export const MAP_ENTRY_BYTES = 8;
export const MAP_COMMON = 0; // u32, bit i is 1 when the token of that number is common
export const MAP_BEFORE = 4; // u32, how many of the tokens before these are common

// ---- Policies: u32 count, u32 default entry, 8 bytes zero, then entries -----------------------------
export const POLICIES_HEADER_BYTES = 16;
export const POLICIES_COUNT = 0; // u32
export const POLICIES_DEFAULT = 4; // u32, index of the entry that holds until another is chosen
/** An entry is this long plus 4 bytes (one f32 threshold) an exit. */
export const POLICY_ENTRY_BYTES = 32;
export const POLICY_NAME = 0; // POLICY_NAME_BYTES of UTF-8, padded with zeros
export const POLICY_NAME_BYTES = 24;
export const POLICY_KIND = 24; // u32, PolicyKind
export const POLICY_PARAMETER = 28; // u32, depth of `fixed`, patience of `patience`, otherwise 0
export const POLICY_THRESHOLDS = 32; // f32[L]

/** The rule that decides after exit i whether to stop. Sources: see assembly/exit/policy.ts. */
export enum PolicyKind {
  Full = 0,
  Fixed = 1,
  Entropy = 2,
  EntropyFraction = 3,
  EntropyPlateau = 4,
  Confidence = 5,
  Patience = 6,
}

// ---- Labels: u32 count, then per label u16 length and that many bytes of UTF-8 ----------------------

// ---- Vocabulary: four u32, bucket offsets, then front-coded strings ---------------------------------
export const VOCABULARY_HEADER_BYTES = 16;
export const VOCABULARY_PIECES = 0; // u32, V - SPECIAL_TOKENS
export const VOCABULARY_BUCKETS = 4; // u32, ceil(pieces / BUCKET_PIECES)
export const VOCABULARY_STRING_BYTES = 8; // u32, length of the strings
export const VOCABULARY_LONGEST = 12; // u32, bytes of the longest piece, "##" included
/** Pieces a bucket: its first is stored whole, each other as what differs from the one before. */
export const BUCKET_PIECES = 16;
/** No piece is longer, "##" included. */
export const PIECE_BYTES_MOST = 64;

// ---- Limits: refused at open when exceeded ----------------------------------------------------------
export const LIMIT_HIDDEN = 1024;
export const LIMIT_SLFN = 4096;
export const LIMIT_BLOCKS = 64;
export const LIMIT_CLASSES = 1024;
export const LIMIT_TOKENS = 1024;
export const LIMIT_VOCABULARY = 1 << 20;
export const LIMIT_FILE_BYTES = 1 << 28;
/** d and f are multiples of this: a row of weights is a whole number of 64-bit words. */
export const DIMENSION_STEP = 64;
/** The size of a head is a multiple of this: the rows of q, k and v fill whole vectors. */
export const HEAD_STEP = 16;
/** Added to the variance in every LayerNorm. */
export const NORM_EPSILON = 1e-5;
