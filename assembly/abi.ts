/**
 * The core's ABI in numbers: status codes and what `step` says. Compiled by both compilers, so it
 * holds constants only and imports nothing. docs/core-abi.md describes each exported call;
 * assembly/core.ts is the list of them.
 */

/** What a call returns. Negative values are errors; host/core.ts has the sentence for each. */
export enum Status {
  Ok = 0,
  /** A model file that is not one: the magic differs. */
  NotAModel = -1,
  /** A major version that this core does not read. */
  UnknownVersion = -2,
  /** Fewer bytes than header, section table or a section say. */
  Truncated = -3,
  /** A checksum differs. */
  Corrupt = -4,
  /** The section table is out of order, overlaps, or lacks a section. */
  BadSectionTable = -5,
  /** A size or number in a section is out of its range or does not fit the others. */
  BadSection = -6,
  /** Larger than one of the limits in format.ts. */
  OverLimit = -7,
  /** Linear memory could not grow. */
  OutOfMemory = -8,
  /** The call makes no sense in this state, such as `step` before `begin`. */
  WrongState = -9,
  /** An argument is out of range. */
  BadArgument = -10,
  /** The file holds a vocabulary but no blocks: it can only tokenize. */
  NoBlocks = -11,
  /** Rows of some of the text's tokens have not arrived yet: bring more, then `begin` again. */
  NeedRows = -12,
}

/** What `step` and `run` return when they do not fail. */
export enum Step {
  /** An exit was computed and the policy wants to go on. */
  GoOn = 0,
  /** The policy stopped, or the last exit was reached: the answer stands. */
  Stopped = 1,
  /** The next block has not arrived yet: `extend`, then call again. */
  NeedBlock = 2,
}

/** Numbers of the open model, for `dimension`. */
export enum Dimension {
  Hidden = 0,
  Slfn = 1,
  Blocks = 2,
  Heads = 3,
  Classes = 4,
  Tokens = 5,
  Vocabulary = 6,
  Segments = 7,
}

/** How mismatches are counted, for `chooseKernel`; see assembly/kernel/select.ts. */
export enum Kernel {
  /** 64-bit words: the scalar build's only one. */
  Scalar = 0,
  /** i8x16.popcnt: faster where it is one instruction, as on arm64. */
  Popcount = 1,
  /** Tables for pairs of tokens, by relaxed swizzles in the relaxed build: the default, faster on x86. */
  PairLookup = 2,
}

/** Where a block's time goes, for `mark` of the profile builds; see assembly/kernel/profile.ts. */
export enum Part {
  /** From floats and counts to bits, and packing them for the kernel. */
  Bits = 0,
  /** Binary products. */
  Products = 1,
  /** From counts to rounded queries. */
  Queries = 2,
  /** Queries times keys. */
  Scores = 3,
  Softmax = 4,
  /** Softmax times values, down to the context's bits. */
  Context = 5,
  /** From counts to what is added to the tokens. */
  Residual = 6,
  Norm = 7,
}

/** Bytes of the buffer at `textPointer()`; longer texts are fed in pieces. */
export const TEXT_CAPACITY = 4096;
/** Bytes reserved for what lies behind the model besides the arena, see model/arena.ts. */
export const ARENA_ALIGNMENT = 16;
