/**
 * Pairs of texts that are nearly the same: their sets of three-word shingles overlap by half or more
 * (Jaccard). Exact, without sampling: of two sets with Jaccard t or more, the rarest
 * |a| - ceil(t |a|) + 1 shingles of each have one in common (prefix filter, Chaudhuri et al. 2006), so
 * only texts that share a rare shingle are compared.
 */
const SHINGLE_WORDS = 3;

/** The text's distinct shingles; a text of fewer words is one shingle. */
export function shingles(text: string): Set<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const found = new Set<string>();
  for (let i = 0; i + SHINGLE_WORDS <= words.length; i++)
    found.add(words.slice(i, i + SHINGLE_WORDS).join(' '));
  if (found.size === 0 && words.length > 0) found.add(words.join(' '));
  return found;
}

/** All pairs [a, b], a < b, whose texts' shingles have a Jaccard index of at least `threshold`. */
export function nearDuplicates(texts: readonly string[], threshold = 0.5): [number, number][] {
  const sets = rarestFirst(texts.map(shingles));
  const pairs: [number, number][] = [];
  const textsWith = new Map<number, number[]>();
  sets.forEach((set, index) => {
    const prefix = set.length === 0 ? 0 : set.length - Math.ceil(threshold * set.length) + 1;
    const candidates = new Set<number>();
    for (const shingle of set.subarray(0, prefix)) {
      const seen = textsWith.get(shingle);
      if (!seen) {
        textsWith.set(shingle, [index]);
        continue;
      }
      for (const other of seen) candidates.add(other);
      seen.push(index);
    }
    for (const other of candidates) {
      if (jaccard(sets[other], set) >= threshold) pairs.push([other, index]);
    }
  });
  return pairs;
}

/** Each set as numbers in rising order, the rarest shingle having the lowest. */
function rarestFirst(sets: readonly Set<string>[]): Int32Array[] {
  const counts = new Map<string, number>();
  for (const set of sets) for (const shingle of set) counts.set(shingle, (counts.get(shingle) ?? 0) + 1);
  const byCount = [...counts.keys()].sort((a, b) => (counts.get(a) as number) - (counts.get(b) as number));
  const rank = new Map(byCount.map((shingle, index) => [shingle, index]));
  return sets.map((set) => Int32Array.from(set, (shingle) => rank.get(shingle) as number).sort());
}

/** Both ascending. */
function jaccard(a: Int32Array, b: Int32Array): number {
  let both = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) both++;
    const step = a[i] - b[j];
    if (step <= 0) i++;
    if (step >= 0) j++;
  }
  return both / (a.length + b.length - both);
}
