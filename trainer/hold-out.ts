/** Takes the calibration part out of a training split, so that nothing of it is left to learn from. */
import type { TextRecord } from './data/record.ts';
import { containmentGroups, holdOut, normalizedText } from './data/splits.ts';
import { createRandom } from './random.ts';

export interface CalibrationSplit {
  train: TextRecord[];
  calibration: TextRecord[];
}

/** Part of a training split that is held out, within bounds. */
const SHARE = 0.1;
const MOST = 600;
/** The same for every run, whatever its own seed: runs can be compared, and may teach each other. */
const SEED = 1;

/**
 * Holds out about `count` records. Single texts may lie within one another (SST-2's phrases lie
 * within its sentences), and a phrase that was learned tells its sentence's label: a record that is
 * drawn takes all that it contains, or is contained in, out of training, and the longest of them
 * stands for all in the calibration part. Where most records lie within others, only those are
 * drawn: the whole texts that result are what a model will be asked. Pairs are held out as they are.
 */
export function holdOutCalibration(
  records: readonly TextRecord[],
  count = Math.max(1, Math.min(MOST, Math.round(records.length * SHARE))),
  seed = SEED,
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
  const calibration = [...held].map(longest);
  const kept = records.filter((_, index) => !held.has(groupOf[index]));
  return { train: withoutOwnPhrases(kept, calibration), calibration };
}

/** Phrases shorter than this are not grouped with their sentences: see containmentGroups. */
const GROUPED_WORDS = 4;

/**
 * Drops the short phrases that stand in held-out texts and in no longer text that is kept: they are
 * theirs, and tell what their rare words mean.
 */
function withoutOwnPhrases(kept: readonly TextRecord[], held: readonly TextRecord[]): TextRecord[] {
  const wordsOf = (record: TextRecord): string[] => normalizedText(record).split(' ');
  const inHeld = shortPhrases(held.map(wordsOf));
  const inKept = shortPhrases(kept.map(wordsOf).filter(({ length }) => length >= GROUPED_WORDS));
  return kept.filter((record) => {
    const words = wordsOf(record);
    const phrase = words.join(' ');
    return words.length >= GROUPED_WORDS || !inHeld.has(phrase) || inKept.has(phrase);
  });
}

/** All runs of fewer than GROUPED_WORDS words. */
function shortPhrases(texts: readonly string[][]): Set<string> {
  const phrases = new Set<string>();
  for (const words of texts) {
    for (let start = 0; start < words.length; start++) {
      for (let length = 1; length < GROUPED_WORDS; length++) {
        phrases.add(words.slice(start, start + length).join(' '));
      }
    }
  }
  return phrases;
}
