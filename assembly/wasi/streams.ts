/** Standard input by lines, standard output by lines, and the one line of an error. */
import { fd_read, fd_write, proc_exit } from './wasi_snapshot_preview1';

const STDIN: i32 = 0;
const STDOUT: i32 = 1;
const STDERR: i32 = 2;

/** Exit codes, as `beex` has them. */
export const FAILED: i32 = 1;
export const WRONG_USAGE: i32 = 2;

const OUT_BYTES: i32 = 1024;
const IN_BYTES: i32 = 4096;
const OUT: usize = memory.data(1024);
const IN: usize = memory.data(4096);
/** A pointer, a length, and how many bytes went. */
const VECTOR: usize = memory.data(12, 4);

let outBytes: i32 = 0;
let inAt: i32 = 0;
let inEnd: i32 = 0;

/** Fills up to `bytes` bytes at `to`; how many came, 0 at the end, -1 when the host can't read. */
export function readSome(descriptor: i32, to: usize, bytes: i32): i32 {
  store<u32>(VECTOR, <u32>to);
  store<u32>(VECTOR, bytes, 4);
  return fd_read(descriptor, VECTOR, 1, VECTOR + 8) == 0 ? load<i32>(VECTOR, 8) : -1;
}

/** The next byte of standard input; -1 at its end. */
export function readByte(): i32 {
  if (inAt == inEnd) {
    inAt = 0;
    inEnd = readSome(STDIN, IN, IN_BYTES);
    if (inEnd <= 0) {
      inEnd = 0;
      return -1;
    }
  }
  inAt += 1;
  return load<u8>(IN + <usize>(inAt - 1));
}

export function writeByte(byte: i32): void {
  if (outBytes == OUT_BYTES) flush();
  store<u8>(OUT + <usize>outBytes, byte);
  outBytes += 1;
}

export function writeBytes(from: usize, bytes: i32): void {
  for (let i = 0; i < bytes; i++) writeByte(load<u8>(from + <usize>i));
}

/** Characters below U+0080 only. */
export function write(text: string): void {
  const from = changetype<usize>(text);
  for (let i = 0; i < text.length; i++) writeByte(load<u8>(from + ((<usize>i) << 1)));
}

export function endLine(): void {
  writeByte(0x0a);
  flush();
}

/** Ends the command with what stands in the buffer as the line of an error. */
export function exitWithLine(code: i32): void {
  writeByte(0x0a);
  send(STDERR);
  proc_exit(code);
}

/** Forgets what stands in the buffer and begins the line of an error. */
export function startError(): void {
  outBytes = 0;
  write('error: ');
}

export function exitWith(code: i32, message: string): void {
  startError();
  write(message);
  exitWithLine(code);
}

function flush(): void {
  if (!send(STDOUT)) proc_exit(FAILED);
}

/** Writes the buffer out; false when the reader is gone. */
function send(descriptor: i32): bool {
  let at = 0;
  while (at < outBytes) {
    store<u32>(VECTOR, <u32>OUT + at);
    store<u32>(VECTOR, outBytes - at, 4);
    if (fd_write(descriptor, VECTOR, 1, VECTOR + 8) != 0) return false;
    at += load<i32>(VECTOR, 8);
  }
  outBytes = 0;
  return true;
}
