/**
 * The machine: `begin` embeds the text, each `step` runs one block, its exit and the policy, `run` loops.
 *
 *   open ──► waiting ── begin ──► begun ── step: GoOn, NeedBlock ──┐
 *               ▲                 │    ◄────────────────────────────┘
 *               └── begin ─── answered ◄── step: Stopped
 */
import { Status, Step } from './abi';
import { runBlock } from './block/block';
import { embed } from './block/embedding';
import { computeEntropy } from './exit/entropy';
import { computeLogits } from './exit/head';
import { setDefaultPolicy, wantsToStop } from './exit/policy';
import { blocks } from './model/model';
import { blocksReady, isOpen, rareReady } from './model/open';
import { clear, segmentStart, tokenize } from './text/tokenizer';

/** Tokens of the input; 0 before `begin`. */
let tokens: i32 = 0;
/** Those of them whose rows are behind exit 1. */
export let rare: i32 = 0;
/** Exits computed so far. */
export let exits: i32 = 0;
/** The last exit's label. */
export let label: i32 = 0;
/** How many exits directly before the last one gave the same label. */
let agreeing: i32 = 0;
let hasStopped: bool = false;

/** The state after a model has been opened. */
export function reset(): void {
  clear();
  tokens = 0;
  rare = 0;
  exits = 0;
  if (blocks > 0) setDefaultPolicy();
}

/**
 * Tokenizes and embeds the text that was fed; the number of its tokens, or a Status. After NeedRows the
 * machine may be stepped: it takes tokens whose rows have not arrived for unknown ones.
 */
export function begin(): i32 {
  if (!isOpen) return Status.WrongState;
  if (blocks == 0) return Status.NoBlocks;
  tokens = tokenize();
  exits = 0;
  agreeing = 0;
  hasStopped = false;
  rare = embed(tokens, segmentStart());
  return rare == 0 || rareReady ? tokens : Status.NeedRows;
}

/** Runs the next block and its exit, and asks the policy: a Step, or a Status. */
export function step(): i32 {
  if (!isOpen || tokens == 0) return Status.WrongState;
  if (hasStopped) return Step.Stopped;
  if (exits == blocksReady) return Step.NeedBlock;
  runBlock(exits, tokens);
  const previous = label;
  label = computeLogits(exits, tokens);
  computeEntropy(exits);
  agreeing = exits > 0 && label == previous ? agreeing + 1 : 0;
  exits += 1;
  hasStopped = exits == blocks || wantsToStop(exits, agreeing);
  return hasStopped ? Step.Stopped : Step.GoOn;
}

/** Steps until the machine stops or needs a block: that Step, or a Status. */
export function run(): i32 {
  let said = step();
  while (said == Step.GoOn) said = step();
  return said;
}
