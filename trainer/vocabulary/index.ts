/**
 * Learns a wordpiece vocabulary from texts: words are counted as the core splits them (`splitter.ts`),
 * every substring of them is numbered (`substrings.ts`), and those that pay are kept (`select.ts`).
 */
export { type LearnOptions, type LearnProgress, learnVocabulary } from './learn.ts';
export { loadSplitter, type WordSplitter } from './splitter.ts';
