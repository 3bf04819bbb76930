/**
 * The WASI reactor: every call of the core, and its model from the host's file system, for those who embed
 * the core in a program of their own. docs/devices.md.
 */
import { Status } from '../abi';
import { hasBuiltIn, openBuiltIn, openPath } from './model';

export * from '../core';
export { __data_end, __heap_base };

const PATH_BYTES: i32 = 1024;
const PATH: usize = memory.data(1024);

/** Hosts call it once, before anything else; there is nothing to do. */
export function _initialize(): void {}

/** Where a path goes, 1,024 bytes. */
export function pathPointer(): usize {
  return PATH;
}

/**
 * Opens the model whose path is at `pathPointer()`, or the one that is built in when `bytes` is 0. Status;
 * -100 when no directory has such a file, -101 when the host can't read it.
 */
export function openFile(bytes: i32): i32 {
  if (bytes < 0 || bytes > PATH_BYTES) return Status.BadArgument;
  if (bytes > 0) return openPath(PATH, bytes);
  return hasBuiltIn() ? openBuiltIn() : Status.NotAModel;
}
