/**
 * Opening a file under one of the directories that the host has opened before. They are descriptors 3, 4,
 * ..., each with the name that paths begin with; "." and "" are the directory that relative paths are in.
 */
import { fd_prestat_dir_name, fd_prestat_get, path_open } from './wasi_snapshot_preview1';

const FIRST_DIRECTORY: i32 = 3;
const FOLLOW_LINKS: i32 = 1;
const RIGHT_TO_READ: u64 = 2;
const NAME_BYTES: i32 = 1024;
const NAME: usize = memory.data(1024);
/** A prestat: u8 kind, u32 length of the name. */
const PRESTAT: usize = memory.data(8, 4);
const OPENED: usize = memory.data(4, 4);

const SLASH: i32 = 0x2f;
const DOT: i32 = 0x2e;

/** A descriptor to read from, or -1. */
export function openFile(path: usize, bytes: i32): i32 {
  for (let directory = FIRST_DIRECTORY; fd_prestat_get(directory, PRESTAT) == 0; directory++) {
    const name = load<i32>(PRESTAT, 4);
    if (load<u8>(PRESTAT) != 0 || name > NAME_BYTES) continue;
    if (fd_prestat_dir_name(directory, NAME, name) != 0) continue;
    const skip = bytesOfDirectory(path, bytes, nameLength(name));
    if (skip < 0) continue;
    const from = path + <usize>skip;
    if (path_open(directory, FOLLOW_LINKS, from, bytes - skip, 0, RIGHT_TO_READ, 0, 0, OPENED) == 0)
      return load<i32>(OPENED);
  }
  return -1;
}

/** Some hosts count a zero behind the name, some end it with a slash. */
function nameLength(bytes: i32): i32 {
  while (bytes > 0 && load<u8>(NAME + <usize>(bytes - 1)) == 0) bytes--;
  while (bytes > 0 && load<u8>(NAME + <usize>(bytes - 1)) == SLASH) bytes--;
  return bytes;
}

/** How many bytes of the path name the directory in NAME; -1 when it is not in there. */
function bytesOfDirectory(path: usize, bytes: i32, name: i32): i32 {
  const isHere = name == 0 || (name == 1 && load<u8>(NAME) == DOT);
  let at = 0;
  if (!isHere) {
    while (at < name && at < bytes && load<u8>(NAME + <usize>at) == load<u8>(path + <usize>at)) at++;
    if (at < name || at >= bytes || load<u8>(path + <usize>at) != SLASH) return -1;
  }
  while (at < bytes && load<u8>(path + <usize>at) == SLASH) at++;
  return at < bytes ? at : -1;
}
