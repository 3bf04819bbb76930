/**
 * Token rows taken apart and put together again: those of the common tokens stand in the Embedding, behind a
 * map that says which they are, those of the rare ones behind exit 1. Both keep the order of their tokens.
 *
 *   map, 8 bytes for 32 tokens   | u32 bits, 1 is common | u32 common tokens before these |
 */
import { MAP_TOKENS, RowKind, SPECIAL_TOKENS } from '../../assembly/format.ts';
import { ModelPartsError } from './error.ts';
import { mapWords, type SectionRows } from './layout.ts';
import type { Dimensions, TokenRows } from './parts.ts';

type Sizes = Pick<Dimensions, 'vocabulary' | 'hidden'>;

/** @throws ModelPartsError where `rare` are not ascending tokens without special ones */
export function splitRows(
  all: TokenRows,
  rare: Uint32Array,
  { vocabulary, hidden }: Sizes,
): { common: SectionRows; rare: SectionRows } {
  rare.forEach((token, i) => {
    const least = i > 0 ? rare[i - 1] + 1 : SPECIAL_TOKENS;
    if (token >= least && token < vocabulary) return;
    throw new ModelPartsError(`rareTokens[${i}]`, `is ${token}, not from ${least} to ${vocabulary - 1}`);
  });
  const map = mapOf(rare, vocabulary);
  return {
    common: { ...take(all, commonOf(rare, vocabulary), hidden), map },
    rare: take(all, rare, hidden),
  };
}

function mapOf(rare: Uint32Array, vocabulary: number): Uint32Array {
  const map = new Uint32Array(mapWords(vocabulary));
  const isRare = new Set(rare);
  let before = 0;
  for (let token = 0; token < vocabulary; token++) {
    const entry = 2 * Math.floor(token / MAP_TOKENS);
    if (token % MAP_TOKENS === 0) map[entry + 1] = before;
    if (isRare.has(token)) continue;
    map[entry] |= 1 << (token % MAP_TOKENS);
    before++;
  }
  return map;
}

/** The tokens that are not rare, ascending. */
function commonOf(rare: Uint32Array, vocabulary: number): Uint32Array {
  const isRare = new Set(rare);
  return Uint32Array.from({ length: vocabulary }, (_, token) => token).filter((token) => !isRare.has(token));
}

/** What is wrong with a map of this many rare tokens; nothing when it is the one that is written. */
export function mapProblem(map: Uint32Array, vocabulary: number, rare: number): string | undefined {
  const tokens = rareOfMap(map, vocabulary);
  if (tokens[0] < SPECIAL_TOKENS) return `tokens.map calls the special token ${tokens[0]} rare`;
  if (tokens.length !== rare) return `tokens.map has ${tokens.length} rare tokens, not ${rare}`;
  const wanted = mapOf(tokens, vocabulary);
  const bad = map.findIndex((word, i) => word !== wanted[i]);
  return bad < 0 ? undefined : `tokens.map[${bad}] is ${map[bad]}, not ${wanted[bad]}`;
}

/** The rare tokens of a map, ascending. */
export function rareOfMap(map: Uint32Array, vocabulary: number): Uint32Array {
  const isRare = (token: number) =>
    ((map[2 * Math.floor(token / MAP_TOKENS)] >>> (token % MAP_TOKENS)) & 1) === 0;
  return Uint32Array.from({ length: vocabulary }, (_, token) => token).filter(isRare);
}

/** The opposite of `splitRows`. */
export function mergeRows(
  common: SectionRows,
  rare: SectionRows,
  rareTokens: Uint32Array,
  { vocabulary, hidden }: Sizes,
): TokenRows {
  const commonTokens = commonOf(rareTokens, vocabulary);
  const scale = new Uint16Array(vocabulary);
  put(scale, 1, commonTokens, common.scale);
  put(scale, 1, rareTokens, rare.scale);
  const merged = <T extends Uint8Array | Int8Array>(rows: T, width: number, here: T, behind: T): T => {
    put(rows, width, commonTokens, here);
    put(rows, width, rareTokens, behind);
    return rows;
  };
  if (common.kind === RowKind.Bits && rare.kind === RowKind.Bits) {
    const bits = new Uint8Array((vocabulary * hidden) / 8);
    return { kind: common.kind, scale, bits: merged(bits, hidden / 8, common.bits, rare.bits) };
  }
  if (common.kind === RowKind.Int8 && rare.kind === RowKind.Int8) {
    const values = new Int8Array(vocabulary * hidden);
    return { kind: common.kind, scale, values: merged(values, hidden, common.values, rare.values) };
  }
  throw new TypeError('rows of two kinds');
}

function take(all: TokenRows, tokens: Uint32Array, hidden: number): TokenRows {
  const scale = Uint16Array.from(tokens, (token) => all.scale[token]);
  return all.kind === RowKind.Bits
    ? { kind: all.kind, scale, bits: rowsOf(all.bits, hidden / 8, tokens) }
    : { kind: all.kind, scale, values: rowsOf(all.values, hidden, tokens) };
}

type Rows = Uint8Array | Int8Array | Uint16Array;

function rowsOf<T extends Uint8Array | Int8Array>(rows: T, width: number, tokens: Uint32Array): T {
  const taken = rows.slice(0, tokens.length * width) as T;
  tokens.forEach((token, i) => {
    taken.set(rows.subarray(token * width, (token + 1) * width), i * width);
  });
  return taken;
}

/** Row i of `from` becomes row tokens[i] of `to`. */
function put(to: Rows, width: number, tokens: Uint32Array, from: Rows): void {
  tokens.forEach((token, i) => {
    to.set(from.subarray(i * width, (i + 1) * width), token * width);
  });
}
