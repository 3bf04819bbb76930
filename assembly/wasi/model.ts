/**
 * Bringing the model: from a file, or from this module itself. `beex flash --target wasm` puts a model
 * where a file's bytes go, as a data segment, so it is there before anything runs and nothing is copied.
 */
import { Status } from '../abi';
import { extend, open, reserve } from '../core';
import { HEADER_BYTES, HEADER_FILE_BYTES, HEADER_MAGIC, LIMIT_FILE_BYTES, MAGIC } from '../format';
import { filePlace } from '../model/memory';
import { openFile } from './files';
import { readSome } from './streams';
import { fd_close } from './wasi_snapshot_preview1';

/** What a host's file system said. */
export const NO_SUCH_FILE: i32 = -100;
export const CANNOT_READ: i32 = -101;

const HEADER: usize = memory.data(32, 4);

/** Whether a model is built into this module, and no other has taken its place. */
export function hasBuiltIn(): bool {
  return load<u32>(filePlace(), HEADER_MAGIC) == MAGIC;
}

/** Status */
export function openBuiltIn(): i32 {
  if (!hasBuiltIn()) return Status.NotAModel;
  return openWhole(load<u32>(filePlace(), HEADER_FILE_BYTES), 0, -1);
}

/** Status, NO_SUCH_FILE or CANNOT_READ. */
export function openPath(path: usize, bytes: i32): i32 {
  const descriptor = openFile(path, bytes);
  if (descriptor < 0) return NO_SUCH_FILE;
  const status = openDescriptor(descriptor);
  fd_close(descriptor);
  return status;
}

/** The header says how long the file is, so that nobody needs to be asked. */
function openDescriptor(descriptor: i32): i32 {
  const arrived = readAll(descriptor, HEADER, HEADER_BYTES);
  if (arrived < 0) return CANNOT_READ;
  if (arrived < 4 || load<u32>(HEADER, HEADER_MAGIC) != MAGIC) return Status.NotAModel;
  if (arrived < HEADER_BYTES) return Status.Truncated;
  return openWhole(load<u32>(HEADER, HEADER_FILE_BYTES), HEADER_BYTES, descriptor);
}

/** Opens the file of which the first `arrived` bytes, if any, are in HEADER and the rest in `descriptor`. */
function openWhole(bytes: u32, arrived: i32, descriptor: i32): i32 {
  if (bytes > <u32>LIMIT_FILE_BYTES) return Status.OverLimit;
  if (bytes < <u32>HEADER_BYTES) return Status.Truncated;
  const place = reserve(bytes);
  if (place == 0) return Status.OutOfMemory;
  let all: i32 = bytes;
  if (descriptor >= 0) {
    memory.copy(place, HEADER, HEADER_BYTES);
    const rest = readAll(descriptor, place + <usize>arrived, all - arrived);
    if (rest < 0) return CANNOT_READ;
    all = arrived + rest;
  }
  const status = open(all);
  if (status != Status.Ok) return status;
  return all < <i32>bytes ? Status.Truncated : extend(all);
}

/** As many of the bytes as there are; -1 when the host can't read. */
function readAll(descriptor: i32, to: usize, bytes: i32): i32 {
  let at = 0;
  while (at < bytes) {
    const some = readSome(descriptor, to + <usize>at, bytes - at);
    if (some < 0) return -1;
    if (some == 0) break;
    at += some;
  }
  return at;
}
