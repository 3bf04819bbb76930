/** Shingles as the tests understand them: the distinct runs of three words, a shorter text being one. */
export function shingles(text: string): Set<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const runs = words.slice(2).map((_, i) => words.slice(i, i + 3).join(' '));
  return new Set(runs.length > 0 || words.length === 0 ? runs : [words.join(' ')]);
}
