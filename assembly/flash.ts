/**
 * The flash build: every call of the core for a model that stays outside linear memory. The host's `read`
 * brings what is asked for; memory never grows. `reserve` takes the file's size, and gives a number that is
 * not 0 where there is room to check it. docs/memory.md.
 */
import { setVouchedFor } from './model/flash';
import * as memories from './model/memory';

export * from './core';
/** Where the static data ends: hosts that know these names can give less than a page. */
export { __data_end, __heap_base };

/** Tells the core that it has `bytes` bytes of linear memory rather than all of its pages; 0 is all. */
export function limitMemory(bytes: i32): void {
  memories.setLimit(bytes);
}

/**
 * Whether the host vouches for files from here on: `open` checks header, section table, Config, policies,
 * labels and every length, but neither checksums nor the vocabulary's pieces. A damaged file may then trap,
 * or answer anything.
 */
export function trust(yes: bool): void {
  setVouchedFor(yes);
}

/** Bytes of linear memory, from 0 on, that the open model needs; after OutOfMemory what it would need. */
export function memoryBytes(): i32 {
  return <i32>memories.usedBytes();
}
