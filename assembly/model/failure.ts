/** What the last `open` or `extend` found wrong, and where. */
import { Status } from '../abi';

/** Index of the section in the table, -1 for none. */
export let errorSection: i32 = -1;
/** Byte offset in the file. */
export let errorOffset: i32 = 0;

/** Notes where, and returns the status. */
export function fail(status: Status, section: i32, offset: u32): Status {
  errorSection = section;
  errorOffset = offset;
  return status;
}

export function clearFailure(): void {
  fail(Status.Ok, -1, 0);
}
