/** What a clock can tell apart. */

/** The smallest difference, in milliseconds, that the clock shows. */
export function clockResolution(now: () => number): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 20; i++) {
    const start = now();
    let end = now();
    while (end === start) end = now();
    smallest = Math.min(smallest, end - start);
  }
  return smallest;
}
