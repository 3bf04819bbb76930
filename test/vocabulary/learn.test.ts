/** What a learned vocabulary must be, on small made-up texts and on random ones. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Normalizer, PIECE_BYTES_MOST, SPECIAL_TOKENS, SpecialToken } from '../../assembly/format.ts';
import { sortPieces } from '../../host/model-file/index.ts';
import { type LearnProgress, learnVocabulary, loadSplitter } from '../../trainer/vocabulary/index.ts';
import { wordpieces } from '../reference/tokenizer.ts';

const split = (text: string) => text.split(' ').filter((word) => word !== '');

/** Made-up words of syllables, the earlier ones more often, as in a language. */
function madeUpTexts(words: number): string[] {
  const syllables = ['ka', 'ru', 'mi', 'to', 'sel', 'ban', 'or', 'ne', 'fi', 'gul', 'pa', 'wex'];
  const word = (i: number) =>
    [i % 12, Math.floor(i / 12) % 12, (i * 7) % 11].map((s) => syllables[s]).join('');
  return Array.from({ length: words }, (_, i) => `${word(i)} `.repeat(Math.ceil(words / (i + 1))));
}

const learn = (texts: string[], size: number, minimumCount = 1) =>
  learnVocabulary(texts, { split, size, minimumCount });

const alphabet = fc.constantFrom(...'aaabbbccdeénяя語!');
const word = fc.string({ unit: alphabet, minLength: 1, maxLength: 12 });
const texts = fc.array(
  fc.array(word, { maxLength: 30 }).map((words) => words.join(' ')),
  { maxLength: 10 },
);

describe('any vocabulary', () => {
  it('is sorted, unique, not too large, and holds no piece that a file refuses', () => {
    fc.assert(
      fc.property(
        texts,
        fc.integer({ min: 5, max: 120 }),
        fc.integer({ min: 1, max: 3 }),
        (given, size, least) => {
          const pieces = learn(given, size, least);
          expect(pieces).toEqual(sortPieces(new Set(pieces)));
          expect(pieces.length).toBeLessThanOrEqual(size - SPECIAL_TOKENS);
          for (const piece of pieces) {
            expect(piece).not.toBe('');
            expect(piece).not.toBe('##');
            expect(Buffer.byteLength(piece)).toBeLessThanOrEqual(PIECE_BYTES_MOST);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is the same for the same texts, in whatever order', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 10, max: 80 }), (given, size) => {
        const pieces = learn(given, size);
        expect(learn(given, size)).toEqual(pieces);
        expect(learn([...given].reverse(), size)).toEqual(pieces);
      }),
      { numRuns: 100 },
    );
  });

  it('holds only pieces that greedy look-up reaches', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 20, max: 120 }), (given, size) => {
        const pieces = learn(given, size);
        const lookUp = wordpieces(pieces);
        const starts = pieces.filter((piece) => !piece.startsWith('##'));
        pieces.forEach((piece, rank) => {
          const id = SPECIAL_TOKENS + rank;
          const words = piece.startsWith('##') ? starts.map((start) => start + piece.slice(2)) : [piece];
          expect(
            words.some((w) => lookUp(w).includes(id)),
            piece,
          ).toBe(true);
        });
      }),
      { numRuns: 100 },
    );
  });
});

describe('what is learned', () => {
  it('makes the most frequent words whole pieces', () => {
    const given = madeUpTexts(400);
    const pieces = new Set(learn(given, 150));
    const frequent = given.slice(0, 30).map((text) => split(text)[0]);
    for (const word of frequent) expect(pieces.has(word), word).toBe(true);
  });

  it('fills the size that was asked for when the words allow it', () => {
    for (const size of [100, 200, 300])
      expect(learn(madeUpTexts(400), size)).toHaveLength(size - SPECIAL_TOKENS);
  });

  it('takes everything that counts when there is room', () => {
    const pieces = learn(['kato kato kato mina'], 1000, 2);
    expect(pieces).toContain('kato');
    expect(pieces).not.toContain('mina');
    expect(pieces.length).toBeLessThan(30);
  });

  it('shares what words have in common', () => {
    const given = ['play', 'jump', 'walk', 'turn'].flatMap((verb) => [verb, `${verb}ing`, `${verb}ed`]);
    const pieces = learn([given.join(' ')], 200, 2);
    for (const piece of ['play', 'turn', '##ing', '##ed']) expect(pieces).toContain(piece);
    expect(pieces).not.toContain('playing');
  });

  it('knows every character at the start and within a word', () => {
    const pieces = learn(['xylo яма', 'zebra'], 100);
    for (const character of 'xyloямazebr') {
      expect(pieces).toContain(character);
      expect(pieces).toContain(`##${character}`);
    }
    const lookUp = wordpieces(pieces);
    expect(lookUp('aloя')).not.toContain(SpecialToken.Unknown);
  });

  it('gives characters that stand alone no continuation', () => {
    const pieces = learn(['! 語 a'], 100);
    expect(pieces).toEqual(['!', '##a', 'a', '語']);
  });

  it('leaves characters out that are too rare, and the rarest when there are too many', () => {
    expect(learn(['a a b'], 100, 2)).toEqual(['##a', 'a']);
    const many = Array.from({ length: 200 }, (_, i) => String.fromCodePoint(0x4e00 + i));
    const given = many.map((character, i) => `${character} `.repeat(1 + i));
    const pieces = learn(given, SPECIAL_TOKENS + 40);
    expect(pieces).toEqual(many.slice(-30));
  });

  it('has nothing to say to no texts, and refuses sizes without room', () => {
    expect(learn([], 100)).toEqual([]);
    expect(learn(['   '], 100)).toEqual([]);
    expect(() => learn(['a'], SPECIAL_TOKENS)).toThrow(RangeError);
    expect(() => learn(['a'], Number.NaN)).toThrow(RangeError);
  });

  it('does not take pieces of more than 64 bytes', () => {
    const long = '語'.repeat(21);
    const pieces = learn([`${long}x `.repeat(9)], 200);
    expect(Math.max(...pieces.map((piece) => Buffer.byteLength(piece)))).toBeLessThanOrEqual(
      PIECE_BYTES_MOST,
    );
    expect(wordpieces(pieces)(`${long}x`)).not.toContain(SpecialToken.Unknown);
  });

  it('tells how far it is', () => {
    const seen: LearnProgress[] = [];
    learnVocabulary(madeUpTexts(100), { split, size: 100, onProgress: (progress) => seen.push(progress) });
    expect(seen.filter(({ stage }) => stage === 'count').at(-1)).toEqual({ stage: 'count', done: 100 });
    const shares = seen.filter(({ stage }) => stage === 'choose').map(({ done }) => done);
    expect(shares.length).toBeGreaterThan(2);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
  });
});

describe('the words of the core', () => {
  it('are split and normalized as flags say', async () => {
    const uncased = await loadSplitter(Normalizer.Lowercase | Normalizer.StripAccents);
    expect([...uncased('Don’t MISS the café…')]).toEqual(['do', "n't", 'miss', 'the', 'cafe', '.', '.', '.']);
    const cased = await loadSplitter(0);
    expect([...cased('Café')]).toEqual(['Café']);
    expect([...cased('')]).toEqual([]);
  });

  it('come whole from texts longer than the buffer', async () => {
    const uncased = await loadSplitter(Normalizer.Lowercase);
    const words = Array.from({ length: 5000 }, (_, i) => `wörd${'x'.repeat(i % 7)}`);
    expect([...uncased(words.join(' '))]).toEqual(words);
  });

  it('become a vocabulary that knows them all', async () => {
    const words = await loadSplitter(Normalizer.Lowercase | Normalizer.StripAccents);
    const given = [
      "It's a lovely day, isn't it?",
      'A lovely, lovely walk — 3 km!',
      'Прекрасный день.',
      '良い日',
    ];
    const pieces = learnVocabulary(given, { split: words, size: 400, minimumCount: 1 });
    const lookUp = wordpieces(pieces);
    for (const text of given) for (const word of words(text)) expect(lookUp(word)).toHaveLength(1);
  });
});
