/** Chooses the substrings that become pieces. The source of the algorithm is named in learn.ts. */
import type { Substrings } from './substrings.ts';

export interface SelectOptions {
  /** Pieces that are in whatever they count: those of single characters. */
  seeds: readonly string[];
  /** Most pieces, seeds included. */
  room: number;
  /** No threshold is lower. */
  minimumCount: number;
  /** Share of the search that is over, from 0 to 1. */
  onProgress?: (done: number) => void;
}

/** Rounds of counting under the pieces of the round before; the first counts everywhere. */
const ROUNDS = 4;

/**
 * The pieces for the lowest threshold that leaves no more than `room` of them; what room is left goes to
 * those that the next lower threshold adds, highest counts first.
 */
export function selectPieces(substrings: Substrings, options: SelectOptions): string[] {
  const { seeds, room, minimumCount, onProgress } = options;
  const chooser = new Chooser(substrings);
  const roomBesideSeeds = room - seeds.length;
  let low = Math.max(1, minimumCount);
  // Above the highest count, only the seeds are left.
  let high = Math.max(low, 1 + chooser.highestCount());
  const span = Math.log2(Math.max(2, high - low));
  // The lowest threshold that fits is in low..high, where high always fits.
  while (low < high) {
    onProgress?.(1 - Math.log2(Math.max(1, high - low)) / span);
    // Sizes fall steeply at first, so the middle is taken between logarithms.
    const middle = Math.min(high - 1, Math.floor(Math.sqrt(low * high)));
    if (chooser.choose(middle).length <= roomBesideSeeds) high = middle;
    else low = middle + 1;
  }
  const chosen = new Set(chooser.choose(high));
  if (high > Math.max(1, minimumCount)) {
    const byCount = chooser.choose(high - 1).filter((node) => !chosen.has(node));
    byCount.sort((a, b) => chooser.count(b) - chooser.count(a) || a - b);
    for (const node of byCount.slice(0, roomBesideSeeds - chosen.size)) chosen.add(node);
  }
  onProgress?.(1);
  return [...seeds, ...[...chosen].map((node) => substrings.piece(node))];
}

/** Counts and chooses in the same arrays again and again. */
class Chooser {
  readonly #substrings: Substrings;
  readonly #counts: Float64Array;
  readonly #isPiece: Uint8Array;
  /** Nodes of more than one character, longest first. */
  readonly #longestFirst: Int32Array;

  constructor(substrings: Substrings) {
    this.#substrings = substrings;
    this.#counts = new Float64Array(substrings.size);
    this.#isPiece = new Uint8Array(substrings.size);
    this.#longestFirst = longestFirst(substrings.length);
  }

  /** What the last choice knew of this node. */
  count(node: number): number {
    return this.#counts[node];
  }

  /** The highest count of any node of more than one character, 0 when there is none. */
  highestCount(): number {
    this.#countWhereSplit(true);
    return this.#longestFirst.reduce((most, node) => Math.max(most, this.#counts[node]), 0);
  }

  /** Nodes of more than one character that reach the threshold. */
  choose(threshold: number): number[] {
    let chosen: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      this.#countWhereSplit(round === 0);
      chosen = this.#keep(threshold);
    }
    return chosen;
  }

  /** Counts the substrings that begin where words are split: everywhere, or by greedy longest match. */
  #countWhereSplit(everywhere: boolean): void {
    const { counts, wordStart, pathStart, paths, length } = this.#substrings;
    this.#counts.fill(0);
    for (let w = 0; w < counts.length; w++) {
      const count = counts[w];
      for (let place = wordStart[w]; place < wordStart[w + 1]; ) {
        let step = 1;
        for (let i = pathStart[place]; i < pathStart[place + 1]; i++) {
          const node = paths[i];
          this.#counts[node] += count;
          if (this.#isPiece[node]) step = length[node];
        }
        place += everywhere ? 1 : step;
      }
    }
  }

  /** Longest first; the count of what is kept no longer counts for its prefixes. */
  #keep(threshold: number): number[] {
    const { parent } = this.#substrings;
    const kept: number[] = [];
    this.#isPiece.fill(0);
    for (const node of this.#longestFirst) {
      const count = this.#counts[node];
      if (count < threshold) continue;
      kept.push(node);
      this.#isPiece[node] = 1;
      for (let at = parent[node]; at !== parent[at]; at = parent[at]) this.#counts[at] -= count;
    }
    return kept;
  }
}

/** A counting sort by length, descending; nodes of one length stay in order. */
function longestFirst(length: Uint8Array): Int32Array {
  const starts = new Int32Array(257);
  for (const characters of length) if (characters > 1) starts[255 - characters + 1]++;
  for (let i = 1; i < starts.length; i++) starts[i] += starts[i - 1];
  const nodes = new Int32Array(starts[256]);
  length.forEach((characters, node) => {
    if (characters > 1) nodes[starts[255 - characters]++] = node;
  });
  return nodes;
}
