/**
 * The WASI command: MODEL [--policy P] [--bench N] [TEXT...], or lines of standard input. MODEL is left out
 * where a model is built in. One line of JSON a text; docs/devices.md.
 */
import { Status } from '../abi';
import { begin, policy, run } from '../core';
import { PolicyKind } from '../format';
import { blocks, segments } from '../model/model';
import { writeAnswer } from './answer';
import { argument, argumentCount, isSame, lengthOf, readArguments } from './arguments';
import { SAMPLES_MOST, startBench, takeSample, writeTimes } from './bench';
import { now } from './clock';
import { exitWithStatus } from './errors';
import { endText, startSecond, startText, takeLine, takeText } from './input';
import { hasBuiltIn, openBuiltIn, openPath } from './model';
import { decimal, decimalEnd, readDecimal } from './numbers';
import { choosePolicy, writePolicies } from './policies';
import { endLine, exitWith, exitWithLine, startError, WRONG_USAGE, write, writeBytes } from './streams';

const USAGE =
  'usage: beex.wasm MODEL [--policy P] [--bench N] [TEXT...]; lines of standard input without TEXT';

/** The next argument. */
let at: i32 = 1;
/** Samples of --bench; 0 to classify. */
let samples: i32 = 0;

/** For hosts and tools that place data behind what this module has. */
export { __data_end, __heap_base };

export function _start(): void {
  readArguments();
  openModel();
  readOptions();
  if (samples > 0) startBench(samples);
  if (at < argumentCount) answerArguments();
  else answerLines();
}

function openModel(): void {
  if (hasBuiltIn()) {
    const status = openBuiltIn();
    if (status != Status.Ok) exitWithStatus(status, 0, 0);
  } else {
    if (at >= argumentCount) exitWith(WRONG_USAGE, USAGE);
    const path = argument(at++);
    const status = openPath(path, lengthOf(path));
    if (status != Status.Ok) exitWithStatus(status, path, lengthOf(path));
    if (blocks == 0) exitWithStatus(Status.NoBlocks, path, lengthOf(path));
  }
}

function readOptions(): void {
  while (at < argumentCount) {
    const option = argument(at);
    const length = lengthOf(option);
    const isPolicy = isSame(option, length, '--policy');
    const isBench = isSame(option, length, '--bench');
    if (isPolicy || isBench) {
      if (++at == argumentCount) exitWith(WRONG_USAGE, USAGE);
      if (isPolicy) takePolicy(argument(at++));
      else takeSamples(argument(at++));
    } else {
      if (isSame(option, length, '--')) at++;
      else if (length > 1 && load<u16>(option) == 0x2d2d) exitWith(WRONG_USAGE, USAGE);
      return;
    }
  }
}

function takePolicy(text: usize): void {
  const length = lengthOf(text);
  if (choosePolicy(text, length)) return;
  startError();
  write('there is no policy "');
  writeBytes(text, length);
  write('": this model has ');
  writePolicies();
  write('; full always works');
  exitWithLine(WRONG_USAGE);
}

function takeSamples(text: usize): void {
  const end = text + <usize>lengthOf(text);
  const isGood = readDecimal(text, end) && decimalEnd == end;
  samples = <i32>decimal;
  if (!isGood || samples < 1 || samples > SAMPLES_MOST || <f32>samples != decimal)
    exitWith(WRONG_USAGE, '--bench takes 1 to 100000');
}

function answerArguments(): void {
  const isPair = segments == 2;
  if (isPair && ((argumentCount - at) & 1) != 0) exitWith(WRONG_USAGE, 'this model takes texts two by two');
  for (; at < argumentCount; at += segments) {
    let runs = max(samples, 1);
    for (let sample = 0; sample < runs; sample++) {
      const start = now();
      takeArguments();
      answer(sample, start);
    }
  }
}

function takeArguments(): void {
  startText();
  takeText(argument(at), lengthOf(argument(at)));
  if (segments == 2) {
    startSecond();
    takeText(argument(at + 1), lengthOf(argument(at + 1)));
  }
  endText();
}

function answerLines(): void {
  if (samples > 0) exitWith(WRONG_USAGE, '--bench needs TEXT');
  for (;;) {
    const start = now();
    const texts = takeLine(segments == 2);
    if (texts == 0) return;
    if (texts != segments) exitWith(WRONG_USAGE, 'a line needs one tab, between two texts');
    answer(0, start);
  }
}

/** Answers the text that was fed, or takes a sample of its time. */
function answer(sample: i32, start: u64): void {
  if (samples == 0) {
    const tokens = begin();
    run();
    writeAnswer(tokens, now() - start);
    endLine();
    return;
  }
  if (sample == 0) policy(PolicyKind.Full, 0);
  const tokens = begin();
  takeSample(sample, start);
  if (sample == samples - 1) writeTimes(tokens);
}
