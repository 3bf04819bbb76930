/**
 * Where the model's bytes come from. Everything else knows the model by addresses, and reads it through here:
 *
 *   resident  the file is in linear memory, an address is a pointer: fetching is nothing, and costs nothing
 *   flash     the file is outside, an address is an offset in it: fetching reads into a buffer (flash.ts)
 *
 * The flash build is the one that is compiled for little memory; `if (IS_FLASH)` is static, as features are.
 */
import {
  FLASH_BUFFER_BYTES,
  FLASH_PIECE_BYTES,
  fetchFlash,
  flashByte,
  flashHalf,
  flashWord,
  isVouchedFor,
  piecePointer,
  scratchPointer,
  startFlash,
} from './flash';
import { filePlace } from './memory';

export const IS_FLASH: bool = ASC_LOW_MEMORY_LIMIT != 0;

/** Whether the host vouches for the file, so that no section need be read whole to open it: flash only. */
export function isTrusted(): bool {
  return IS_FLASH && isVouchedFor;
}

/** Address of the file's first byte. */
export function fileAddress(): usize {
  return IS_FLASH ? 0 : filePlace();
}

/** Bytes of linear memory that a file of `bytes` bytes takes. */
export function fileRoom(bytes: i32): i32 {
  return IS_FLASH ? FLASH_BUFFER_BYTES : bytes;
}

/** The first `arrived` bytes of the file are there now. */
export function setArrived(arrived: u32): void {
  if (IS_FLASH) startFlash(arrived);
}

/** `bytes` bytes of the model, in linear memory: at `address` itself, or brought to `buffer`. */
export function fetch(address: usize, bytes: i32, buffer: usize): usize {
  if (IS_FLASH) return fetchFlash(address, bytes, buffer);
  return address;
}

/** The same of `count` floats. */
export function fetchFloats(address: usize, count: i32, buffer: usize): usize {
  return fetch(address, count << 2, buffer);
}

/** The same of at most 64 bytes, which stay until the next read. */
export function fetchBriefly(address: usize, bytes: i32): usize {
  return fetch(address, bytes, IS_FLASH ? scratchPointer() : 0);
}

/** Writes `bytes` bytes of the model to `target`. */
export function copy(address: usize, bytes: i32, target: usize): void {
  if (IS_FLASH) fetchFlash(address, bytes, target);
  else memory.copy(target, address, bytes);
}

export function word(address: usize): u32 {
  return IS_FLASH ? flashWord(address) : load<u32>(address);
}

export function half(address: usize): u32 {
  return IS_FLASH ? flashHalf(address) : load<u16>(address);
}

export function float(address: usize): f32 {
  return IS_FLASH ? reinterpret<f32>(flashWord(address)) : load<f32>(address);
}

/** One of many: the flash build reads ahead. */
export function byte(address: usize): i32 {
  return IS_FLASH ? flashByte(address) : load<u8>(address);
}

/** How many of `left` bytes `fetchPiece` takes at a time. */
export function pieceBytes(left: u32): u32 {
  return IS_FLASH ? min(left, <u32>FLASH_PIECE_BYTES) : left;
}

export function fetchPiece(address: usize, bytes: i32): usize {
  return fetch(address, bytes, IS_FLASH ? piecePointer() : 0);
}
