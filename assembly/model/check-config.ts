/** Checks of the Config section: every number in its range, and fitting the others. */
import { Status } from '../abi';
import {
  CONFIG_BINARY_SCORES,
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
  let status = checkTokenizer();
  if (status == Status.Ok) status = blocks == 0 ? checkNoNetwork() : checkNetwork(blocks);
  const most = u32(blocks > 0);
  if (status == Status.Ok) status = is(CONFIG_RECURRENCE, value(CONFIG_RECURRENCE) <= most);
  if (status == Status.Ok) status = is(CONFIG_BINARY_SCORES, value(CONFIG_BINARY_SCORES) <= most);
  if (status == Status.Ok) {
    // The special tokens are always common.
    const rare = value(CONFIG_RARE);
    status = is(CONFIG_RARE, rare > 0 == isSplit && rare <= value(CONFIG_VOCABULARY) - SPECIAL_TOKENS);
  }
  return status;
}

function checkTokenizer(): Status {
  let status = inRange(CONFIG_TOKENS, 1, LIMIT_TOKENS, 1);
  if (status == Status.Ok) status = inRange(CONFIG_VOCABULARY, SPECIAL_TOKENS + 1, LIMIT_VOCABULARY, 1);
  if (status == Status.Ok) status = is(CONFIG_SEGMENTS, value(CONFIG_SEGMENTS) - 1 < 2);
  if (status == Status.Ok) {
    const known: u32 = Normalizer.Lowercase | Normalizer.StripAccents;
    status = is(CONFIG_NORMALIZER, (value(CONFIG_NORMALIZER) | known) == known);
  }
  return status;
}

function checkNetwork(blocks: u32): Status {
  let status = inRange(CONFIG_HIDDEN, DIMENSION_STEP, LIMIT_HIDDEN, DIMENSION_STEP);
  if (status == Status.Ok) status = inRange(CONFIG_SLFN, DIMENSION_STEP, LIMIT_SLFN, DIMENSION_STEP);
  if (status == Status.Ok) status = inRange(CONFIG_BLOCKS, 1, LIMIT_BLOCKS, 1);
  if (status == Status.Ok) status = is(CONFIG_BLOCKS, value(CONFIG_BLOCKS) == blocks);
  if (status == Status.Ok) status = inRange(CONFIG_HEADS, 1, LIMIT_HIDDEN / HEAD_STEP, 1);
  if (status == Status.Ok) {
    const step = value(CONFIG_HEADS) * HEAD_STEP;
    status = is(CONFIG_HEADS, value(CONFIG_HIDDEN) % step == 0);
  }
  if (status == Status.Ok) status = inRange(CONFIG_CLASSES, 1, LIMIT_CLASSES, 1);
  if (status == Status.Ok) status = is(CONFIG_ROW_KIND, value(CONFIG_ROW_KIND) <= <u32>RowKind.Int8);
  return status;
}

/** Its numbers, from the first to the number of classes, are 0. */
function checkNoNetwork(): Status {
  let status = Status.Ok;
  for (let field = CONFIG_HIDDEN; field <= CONFIG_CLASSES && status == Status.Ok; field += 4) {
    status = is(field, value(field) == 0);
  }
  return status;
}

function value(field: u32): u32 {
  return load<u32>(config + field);
}

function is(field: u32, isGood: bool): Status {
  badField = field;
  return isGood ? Status.Ok : Status.BadSection;
}

function inRange(field: u32, least: u32, most: u32, step: u32): Status {
  badField = field;
  const number = value(field);
  if (number < least || number % step != 0) return Status.BadSection;
  return number > most ? Status.OverLimit : Status.Ok;
}
