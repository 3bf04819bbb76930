/**
 * Every substring of the words that could become a piece, numbered once, so that counting them again
 * and again is a walk over integers.
 *
 * Substrings are nodes of a trie with two roots: what begins a word, and what continues one. A node's
 * number is greater than its parent's. For each place in a word, the nodes of the substrings that begin
 * there lie in a row, shortest first:
 *
 *   words      wordStart[w] .. wordStart[w + 1]    places of word w
 *   places     pathStart[p] .. pathStart[p + 1]    nodes that begin at place p
 *   nodes      paths[...]
 */
import { PIECE_BYTES_MOST } from '../../assembly/format.ts';
import { MARK } from './characters.ts';
import type { WordCount } from './count.ts';

/** Longer pieces are not looked for: they cost time and hardly ever pay. */
const PIECE_CHARACTERS_MOST = 24;

export const START_ROOT = 0;
export const CONTINUATION_ROOT = 1;
const FIRST_NODE = 2;

export interface Substrings {
  /** [words] */
  counts: Float64Array;
  /** [words + 1] */
  wordStart: Int32Array;
  /** [places + 1] */
  pathStart: Int32Array;
  paths: Int32Array;
  /** Nodes, the two roots included. */
  size: number;
  /** [size] the node of the substring without its last character; roots have themselves. */
  parent: Int32Array;
  /** [size] characters. */
  length: Uint8Array;
  /** The piece that a node stands for. */
  piece(node: number): string;
}

/** Numbers the substrings of these words. */
export function numberSubstrings(words: readonly WordCount[]): Substrings {
  const spelled = words.map(({ word }) => Array.from(word, (character) => character.codePointAt(0)!));
  const spans = spelled.map(spansOf);
  const places = spelled.reduce((sum, codes) => sum + codes.length, 0);
  const steps = spans.reduce((sum, span) => sum + span.reduce((a, b) => a + b, 0), 0);
  const trie = new Trie(steps + FIRST_NODE);
  const wordStart = new Int32Array(words.length + 1);
  const pathStart = new Int32Array(places + 1);
  const paths = new Int32Array(steps);
  let place = 0;
  let at = 0;
  spelled.forEach((codes, w) => {
    for (let start = 0; start < codes.length; start++) {
      let node = start === 0 ? START_ROOT : CONTINUATION_ROOT;
      for (let i = 0; i < spans[w][start]; i++) {
        node = trie.child(node, codes[start + i]);
        paths[at++] = node;
      }
      pathStart[++place] = at;
    }
    wordStart[w + 1] = place;
  });
  return {
    counts: Float64Array.from(words, ({ count }) => count),
    wordStart,
    pathStart,
    paths,
    size: trie.size,
    parent: trie.parent.subarray(0, trie.size),
    length: trie.length.subarray(0, trie.size),
    piece: (node) => trie.piece(node),
  };
}

/** For each place, the characters of the longest piece that may begin there. */
function spansOf(codes: readonly number[]): number[] {
  return codes.map((_, start) => {
    let bytes = start === 0 ? 0 : MARK.length;
    let span = 0;
    while (start + span < codes.length && span < PIECE_CHARACTERS_MOST) {
      bytes += utf8Bytes(codes[start + span]);
      if (bytes > PIECE_BYTES_MOST) break;
      span++;
    }
    return span;
  });
}

function utf8Bytes(code: number): number {
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

/** A trie in arrays: children are found through one hash table keyed by (node, character). */
class Trie {
  readonly parent: Int32Array;
  readonly length: Uint8Array;
  size = FIRST_NODE;
  readonly #character: Int32Array;
  /** Node in each slot, 0 for none; at most half full. */
  #slots = new Int32Array(1 << 16);

  constructor(nodesMost: number) {
    this.parent = new Int32Array(nodesMost);
    this.length = new Uint8Array(nodesMost);
    this.#character = new Int32Array(nodesMost);
    this.parent[CONTINUATION_ROOT] = CONTINUATION_ROOT;
  }

  /** The node one character below, made where there is none. */
  child(node: number, character: number): number {
    let slot = this.#slotOf(node, character);
    if (this.#slots[slot] !== 0) return this.#slots[slot];
    if (2 * this.size >= this.#slots.length) {
      this.#grow();
      slot = this.#slotOf(node, character);
    }
    const made = this.size++;
    this.parent[made] = node;
    this.#character[made] = character;
    this.length[made] = this.length[node] + 1;
    this.#slots[slot] = made;
    return made;
  }

  piece(node: number): string {
    let text = '';
    let at = node;
    for (; at >= FIRST_NODE; at = this.parent[at]) text = String.fromCodePoint(this.#character[at]) + text;
    return (at === CONTINUATION_ROOT ? MARK : '') + text;
  }

  /** Where this child is, or where it belongs. */
  #slotOf(node: number, character: number): number {
    const mask = this.#slots.length - 1;
    let hash = Math.imul(node, 0x9e3779b1) ^ Math.imul(character, 0x85ebca6b);
    hash ^= hash >>> 15;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const held = this.#slots[slot];
      if (held === 0 || (this.parent[held] === node && this.#character[held] === character)) return slot;
    }
  }

  #grow(): void {
    this.#slots = new Int32Array(2 * this.#slots.length);
    for (let node = FIRST_NODE; node < this.size; node++) {
      this.#slots[this.#slotOf(this.parent[node], this.#character[node])] = node;
    }
  }
}
