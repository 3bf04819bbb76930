/**
 * The map that says which tokens are common, their rows in the Embedding, and which are rare, their rows
 * behind exit 1.
 *
 *   for each 32 tokens   | u32 bits, 1 is common | u32 common tokens before these |
 */
import { Status } from '../abi';
import { MAP_BEFORE, MAP_COMMON, MAP_ENTRY_BYTES, MAP_TOKENS, SPECIAL_TOKENS } from '../format';
import { commonTokens, vocabulary } from './model';
import { word } from './source';

/** The special tokens, which are always common. */
const SPECIAL_BITS: u32 = (1 << SPECIAL_TOKENS) - 1;

/** Counts that are right, and as many common tokens as there are rows. */
export function checkMap(map: usize): Status {
  if ((word(map + MAP_COMMON) & SPECIAL_BITS) != SPECIAL_BITS) return Status.BadSection;
  let before: u32 = 0;
  for (let token = 0; token < vocabulary; token += MAP_TOKENS) {
    const bits = word(map + MAP_COMMON);
    const left = vocabulary - token;
    const hasStray = left < MAP_TOKENS && bits >> left != 0;
    if (word(map + MAP_BEFORE) != before || hasStray) return Status.BadSection;
    before += popcnt<u32>(bits);
    map += MAP_ENTRY_BYTES;
  }
  return before == <u32>commonTokens ? Status.Ok : Status.BadSection;
}
