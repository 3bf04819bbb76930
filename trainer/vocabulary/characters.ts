/**
 * The characters that get pieces of their own, so that a word is hardly ever unknown as a whole.
 */

/** Where a character can stand in a word. */
export type Places = 'start' | 'anywhere';

/** Punctuation, symbols and ideographs are words of their own, so they do not continue one. */
const STANDS_ALONE = /[\p{P}\p{S}\p{Unified_Ideograph}]/u;

export const MARK = '##';

/** A character's pieces. */
export function spellings(character: string, places: Places): string[] {
  return places === 'start' ? [character] : [character, MARK + character];
}

/**
 * Characters that occur at least `minimumCount` times, most frequent first, as many as have room for
 * their pieces; by code point where counts tie.
 */
export function chooseCharacters(
  counts: ReadonlyMap<string, number>,
  minimumCount: number,
  room: number,
): Map<string, Places> {
  const occurrences = new Map<string, number>();
  const inWords = new Set<string>();
  for (const [word, count] of counts) {
    const characters = [...word];
    for (const character of characters) {
      occurrences.set(character, (occurrences.get(character) ?? 0) + count);
      if (characters.length > 1) inWords.add(character);
    }
  }
  const ordered = [...occurrences]
    .filter(([, count]) => count >= minimumCount)
    .sort(([a, countA], [b, countB]) => countB - countA || a.codePointAt(0)! - b.codePointAt(0)!);
  const chosen = new Map<string, Places>();
  let left = room;
  for (const [character] of ordered) {
    const places = inWords.has(character) || !STANDS_ALONE.test(character) ? 'anywhere' : 'start';
    left -= spellings(character, places).length;
    if (left < 0) break;
    chosen.set(character, places);
  }
  return chosen;
}
