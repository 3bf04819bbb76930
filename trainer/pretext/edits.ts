/** Edits of a sentence's words that a pretext task is made of. Each changes the list in place. */
import type { Random } from '../random.ts';

export type Edit = (words: string[], random: Random) => void;

/** Words that grammar hangs on: taking one for another seldom leaves a sentence well formed. */
const FUNCTION_WORDS =
  'a an the this that these those of to in on at by for from with as is are was were be been being has have had do does did will would can could should not and or but if because who which whom whose what where when how he him his she her they them their it its we us our you your i me my there than so very'.split(
    ' ',
  );
const isFunctionWord = new Set(FUNCTION_WORDS);
const ENDINGS = ['s', 'ed', 'ing', 'ly'];
/** A stem of fewer letters is not cut further. */
const STEM_LEAST = 3;

export const swapNeighbours: Edit = (words, random) => {
  const i = random.below(words.length - 1);
  [words[i], words[i + 1]] = [words[i + 1], words[i]];
};

export const moveWord: Edit = (words, random) => {
  const [word] = words.splice(random.below(words.length), 1);
  words.splice(random.below(words.length + 1), 0, word);
};

export const dropWord: Edit = (words, random) => {
  const functional = indicesWhere(words, isFunctional);
  words.splice(
    functional.length > 0 && random.uniform() < 0.6 ? pick(functional, random) : random.below(words.length),
    1,
  );
};

export const doubleWord: Edit = (words, random) => {
  const i = random.below(words.length);
  words.splice(random.below(words.length + 1), 0, words[i]);
};

export const exchangeFunctionWord: Edit = (words, random) => {
  const functional = indicesWhere(words, isFunctional);
  if (functional.length === 0) return swapNeighbours(words, random);
  words[pick(functional, random)] = pick(FUNCTION_WORDS, random);
};

export const insertFunctionWord: Edit = (words, random) => {
  words.splice(random.below(words.length + 1), 0, pick(FUNCTION_WORDS, random));
};

/** A wrong ending: one is taken off, or one is put on. */
export const changeEnding: Edit = (words, random) => {
  const content = indicesWhere(words, (word) => !isFunctional(word) && /^[a-z]+$/i.test(word));
  if (content.length === 0) return moveWord(words, random);
  const i = pick(content, random);
  const ending = ENDINGS.find((each) => words[i].endsWith(each));
  const stem = ending ? words[i].slice(0, -ending.length) : words[i];
  words[i] = ending && stem.length >= STEM_LEAST ? stem : words[i] + pick(ENDINGS, random);
};

/** Puts one of `others` in the place of a content word. */
export function exchangeContentWord(others: readonly string[]): Edit {
  return (words, random) => {
    const content = indicesWhere(words, (word) => !isFunctional(word));
    if (content.length > 0) words[pick(content, random)] = pick(others, random);
  };
}

/** What stands behind a comma comes to stand before it. */
export const turnAround: Edit = (words, random) => {
  const commas = indicesWhere(words, (word) => word.endsWith(','));
  const cut = commas.length > 0 ? pick(commas, random) + 1 : 1 + random.below(words.length - 1);
  words.push(...words.splice(0, cut));
};

export function isFunctional(word: string): boolean {
  return isFunctionWord.has(word.toLowerCase());
}

export function pick<Item>(items: readonly Item[], random: Random): Item {
  return items[random.below(items.length)];
}

function indicesWhere(words: readonly string[], is: (word: string) => boolean): number[] {
  return words.flatMap((word, i) => (is(word) ? [i] : []));
}
