/**
 * Pretext tasks: labelled examples made of bare texts, for a warm start where a task's own data are
 * few. A model learns to tell a text, or a pair of texts, from one that was broken (Clark 2020 does so
 * word by word), with the real task's labels, so that its encoder and exits carry over.
 *
 *   acceptability   a sentence as it is, or with one or two words misplaced         CoLA
 *   paraphrase      a sentence and itself retold, or retold with words exchanged    MRPC, QQP
 *   entailment      a passage and a part of it, or a part with words exchanged      RTE, WNLI, QNLI
 */
import type { TextRecord } from '../data/record.ts';
import { createRandom, type Random } from '../random.ts';
import {
  changeEnding,
  doubleWord,
  dropWord,
  type Edit,
  exchangeContentWord,
  exchangeFunctionWord,
  insertFunctionWord,
  isFunctional,
  moveWord,
  pick,
  swapNeighbours,
  turnAround,
} from './edits.ts';

export const PRETEXTS = ['acceptability', 'paraphrase', 'entailment'] as const;
export type Pretext = (typeof PRETEXTS)[number];

export interface PretextLabels {
  intact: string;
  broken: string;
}

/** A document's sentences, in order. */
export type Document = readonly string[];

/** Sentences of fewer or more words make poor examples. */
const WORDS_LEAST = 5;
const WORDS_MOST = 30;
const BREAKING: readonly Edit[] = [
  swapNeighbours,
  moveWord,
  dropWord,
  doubleWord,
  exchangeFunctionWord,
  exchangeFunctionWord,
  insertFunctionWord,
  changeEnding,
];
/** Broken acceptability examples have one edit, this share of them two. */
const SECOND_EDIT = 0.3;

/** One example for each usable sentence, in order; half of them are broken. The seed fixes all. */
export function* pretextExamples(
  pretext: Pretext,
  documents: Iterable<Document>,
  { intact, broken }: PretextLabels,
  seed: number,
): Generator<TextRecord> {
  const random = createRandom(seed);
  for (const document of documents) {
    const sentences = document.map(wordsOf).filter(isUsable);
    const others = sentences.flat().filter((word) => !isFunctional(word));
    for (const [index, words] of sentences.entries()) {
      const breaks = random.uniform() < 0.5;
      const label = breaks ? broken : intact;
      if (pretext === 'acceptability') yield { text: acceptability(words, breaks, random), label };
      else if (pretext === 'paraphrase') {
        yield { text: words.join(' '), pair: paraphrase(words, others, breaks, random), label };
      } else {
        const passage = sentences.slice(index, index + 2).flat();
        yield { text: passage.join(' '), pair: entailment(passage, others, breaks, random), label };
      }
    }
  }
}

function acceptability(words: readonly string[], breaks: boolean, random: Random): string {
  const changed = [...words];
  // The full stop is no word to be moved.
  const stop = changed[changed.length - 1].match(/[.!?]+$/)?.[0] ?? '';
  changed.push((changed.pop() as string).slice(0, -stop.length || undefined));
  const before = changed.join(' ');
  let edits = breaks ? (random.uniform() < SECOND_EDIT ? 2 : 1) : 0;
  while (edits > 0) {
    pick(BREAKING, random)(changed, random);
    // An edit that changed nothing, such as a word doubled onto itself's twin, does not count.
    if (changed.join(' ') !== before) edits--;
  }
  return changed.join(' ') + stop;
}

function paraphrase(
  words: readonly string[],
  others: readonly string[],
  breaks: boolean,
  random: Random,
): string {
  const changed = [...words];
  if (random.uniform() < 0.5) turnAround(changed, random);
  const drops = random.below(1 + Math.floor(words.length / 5));
  for (let i = 0; i < drops; i++) dropWord(changed, random);
  if (random.uniform() < 0.5) exchangeFunctionWord(changed, random);
  if (breaks) exchangeSome(changed, others, random, Math.max(2, Math.ceil(words.length / 6)));
  return changed.join(' ');
}

function entailment(
  passage: readonly string[],
  others: readonly string[],
  breaks: boolean,
  random: Random,
): string {
  const length = Math.min(passage.length, 5 + random.below(8));
  const start = random.below(passage.length - length + 1);
  const part = passage.slice(start, start + length);
  if (random.uniform() < 0.5) dropWord(part, random);
  if (random.uniform() < 0.3) exchangeFunctionWord(part, random);
  if (breaks) exchangeSome(part, others, random, 1 + random.below(3));
  return part.join(' ');
}

function exchangeSome(words: string[], others: readonly string[], random: Random, times: number): void {
  for (let i = 0; i < times; i++) exchangeContentWord(others)(words, random);
}

function wordsOf(sentence: string): string[] {
  return sentence.split(/\s+/).filter((word) => word !== '');
}

function isUsable(words: readonly string[]): boolean {
  return words.length >= WORDS_LEAST && words.length <= WORDS_MOST;
}
