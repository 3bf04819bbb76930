/** Every call of the core. docs/core-abi.md describes them and the order in which they make sense. */
import { Dimension, Status } from './abi';
import * as policies from './exit/policy';
import * as kernels from './kernel/select';
import * as arena from './model/arena';
import { isPolicy } from './model/check-sections';
import * as failure from './model/failure';
import * as model from './model/model';
import * as opened from './model/open';
import * as machine from './step';
import * as text from './text/tokenizer';

// ---- The model's bytes: make room, bring them, open ---------------------------------------------------
export { extend, reserve } from './model/open';

export function open(arrived: i32): i32 {
  const status = opened.open(arrived);
  if (status == Status.Ok) machine.reset();
  return status;
}

export function errorSection(): i32 {
  return failure.errorSection;
}

export function errorOffset(): i32 {
  return failure.errorOffset;
}

// ---- The open model -----------------------------------------------------------------------------------
export function dimension(which: i32): i32 {
  if (!opened.isOpen) return Status.WrongState;
  switch (which) {
    case Dimension.Hidden:
      return model.hidden;
    case Dimension.Slfn:
      return model.slfn;
    case Dimension.Blocks:
      return model.blocks;
    case Dimension.Heads:
      return model.heads;
    case Dimension.Classes:
      return model.classes;
    case Dimension.Tokens:
      return model.tokensMost;
    case Dimension.Vocabulary:
      return model.vocabulary;
    case Dimension.Segments:
      return model.segments;
  }
  return Status.BadArgument;
}

export function normalizer(): i32 {
  return opened.isOpen ? model.normalizerFlags : Status.WrongState;
}

export function arenaBytes(): i32 {
  return opened.isOpen ? opened.arenaBytes : Status.WrongState;
}

export function blocksReady(): i32 {
  return opened.isOpen ? opened.blocksReady : Status.WrongState;
}

export function chooseKernel(kernel: i32): i32 {
  return kernels.chooseKernel(kernel) ? Status.Ok : Status.BadArgument;
}

// ---- Text and tokens; pointers are 0 while nothing is open --------------------------------------------
export { segmentStart, wasCut } from './text/tokenizer';

export function textPointer(): usize {
  return opened.isOpen ? arena.textPointer : 0;
}

export function clear(): void {
  if (opened.isOpen) text.clear();
}

export function feed(segment: i32, bytes: i32): i32 {
  return opened.isOpen ? text.feed(segment, bytes) : Status.WrongState;
}

export function tokenize(): i32 {
  return opened.isOpen ? text.tokenize() : Status.WrongState;
}

export function tokensPointer(): usize {
  return opened.isOpen ? arena.tokensPointer : 0;
}

export function splitWords(bytes: i32): i32 {
  return opened.isOpen ? text.splitWords(bytes) : Status.WrongState;
}

export function splitPointer(): usize {
  return opened.isOpen ? arena.splitPointer : 0;
}

// ---- The machine; pointers are 0 while no model with blocks is open -----------------------------------
export { begin, run, step } from './step';

export function rareTokens(): i32 {
  return opened.isOpen ? machine.rare : Status.WrongState;
}

export function thresholdsPointer(): usize {
  return hasBlocks() ? arena.thresholdsPointer : 0;
}

export function policy(kind: i32, parameter: i32): i32 {
  if (!opened.isOpen) return Status.WrongState;
  if (!hasBlocks()) return Status.NoBlocks;
  if (!isPolicy(kind, parameter)) return Status.BadArgument;
  policies.setPolicy(kind, parameter);
  return Status.Ok;
}

export function exits(): i32 {
  return opened.isOpen ? machine.exits : Status.WrongState;
}

export function label(): i32 {
  return opened.isOpen && machine.exits > 0 ? machine.label : Status.WrongState;
}

export function entropiesPointer(): usize {
  return hasBlocks() ? arena.entropiesPointer : 0;
}

export function logitsPointer(): usize {
  return hasBlocks() ? arena.logitsPointer : 0;
}

export function probabilitiesPointer(): usize {
  return hasBlocks() ? arena.probabilitiesPointer : 0;
}

function hasBlocks(): bool {
  return opened.isOpen && model.blocks > 0;
}
