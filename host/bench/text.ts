/** A text of a given number of tokens, made of a vocabulary's own words. */
import type { Core } from '../core.ts';

/**
 * @param pieces the model's vocabulary, without special tokens
 * @throws RangeError when the model takes fewer tokens
 */
export function textOfTokens(core: Core, pieces: readonly string[], tokens: number): string {
  const { tokens: most } = core.dimensions();
  if (!Number.isInteger(tokens) || tokens < 1 || tokens > most) {
    throw new RangeError(`${tokens} tokens: this model takes 1 to ${most}`);
  }
  // A word of letters alone stays one token whatever stands beside it. Without any, an unknown one does.
  const words = pieces.filter((piece) => /^[a-z]{3,}$/.test(piece));
  const stride = Math.max(1, Math.floor(words.length / tokens));
  const chosen = Array.from({ length: tokens }, (_, i) => words[(i * stride) % words.length] ?? '\u{10ffff}');
  return chosen.join(' ');
}
