/** Checks of the Config section: every number in its range, and fitting the others. */
import { Status } from '../abi';
import {
  CONFIG_BLOCKS,
  CONFIG_BYTES,
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
  DIMENSION_STEP,
  HEAD_STEP,
  LIMIT_BLOCKS,
  LIMIT_CLASSES,
  LIMIT_HIDDEN,
  LIMIT_SLFN,
  LIMIT_TOKENS,
  LIMIT_VOCABULARY,
  Normalizer,
  RowKind,
  SPECIAL_TOKENS,
} from '../format';

/** Of the fields from CONFIG_HIDDEN to CONFIG_VOCABULARY: what each is a multiple of, and the most it may be. */
const RANGES: usize = memory.data<u32>([
  DIMENSION_STEP,
  LIMIT_HIDDEN,
  DIMENSION_STEP,
  LIMIT_SLFN,
  1,
  LIMIT_BLOCKS,
  1,
  LIMIT_HIDDEN / HEAD_STEP,
  1,
  LIMIT_CLASSES,
  1,
  LIMIT_TOKENS,
  1,
  LIMIT_VOCABULARY,
]);

/** Offset in the section of the field that `checkConfig` refused. */
export let badField: u32 = 0;

let config: usize = 0;

/**
 * Checks the section of `bytes` bytes at `pointer` in a file whose table has room for `blocks` blocks, and a
 * Rare section if `isSplit`.
 */
export function checkConfig(pointer: usize, bytes: u32, blocks: u32, isSplit: bool): Status {
  config = pointer;
  badField = 0;
  if (bytes != CONFIG_BYTES) return Status.BadSection;
  const status = checkRanges(blocks > 0);
  if (status != Status.Ok) return status;
  return isSound(blocks, isSplit) ? Status.Ok : Status.BadSection;
}

/** Without a network its numbers are 0; all others are at least 1. */
function checkRanges(hasNetwork: bool): Status {
  for (badField = CONFIG_HIDDEN; badField <= <u32>CONFIG_VOCABULARY; badField += 4) {
    const number = value(badField);
    const range = RANGES + (badField << 1);
    if (!hasNetwork && badField <= <u32>CONFIG_CLASSES) {
      if (number != 0) return Status.BadSection;
    } else {
      if (number == 0 || number % load<u32>(range) != 0) return Status.BadSection;
      if (number > load<u32>(range, 4)) return Status.OverLimit;
    }
  }
  return Status.Ok;
}

function isSound(blocks: u32, isSplit: bool): bool {
  const known: u32 = Normalizer.Lowercase | Normalizer.StripAccents;
  const rare = value(CONFIG_RARE);
  // The special tokens are always common.
  const pieces = value(CONFIG_VOCABULARY) - SPECIAL_TOKENS;
  return (
    is(CONFIG_VOCABULARY, <i32>pieces > 0) &&
    is(CONFIG_SEGMENTS, value(CONFIG_SEGMENTS) - 1 < 2) &&
    is(CONFIG_NORMALIZER, (value(CONFIG_NORMALIZER) | known) == known) &&
    is(CONFIG_BLOCKS, value(CONFIG_BLOCKS) == blocks) &&
    (blocks == 0 || isNetwork()) &&
    is(CONFIG_RECURRENCE, value(CONFIG_RECURRENCE) <= u32(blocks > 0)) &&
    is(CONFIG_RARE, rare > 0 == isSplit && rare <= pieces)
  );
}

function isNetwork(): bool {
  const step = value(CONFIG_HEADS) * HEAD_STEP;
  return (
    is(CONFIG_HEADS, value(CONFIG_HIDDEN) % step == 0) &&
    is(CONFIG_ROW_KIND, value(CONFIG_ROW_KIND) <= <u32>RowKind.Int8)
  );
}

function value(field: u32): u32 {
  return load<u32>(config + field);
}

function is(field: u32, isGood: bool): bool {
  badField = field;
  return isGood;
}
