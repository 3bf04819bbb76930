/**
 * A model outside linear memory: the host reads it for us, by the only import that this build has.
 *
 *   │ static data │ scratch │ window │ arena │
 *                 ^ filePlace()
 *
 * `fetch` reads exactly what was asked for; `byte` reads ahead, for walks through a section that is being
 * checked. Nothing beyond the bytes that have arrived is ever asked for.
 */
import { filePlace } from './memory';

/**
 * Copies `bytes` bytes at `offset` of the model file to `pointer`. Both ends were checked: the host need
 * not look, but may. The import's module is named by this file: `flash.read`.
 */
declare function read(offset: u32, pointer: usize, bytes: i32): void;

/** For one number, or the Config section. */
const SCRATCH_BYTES: i32 = 64;
const WINDOW_BYTES: i32 = 256;
/** What lies where a resident file would. */
export const FLASH_BUFFER_BYTES: i32 = SCRATCH_BYTES + WINDOW_BYTES;
/** Bytes that a checksum takes at a time. */
export const FLASH_PIECE_BYTES: i32 = WINDOW_BYTES;

/** Bytes of the file that have arrived. */
let end: u32 = 0;
let windowStart: u32 = 0;
let windowBytes: u32 = 0;

/** What `trust` said last. */
export let isVouchedFor: bool = false;

export function setVouchedFor(yes: bool): void {
  isVouchedFor = yes;
}

/** From here on `arrived` bytes are there, and none of them has been read. */
export function startFlash(arrived: u32): void {
  end = arrived;
  windowBytes = 0;
}

export function scratchPointer(): usize {
  return filePlace();
}

/** Holds a piece for its checksum; what `byte` has read ahead is gone then. */
export function piecePointer(): usize {
  windowBytes = 0;
  return filePlace() + SCRATCH_BYTES;
}

export function fetchFlash(address: usize, bytes: i32, buffer: usize): usize {
  read(<u32>address, buffer, bytes);
  return buffer;
}

export function flashWord(address: usize): u32 {
  return load<u32>(fetchFlash(address, 4, scratchPointer()));
}

export function flashHalf(address: usize): u32 {
  return load<u16>(fetchFlash(address, 2, scratchPointer()));
}

export function flashByte(address: usize): i32 {
  const window = filePlace() + SCRATCH_BYTES;
  if (<u32>address - windowStart >= windowBytes) {
    windowStart = <u32>address;
    windowBytes = min(<u32>WINDOW_BYTES, end - windowStart);
    read(windowStart, window, windowBytes);
  }
  return load<u8>(window + (address - windowStart));
}
