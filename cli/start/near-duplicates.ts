/**
 * Pairs of texts that are nearly the same: their sets of three-word shingles overlap by half or more
 * (Jaccard). Exact, without sampling: of two sets with Jaccard t or more, the rarest
 * |a| - ceil(t |a|) + 1 shingles of each have one in common (prefix filter, Chaudhuri et al. 2006), so
 * only texts that share a rare shingle are compared.
 */

/** Three word numbers below this make one shingle number that a double holds exactly. */
const WORDS_MOST = 2 ** 17;

interface ShingleSet {
  /** How many shingles the text has. */
  size: number;
  /** Those that other texts have too, as ranks in rising order; the rarest has the lowest. */
  shared: Int32Array;
}

/** All pairs [a, b], a < b, whose texts' shingles have a Jaccard index of at least `threshold`. */
export function nearDuplicates(texts: readonly string[], threshold = 0.5): [number, number][] {
  const sets = rarestFirst(numberShingles(texts));
  const pairs: [number, number][] = [];
  const textsWith = new Map<number, number[]>();
  sets.forEach((set, index) => {
    const prefix = set.size - Math.ceil(threshold * set.size - 1e-9) + 1;
    // The rarest of all are those that no other text has.
    const sharedInPrefix = Math.max(0, prefix - (set.size - set.shared.length));
    const candidates = new Set<number>();
    for (const shingle of set.shared.subarray(0, sharedInPrefix)) {
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

/** Each text's distinct shingles as numbers; case and punctuation don't count; a shorter text is one shingle. */
function numberShingles(texts: readonly string[]): Set<number>[] {
  const numbers = new Map<string, number>();
  const numberOf = (word: string): number => {
    let number = numbers.get(word);
    if (number === undefined) {
      number = numbers.size + 1;
      if (number >= WORDS_MOST) throw new RangeError(`more than ${WORDS_MOST} different words`);
      numbers.set(word, number);
    }
    return number;
  };
  const shingle = (a: number, b = 0, c = 0) => (a * WORDS_MOST + b) * WORDS_MOST + c;
  return texts.map((text) => {
    const words = (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).map(numberOf);
    if (words.length === 0) return new Set();
    const found = new Set([shingle(words[0], words[1], words[2])]);
    for (let i = 1; i + 3 <= words.length; i++) found.add(shingle(words[i], words[i + 1], words[i + 2]));
    return found;
  });
}

function rarestFirst(sets: readonly Set<number>[]): ShingleSet[] {
  const counts = new Map<number, number>();
  for (const set of sets) for (const shingle of set) counts.set(shingle, (counts.get(shingle) ?? 0) + 1);
  const shared = [...counts].filter(([, count]) => count > 1).sort((a, b) => a[1] - b[1]);
  const rank = new Map(shared.map(([shingle], index) => [shingle, index]));
  return sets.map((set) => {
    const ranks: number[] = [];
    for (const shingle of set) {
      const its = rank.get(shingle);
      if (its !== undefined) ranks.push(its);
    }
    return { size: set.size, shared: Int32Array.from(ranks).sort() };
  });
}

function jaccard(a: ShingleSet, b: ShingleSet): number {
  let both = 0;
  for (let i = 0, j = 0; i < a.shared.length && j < b.shared.length; ) {
    const step = a.shared[i] - b.shared[j];
    if (step === 0) both++;
    if (step <= 0) i++;
    if (step >= 0) j++;
  }
  return both / (a.size + b.size - both);
}
