/**
 * Seeded splits. A part is drawn label by label, so that every part has the mix of the whole, and in
 * whole groups: records of the same text always share a side, and so does whatever else the caller
 * ties together.
 */
import { createRandom } from '../random.ts';
import type { TextRecord } from './record.ts';
import { shuffle } from './shuffle.ts';
import { UnionFind } from './union-find.ts';

export interface SplitOptions<R extends TextRecord = TextRecord> {
  seed: number;
  /** Records with the same key stay together; undefined ties a record to none. */
  groupBy?: (record: R, index: number) => string | number | undefined;
  /** What every part should have its share of; the label unless told otherwise. */
  stratumOf?: (record: R, index: number) => string;
}

/** Holds out a share (below 1) or a number of the records: [kept, held out], each in the order given. */
export function holdOut<R extends TextRecord>(
  records: readonly R[],
  part: number,
  options: SplitOptions<R>,
): [R[], R[]] {
  const fraction = part < 1 ? part : part / records.length;
  const { rest, held } = split(records, { held: fraction }, options);
  return [rest, held];
}

/**
 * Splits records into named parts by the fractions given, and `rest`. A group that is larger than
 * what a part still lacks of a stratum goes to a later part or to the rest, so a part may be smaller
 * than its fraction, never larger (beyond rounding).
 */
export function split<R extends TextRecord, K extends string>(
  records: readonly R[],
  fractions: Record<K, number>,
  { seed, groupBy, stratumOf = (record) => record.label }: SplitOptions<R>,
): Record<K | 'rest', R[]> {
  const names = Object.keys(fractions) as K[];
  const strata = records.map(stratumOf);
  const totals = count(strata);
  const lacking = names.map(
    (name) => new Map([...totals].map(([stratum, total]) => [stratum, Math.round(total * fractions[name])])),
  );
  const side = new Array<K | 'rest'>(records.length).fill('rest');
  for (const group of shuffle(groups(records, groupBy), createRandom(seed))) {
    const needs = count(group.map((index) => strata[index]));
    const part = lacking.findIndex((lack) => [...needs].every(([key, n]) => n <= (lack.get(key) as number)));
    if (part < 0) continue;
    for (const [key, n] of needs) lacking[part].set(key, (lacking[part].get(key) as number) - n);
    for (const index of group) side[index] = names[part];
  }
  const parts = Object.fromEntries([...names, 'rest'].map((name) => [name, [] as R[]])) as Record<
    K | 'rest',
    R[]
  >;
  records.forEach((record, index) => {
    parts[side[index]].push(record);
  });
  return parts;
}

/** The text as far as two records of it count as the same: letters and digits, in lower case. */
export function normalizedText({ text, pair }: Pick<TextRecord, 'text' | 'pair'>): string {
  const plain = (part: string) =>
    part
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu)
      ?.join(' ') ?? part.trim();
  return pair === undefined ? plain(text) : `${plain(text)}\t${plain(pair)}`;
}

function groups<R extends TextRecord>(
  records: readonly R[],
  groupBy: SplitOptions<R>['groupBy'],
): number[][] {
  const sets = new UnionFind(records.length);
  const firstOf = new Map<string, number>();
  const tie = (key: string, index: number) => {
    const first = firstOf.get(key);
    if (first === undefined) firstOf.set(key, index);
    else sets.union(first, index);
  };
  records.forEach((record, index) => {
    tie(`text ${normalizedText(record)}`, index);
    const key = groupBy?.(record, index);
    if (key !== undefined) tie(`key ${key}`, index);
  });
  return sets.groups();
}

function count(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/**
 * A group number for each record such that a text and every longer text that contains it, word for
 * word, have the same number: SST-2's training phrases are parts of its training sentences. Phrases
 * of fewer than `words` words are in too many sentences to tell anything, and stay by themselves.
 */
export function containmentGroups(records: readonly TextRecord[], words = 4): Int32Array {
  const texts = records.map((record) => normalizedText(record).split(/\s+/));
  const ofPhrase = new Map<string, number>();
  const sets = new UnionFind(records.length);
  texts.forEach((text, index) => {
    if (text.length < words) return;
    const phrase = text.join(' ');
    const first = ofPhrase.get(phrase);
    if (first === undefined) ofPhrase.set(phrase, index);
    else sets.union(first, index);
  });
  const within = new Uint8Array(records.length);
  const longestFirst = texts.map((_, index) => index).sort((a, b) => texts[b].length - texts[a].length);
  for (const index of longestFirst) {
    // What lies within a longer text has no part that the longer text lacks.
    if (within[index]) continue;
    const text = texts[index];
    for (let start = 0; start + words <= text.length; start++) {
      let phrase = text.slice(start, start + words - 1).join(' ');
      for (let end = start + words; end <= text.length; end++) {
        phrase += ` ${text[end - 1]}`;
        const part = ofPhrase.get(phrase);
        if (part === undefined || part === index) continue;
        within[part] = 1;
        sets.union(index, part);
      }
    }
  }
  return Int32Array.from(texts, (_, index) => sets.find(index));
}
