/**
 * Marks where a block goes from one part to the next, for the builds that are profiled: there the host is
 * told, and looks at its clock. In every other build this is nothing at all.
 */
import { Part } from '../abi';

declare function markOfHost(part: i32): void;

/** What ran since the last mark was `part`. */
export function mark(part: Part): void {
  // Only the profile targets of asconfig.json define it.
  if (isDefined(PROFILE)) markOfHost(part);
}
