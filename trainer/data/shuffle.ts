/** Random order, fixed by the generator's seed. */
import type { Random } from '../random.ts';

/** Puts the items in random order, in place (Fisher and Yates), and returns them. */
export function shuffle<T extends { length: number; [index: number]: unknown }>(items: T, random: Random): T {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const kept = items[i];
    items[i] = items[j];
    items[j] = kept;
  }
  return items;
}
