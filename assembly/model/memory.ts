/**
 * Linear memory: the file's bytes lie behind the static data, the arena behind the file. In the flash build
 * the file is elsewhere (flash.ts), and memory never grows.
 *
 *   │ static data │ file, as many bytes as were reserved │ arena │
 *                 ^ __heap_base, aligned
 */
import { ARENA_ALIGNMENT } from '../abi';
import { fileRoom, IS_FLASH } from './source';

const PAGE_BITS: usize = 16;

/** Bytes that the flash build may use, when that is not all there are; a firmware may have less than a page. */
let limit: usize = 0;
/** Bytes that the open model needs. */
let used: usize = 0;

export function setLimit(bytes: usize): void {
  limit = bytes;
}

export function usedBytes(): usize {
  return used;
}

/** First byte of the file. */
export function filePlace(): usize {
  return align(__heap_base);
}

/** First byte behind a file of `bytes` bytes. */
export function placeBehind(bytes: i32): usize {
  return align(filePlace() + fileRoom(bytes));
}

/** Makes memory at least `end` bytes large; whether it is. */
export function growTo(end: usize): bool {
  if (IS_FLASH) {
    used = end;
    return end <= (limit > 0 ? limit : (<usize>memory.size()) << PAGE_BITS);
  }
  const pages = <i32>((end + (1 << PAGE_BITS) - 1) >> PAGE_BITS);
  const missing = pages - memory.size();
  return missing <= 0 || memory.grow(missing) >= 0;
}

function align(address: usize): usize {
  return (address + ARENA_ALIGNMENT - 1) & ~(<usize>ARENA_ALIGNMENT - 1);
}
