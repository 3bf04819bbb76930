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
 * stands for all in the calibration part. Where most records lie within others, only those are
 * drawn: the whole texts that result are what a model will be asked. Pairs are held out as they are.
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
  const groupOf = containmentGroups(records);
  const members = new Map<number, number[]>();
  groupOf.forEach((group, index) => {
    const list = members.get(group);
    if (list) list.push(index);
    else members.set(group, [index]);
  });
  const isNested = (index: number): boolean => (members.get(groupOf[index]) as number[]).length > 1;
  const all = records.map((_, index) => index);
  const nested = all.filter(isNested);
  const candidates = 2 * nested.length > records.length ? nested : all;

  const random = createRandom(seed);
  const held = new Set<number>();
  const wanted = Math.min(count, Math.floor(members.size / 2));
  while (held.size < wanted) held.add(groupOf[candidates[random.below(candidates.length)]]);
  const longest = (group: number): TextRecord =>
    (members.get(group) as number[])
      .map((index) => records[index])
      .reduce((best, record) => (record.text.length > best.text.length ? record : best));
  return {
    train: records.filter((_, index) => !held.has(groupOf[index])),
    calibration: [...held].map(longest),
  };
}
