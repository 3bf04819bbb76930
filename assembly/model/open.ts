/**
 * Opening a model file whose bytes arrive at the place that `reserve` gave, all at once or as a stream:
 * checks everything, plans the arena, and readies the weights for this build's kernels. What has been
 * checked here is not looked at again.
 */
import { Status } from '../abi';
import { CONFIG_BYTES, HEADER_SECTION_COUNT, LIMIT_FILE_BYTES } from '../format';
import { layWeights, prepareKernel } from '../kernel/select';
import { planArena, sharedPointer } from './arena';
import { badField, checkConfig } from './check-config';
import { bytesNeeded, checkChecksum, checkSection } from './check-sections';
import { blocksOfSections, checkTable, FRONT_SECTIONS, hasRare, paired, RARE_SECTION } from './check-table';
import { clearFailure, fail } from './failure';
import { gateBits, gatesBits, hiddenBits, outputBits, planLayout, qkvBits, valueBits } from './layout';
import { filePlace, growTo, placeBehind } from './memory';
import {
  blockPointer,
  blocks,
  hidden,
  recurrence,
  sectionBytes,
  sectionPointer,
  setDimensions,
  setFile,
  slfn,
} from './model';
import { fetchBriefly, fileAddress, setArrived, word } from './source';

/** Whether there is an open model. */
export let isOpen: bool = false;
/** Blocks that have arrived with their exits. */
export let blocksReady: i32 = 0;
/** Whether the rows of the rare tokens are here; true where none are rare. */
export let rareReady: bool = false;
/** Bytes of the arena. */
export let arenaBytes: i32 = 0;

/** Bytes reserved; 0 for none. */
let reserved: i32 = 0;
let sections: i32 = 0;
/** Sections that have arrived and been checked. */
let sectionsReady: i32 = 0;

/** Drops the open model and makes room for a file of `bytes` bytes: its address, or 0. */
export function reserve(bytes: i32): usize {
  isOpen = false;
  reserved = 0;
  sectionsReady = 0;
  if (<u32>bytes > <u32>LIMIT_FILE_BYTES || !growTo(placeBehind(bytes))) return 0;
  reserved = bytes;
  return filePlace();
}

/**
 * Opens the file of which the first `arrived` bytes are there. Truncated: not enough of them yet, call
 * again. Any other error leaves the bytes as they were, and nothing open.
 */
export function open(arrived: i32): Status {
  clearFailure();
  if (isOpen || reserved == 0) return Status.WrongState;
  if (<u32>arrived > <u32>reserved) return Status.BadArgument;
  setArrived(arrived);
  let status = sectionsReady == 0 ? checkStart(arrived) : Status.Ok;
  if (status == Status.Ok) status = checkArrived(arrived);
  if (status == Status.Ok) {
    const needed = blocks > 0 ? FRONT_SECTIONS + 2 : sections;
    if (sectionsReady < needed) return fail(Status.Truncated, sectionsReady, arrived);
    status = layArena();
  }
  if (status != Status.Ok) {
    sectionsReady = 0;
    return status;
  }
  blocksReady = 0;
  readyBlocks();
  isOpen = true;
  return Status.Ok;
}

/** Takes notice that the first `arrived` bytes of the open file are there now. */
export function extend(arrived: i32): Status {
  clearFailure();
  if (!isOpen) return Status.WrongState;
  if (<u32>arrived > <u32>reserved) return Status.BadArgument;
  setArrived(arrived);
  const status = checkArrived(arrived);
  readyBlocks();
  return status;
}

/** Header, section table and Config. */
function checkStart(arrived: u32): Status {
  const file = fileAddress();
  let status = checkTable(file, arrived, reserved);
  if (status != Status.Ok) return status;
  sections = <i32>word(file + HEADER_SECTION_COUNT);
  setFile(file);
  if (!hasArrived(0, arrived)) return fail(Status.Truncated, 0, arrived);
  status = checkChecksum(0);
  if (status != Status.Ok) return status;
  const bytes = sectionBytes(0);
  const section = sectionPointer(0);
  const config = fetchBriefly(section, min(bytes, <u32>CONFIG_BYTES));
  status = checkConfig(config, bytes, blocksOfSections(sections), hasRare(sections));
  if (status != Status.Ok) return fail(status, 0, <u32>(section - file) + badField);
  setDimensions(config);
  planLayout();
  sectionsReady = 1;
  return Status.Ok;
}

/** The sections that have come whole since the last time. */
function checkArrived(arrived: u32): Status {
  while (sectionsReady < sections && hasArrived(sectionsReady, arrived)) {
    const status = checkSection(sectionsReady);
    if (status != Status.Ok) return status;
    sectionsReady += 1;
  }
  return Status.Ok;
}

function hasArrived(section: i32, arrived: u32): bool {
  return bytesNeeded(section) <= arrived;
}

function layArena(): Status {
  const arena = placeBehind(reserved);
  arenaBytes = <i32>planArena(arena);
  if (!growTo(arena + arenaBytes)) return fail(Status.OutOfMemory, -1, 0);
  if (blocks > 0) prepareKernel();
  return Status.Ok;
}

/** Lays the weights of blocks whose exits have come, too, as the kernels want them. */
function readyBlocks(): void {
  rareReady = !hasRare(sections) || sectionsReady > RARE_SECTION;
  const arrived = min(paired(sectionsReady, sections) / 2, blocks);
  for (; blocksReady < arrived; blocksReady++) {
    const block = blockPointer(blocksReady);
    if (recurrence > 0) layBits(block + gatesBits, 2 * hidden, hidden);
    layBits(block + qkvBits, 3 * hidden, hidden);
    layBits(block + outputBits, hidden, hidden);
    layBits(block + hiddenBits, 2 * slfn, hidden);
    layBits(block + gateBits, hidden, slfn);
    layBits(block + valueBits, hidden, slfn);
  }
}

function layBits(weights: usize, rows: i32, inputs: i32): void {
  layWeights(weights, rows, inputs / 8, sharedPointer);
}
