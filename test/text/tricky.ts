/** Random texts that favour what tokenizers get wrong, and random vocabularies that fit them. */
import fc from 'fast-check';
import { referenceWords } from '../reference/tokenizer.ts';
import type { Normalization } from '../reference/tokenizer-words.ts';

const FRAGMENTS = [
  ...' \t\n\0\u0085\u00a0\u200b\u2028\u3000',
  ...'abnstABNST\'’‘"“”.-–—…#09',
  ...'éÉßẞŸİıſàʼ\u0300\u0301\u036f',
  ...'µªº²½×¿«',
  ...'пПёЁӁӂΣσςΆάϴ',
  ...'ابﷺש׳िक।',
  ...'我々〇アー한ｱＡ！',
  ...'\ufffd\ufeff\u00ad\u200c\u200d\ufe0f\u061c',
  '\ud800',
  '\udc00',
  '😀',
  '👩‍👧',
  '𝒳',
  '𠀀',
  "n't",
  "n'T",
  "'tn",
  'don’t',
  'n'.repeat(30),
  'ab'.repeat(31),
];

const character = fc
  .integer({ min: 0, max: 0x10ffff })
  .map((code) => String.fromCodePoint(code))
  // Unassigned ones are symbols to a later Unicode and letters to an earlier one.
  .filter((c) => !/[\p{Cn}\p{Cs}]/u.test(c));

export const trickyText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...FRAGMENTS) },
      { weight: 3, arbitrary: fc.constantFrom('a', 'b', 'n', "'", ' ') },
      { weight: 1, arbitrary: character },
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));

/** Pieces cut from these texts' words, and a few that nearly fit. */
export function vocabularyFor(texts: string[], normalization: Normalization): fc.Arbitrary<string[]> {
  const words = texts.flatMap((text) => referenceWords(text, normalization)).map((word) => [...word]);
  const cut = fc
    .tuple(
      fc.constantFrom(...words, ['x']),
      fc.nat(),
      fc.nat(),
      fc.boolean(),
      fc.constantFrom('', '', 'a', 'z'),
    )
    .map(([word, from, length, isStart, tail]) => {
      const start = isStart ? 0 : from % word.length;
      const part = word.slice(start, start + 1 + (length % (word.length - start))).join('');
      return (start > 0 ? '##' : '') + part + tail;
    })
    .filter((piece) => Buffer.byteLength(piece) <= 64);
  const single = fc.constantFrom(...words.flat(), 'x').chain((c) => fc.constantFrom(c, `##${c}`));
  return fc.uniqueArray(fc.oneof(cut, single), { minLength: 1, maxLength: 120 });
}
