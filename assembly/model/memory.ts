/**
 * Linear memory: the file's bytes lie behind the static data, the arena behind the file.
 *
 *   │ static data │ file, as many bytes as were reserved │ arena │
 *                 ^ __heap_base, aligned
 */
import { ARENA_ALIGNMENT } from '../abi';

const PAGE_BITS: usize = 16;

/** First byte of the file. */
export function filePlace(): usize {
  return align(__heap_base);
}

/** First byte behind a file of `bytes` bytes. */
export function placeBehind(bytes: i32): usize {
  return align(filePlace() + bytes);
}

/** Makes memory at least `end` bytes large; whether it is. */
export function growTo(end: usize): bool {
  const pages = <i32>((end + (1 << PAGE_BITS) - 1) >> PAGE_BITS);
  const missing = pages - memory.size();
  return missing <= 0 || memory.grow(missing) >= 0;
}

function align(address: usize): usize {
  return (address + ARENA_ALIGNMENT - 1) & ~(<usize>ARENA_ALIGNMENT - 1);
}
