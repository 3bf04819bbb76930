/** Takes the calibration part out of a training split, so that nothing of it is left to learn from. */
import type { TextRecord } from './data/record.ts';
import { containmentGroups, holdOut } from './data/splits.ts';
import { createRandom } from './random.ts';

export interface CalibrationSplit {
  train: TextRecord[];
  calibration: TextRecord[];
}

/**
 * Holds out about `count` records. Single texts may lie within one another (SST-2's phrases lie
 * within its sentences), and a phrase that was learned tells its sentence's label: a record that is
 * drawn takes all that it contains, or is contained in, out of training, and the longest of them
 * stands for all in the calibration part. Pairs are held out as they are.
 */
export function holdOutCalibration(
  records: readonly TextRecord[],
  count: number,
  seed: number,
): CalibrationSplit {
  if (records.some(({ pair }) => pair !== undefined)) {
    const [train, calibration] = holdOut(records, count, { seed });
    return { train, calibration };
  }
  const groups = containmentGroups(records);
  const random = createRandom(seed);
  const longest = new Map<number, number>();
  records.forEach((record, index) => {
    const best = longest.get(groups[index]);
    if (best === undefined || record.text.length > records[best].text.length)
      longest.set(groups[index], index);
  });
  const held = new Set<number>();
  const wanted = Math.min(count, Math.floor(longest.size / 2));
  while (held.size < wanted) held.add(groups[random.below(records.length)]);
  return {
    train: records.filter((_, index) => !held.has(groups[index])),
    calibration: [...held].map((group) => records[longest.get(group) as number]),
  };
}
