/** The host's clock. */
import { clock_time_get } from './wasi_snapshot_preview1';

const MONOTONIC: i32 = 1;
const TIME: usize = memory.data(8, 8);

/** Nanoseconds since some moment; 0 where the host has no clock. */
export function now(): u64 {
  return clock_time_get(MONOTONIC, 1, TIME) == 0 ? load<u64>(TIME) : 0;
}
