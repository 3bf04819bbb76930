/**
 * --bench N: a text classified N times through every exit; the host's clock is read after each. From
 * handing over the text until that exit has answered, as `beex bench` has it.
 */

import { Step } from '../abi';
import { exits, step } from '../core';
import { textPointer } from '../model/arena';
import { growTo } from '../model/memory';
import { blocks } from '../model/model';
import { arenaBytes } from '../model/open';
import { now } from './clock';
import { writeInteger, writeMicroseconds } from './numbers';
import { endLine, exitWith, FAILED } from './streams';
import { next, start } from './template';

export const SAMPLES_MOST: i32 = 100000;

const LINE = '{"exit":#,"tokens":#,"p50":#,"p95":#}';

/** u64[L, samples] nanoseconds, behind the arena. */
let times: usize = 0;
let samples: i32 = 0;

/** Makes room; the arena begins with the text's buffer. */
export function startBench(count: i32): void {
  samples = count;
  times = (textPointer + <usize>arenaBytes + 7) & ~7;
  if (!growTo(times + <usize>(samples * blocks) * 8)) exitWith(FAILED, 'not enough memory');
}

/** Runs the text that `begin` took in through every exit; `begun` is when it was handed over. */
export function takeSample(sample: i32, begun: u64): void {
  let said = <i32>Step.GoOn;
  while (said == Step.GoOn) {
    said = step();
    store<u64>(timesOf(exits()) + ((<usize>sample) << 3), now() - begun);
  }
}

/** A line for each exit. */
export function writeTimes(tokens: i32): void {
  for (let exit = 1; exit <= blocks; exit++) {
    sort(timesOf(exit));
    start(LINE);
    writeInteger(exit);
    next();
    writeInteger(tokens);
    next();
    writeMicroseconds(quantile(exit, 50));
    next();
    writeMicroseconds(quantile(exit, 95));
    next();
    endLine();
  }
}

function timesOf(exit: i32): usize {
  return times + <usize>((exit - 1) * samples) * 8;
}

/** The least time that at least `percent` of the samples do not exceed. */
function quantile(exit: i32, percent: i32): u64 {
  const rank = (samples * percent + 99) / 100 - 1;
  return load<u64>(timesOf(exit) + ((<usize>rank) << 3));
}

/** Shell's sort: no memory, and quick enough for what a bench takes. */
function sort(from: usize): void {
  for (let gap = samples >> 1; gap > 0; gap >>= 1) {
    for (let i = gap; i < samples; i++) {
      const time = load<u64>(from + ((<usize>i) << 3));
      let at = i;
      while (at >= gap && load<u64>(from + ((<usize>(at - gap)) << 3)) > time) {
        store<u64>(from + ((<usize>at) << 3), load<u64>(from + ((<usize>(at - gap)) << 3)));
        at -= gap;
      }
      store<u64>(from + ((<usize>at) << 3), time);
    }
  }
}
