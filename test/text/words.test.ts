/** From text to words: every rule of normalization and splitting, by hand and against the reference. */
import { describe, expect, it } from 'vitest';
import { referenceWords } from '../reference/tokenizer.ts';
import { BUILDS, wordCore } from './text-core.ts';

type Case = [rule: string, text: string, words: string[]];

/** With Lowercase and StripAccents. */
const UNCASED: Case[] = [
  ['nothing', '', []],
  ['white space only', ' \t\r\n\u00a0\u2003\u3000\u2028', []],
  ['ASCII capitals', 'The QUICK fox', ['the', 'quick', 'fox']],
  ['digits apart from letters', 'mp3 2024b', ['mp', '3', '2024', 'b']],
  ['punctuation one by one', 'wait... what?!', ['wait', '.', '.', '.', 'what', '?', '!']],
  ['every ASCII symbol', '#@_~$^`|', ['#', '@', '_', '~', '$', '^', '`', '|']],
  ['Latin-1 capitals', 'ÀÉÎÕÜ Ñ Ç', ['aeiou', 'n', 'c']],
  ['Latin Extended-A', 'Šťastný Łódź İstanbul Ÿ', ['stastny', 'łodz', 'istanbul', 'y']],
  ['letters that do not decompose', 'Straße Øre Ærø Þór', ['straße', 'øre', 'ærø', 'þor']],
  ['combining marks', 'cafe\u0301 n\u0303', ['cafe', 'n']],
  ['a mark between letter and apostrophe', "e\u0301's", ['e', "'s"]],
  ['multiplication sign', '3×4÷2', ['3', '×', '4', '÷', '2']],
  ['Cyrillic', 'Москва Ёлка Їжак Ѡ Ӂ Ԁ', ['москва', 'ёлка', 'їжак', 'ѡ', 'ӂ', 'ԁ']],
  ['Greek', 'ΑΘΉΝΑ ΣΊΣΥΦΟΣ Ώρα', ['αθήνα', 'σίσυφοσ', 'ώρα']],
  ['Arabic', 'مرحبا بالعالم، شكرا', ['مرحبا', 'بالعالم', '،', 'شكرا']],
  ['Hebrew', 'שלום עולם', ['שלום', 'עולם']],
  ['Devanagari with danda', 'नमस्ते दुनिया।', ['नमस्ते', 'दुनिया', '।']],
  ['digits of other scripts are letters', '१२ km²', ['१२', 'km²']],
  ['ideographs one by one', '我爱你abc', ['我', '爱', '你', 'abc']],
  ['kana and Hangul as letters', '東京タワー 한국어', ['東', '京', 'タワー', '한국어']],
  ['ideographs of planes 2 and 3', '𠀀𰀀', ['𠀀', '𰀀']],
  ['emoji, joiners and selectors dropped', '👩‍👧 ❤️ok', ['👩', '👧', '❤', 'ok']],
  ['soft hyphen and byte order mark dropped', '\ufeffhy\u00adphen', ['hyphen']],
  ['zero width space separates', 'one\u200btwo', ['one', 'two']],
  ['controls separate', 'a\0b\x07c\x7fd\x85e', ['a', 'b', 'c', 'd', 'e']],
  ['typographic quotes', '“Hi” ‘x’', ['"', 'hi', '"', "'x", "'"]],
  ['dashes', 'a–b—c', ['a', '-', 'b', '-', 'c']],
  ['ellipsis is three dots', 'so…', ['so', '.', '.', '.']],
  ['apostrophe and letters', "it's they're rock'n'roll", ['it', "'s", 'they', "'re", 'rock', "'n", "'roll"]],
  ['typographic apostrophe', 'it’s don’t', ['it', "'s", 'do', "n't"]],
  ["n't", "don't can't DIDN'T.", ['do', "n't", 'ca', "n't", 'did', "n't", '.']],
  ["n't apart already", "do n't n't", ['do', "n't", "n't"]],
  ["n't before a digit", "isn't2", ['is', "n't", '2']],
  ["n't before an ideograph", "isn't語", ['is', "n't", '語']],
  ["n't before an apostrophe", "isn't's", ['is', "n't", "'s"]],
  ['no n: the apostrophe takes its letters', "wat't cat't", ['wat', "'t", 'cat', "'t"]],
  ['letters go on after the t', "don'tcha on'them", ['don', "'tcha", 'on', "'them"]],
  ["n' at the end", "goin' on", ['goin', "'", 'on']],
  ["n't after an apostrophe word", "'tisn't 'n't", ["'tis", "n't", "'", "n't"]],
  ['apostrophes alone', "' '' '9", ["'", "'", "'", "'", '9']],
  ['apostrophe at the very end', "can'", ['can', "'"]],
  ["n't at the very end", "can't", ['ca', "n't"]],
  ['half a surrogate pair', 'a\ud800b', ['a', '\ufffd', 'b']],
  ['full-width punctuation', 'よ！（は）', ['よ', '！', '（', 'は', '）']],
];

/** Without flags. */
const CASED: Case[] = [
  ['case and accents stay', 'Élan VITAL', ['Élan', 'VITAL']],
  ['combining marks are letters', 'e\u0301t', ['e\u0301t']],
  ["capital n't", "DON'T Don't", ['DO', "N'T", 'Do', "n't"]],
  ['typographic forms all the same', '“It’s”', ['"', 'It', "'s", '"']],
];

describe.each(BUILDS)('words, build %s', (build) => {
  const uncased = wordCore(build, true, true);
  const cased = wordCore(build, false, false);

  it.each(UNCASED)('%s', (_, text, words) => {
    expect(uncased.words(text)).toEqual(words);
    expect(referenceWords(text, { lowercase: true, stripAccents: true })).toEqual(words);
  });

  it.each(CASED)('%s', (_, text, words) => {
    expect(cased.words(text)).toEqual(words);
    expect(referenceWords(text, { lowercase: false, stripAccents: false })).toEqual(words);
  });

  it('keeps to one flag where only one is set', () => {
    expect(wordCore(build, true, false).words('Élan İ')).toEqual(['élan', 'i']);
    expect(wordCore(build, false, true).words('Élan İ')).toEqual(['Elan', 'I']);
  });

  it('agrees with the reference on every assigned character', () => {
    for (const [core, flags] of [
      [uncased, { lowercase: true, stripAccents: true }],
      [cased, { lowercase: false, stripAccents: false }],
    ] as const) {
      const texts: string[] = [];
      // Planes 4 to 13 are empty, 15 and 16 are for private use.
      for (let start = 0; start < 0xe0200; start = start === 0x3ff00 ? 0xe0000 : start + 256) {
        const characters = Array.from({ length: 256 }, (_, i) => String.fromCodePoint(start + i));
        const assigned = characters.filter((c) => /\P{Cn}/u.test(c));
        // Between two letters, to see whether a character joins, parts or vanishes.
        if (assigned.length > 0) texts.push(assigned.map((c) => `x${c}y`).join(' '));
      }
      for (const text of texts) expect(core.words(text)).toEqual(referenceWords(text, flags));
    }
  });

  it('leaves out words of more than 64 bytes, and keeps those of 64', () => {
    const words = (text: string) => uncased.words(text);
    expect(words(`${'a'.repeat(64)} ${'b'.repeat(65)} c`)).toEqual(['a'.repeat(64), 'c']);
    expect(words('é'.repeat(65))).toEqual([]);
    expect(words(`${'д'.repeat(32)} ${'д'.repeat(33)}`)).toEqual(['д'.repeat(32)]);
    expect(words('x'.repeat(10_000))).toEqual([]);
    // The n that moves over makes the difference.
    expect(words(`${'a'.repeat(64)}n't`)).toEqual(['a'.repeat(64), "n't"]);
    expect(words(`${'a'.repeat(65)}n't`)).toEqual(["n't"]);
    expect(words(`${'a'.repeat(5000)}n't z`)).toEqual(["n't", 'z']);
  });

  it('fills its output with the worst that a full buffer can hold', () => {
    const worst = new Uint8Array(4096).fill(0xff);
    expect(uncased.words(worst)).toEqual(Array(4096).fill('\ufffd'));
  });
});
