/** The command's arguments. */
import { exitWith, WRONG_USAGE } from './streams';
import { args_get, args_sizes_get } from './wasi_snapshot_preview1';

/** Pointers and bytes of all arguments; longer texts come by standard input. */
const ARGUMENTS_BYTES: i32 = 16384;
const ARGUMENTS: usize = memory.data(16384, 4);
const SIZES: usize = memory.data(8, 4);

/** The command's own name included. */
export let argumentCount: i32 = 0;

export function readArguments(): void {
  if (args_sizes_get(SIZES, SIZES + 4) != 0) return;
  const count = load<i32>(SIZES);
  const bytes = load<i32>(SIZES, 4);
  if (count > ARGUMENTS_BYTES / 4 || bytes > ARGUMENTS_BYTES - count * 4)
    exitWith(WRONG_USAGE, 'the arguments are too long');
  if (args_get(ARGUMENTS, ARGUMENTS + ((<usize>count) << 2)) == 0) argumentCount = count;
}

/** First byte of an argument, behind whose last one stands a zero. */
export function argument(index: i32): usize {
  return load<u32>(ARGUMENTS + ((<usize>index) << 2));
}

/** Bytes before the zero. */
export function lengthOf(text: usize): i32 {
  let length = 0;
  while (load<u8>(text + <usize>length) != 0) length++;
  return length;
}

/** Whether the text at `text`, `length` bytes, is this one. */
export function isSame(text: usize, length: i32, other: string): bool {
  if (length != other.length) return false;
  for (let i = 0; i < length; i++) {
    if (<i32>load<u8>(text + <usize>i) != other.charCodeAt(i)) return false;
  }
  return true;
}
