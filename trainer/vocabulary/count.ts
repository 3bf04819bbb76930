/** How often each word occurs. */
import type { WordSplitter } from './splitter.ts';

export interface WordCount {
  word: string;
  count: number;
}

/** Progress is reported every so many texts. */
const REPORT_TEXTS = 1000;

export function countWords(
  texts: Iterable<string>,
  split: WordSplitter,
  onProgress?: (texts: number) => void,
): Map<string, number> {
  const counts = new Map<string, number>();
  let done = 0;
  for (const text of texts) {
    for (const word of split(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
    if (++done % REPORT_TEXTS === 0) onProgress?.(done);
  }
  onProgress?.(done);
  return counts;
}
