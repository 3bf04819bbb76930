/** From words to token ids: pieces, unknown words, cutting, pairs, feeding; by hand and as properties. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Status, TEXT_CAPACITY } from '../../assembly/abi.ts';
import { SPECIAL_TOKENS, SpecialToken } from '../../assembly/format.ts';
import { sortPieces, writeVocabulary } from '../../host/model-file/index.ts';
import { type Input, loadTokenizer } from '../../host/node/index.ts';
import { referenceTokens } from '../reference/tokenizer.ts';
import { BUILDS, type Build, bytesOf, TextCore, type TextModel } from './text-core.ts';
import { trickyText, vocabularyFor } from './tricky.ts';

const { Unknown, Separator } = SpecialToken;
const PIECES = [
  'un',
  '##aff',
  '##able',
  'able',
  'a',
  '##a',
  'b',
  '##b',
  'the',
  "n't",
  'do',
  '.',
  'é',
  '語',
  '#',
];

function opened(build: Build, model: Partial<TextModel> = {}): TextCore {
  const core = new TextCore(build);
  const defaults = { pieces: PIECES, tokens: 8, segments: 1, lowercase: true, stripAccents: false };
  expect(core.open({ ...defaults, ...model })).toBe(Status.Ok);
  return core;
}

/** Ids of these pieces of PIECES. */
function ids(...pieces: string[]): number[] {
  const sorted = sortPieces(PIECES);
  return pieces.map((piece) => SPECIAL_TOKENS + sorted.indexOf(piece));
}

describe.each(BUILDS)('pieces, build %s', (build) => {
  const core = opened(build);

  it.each([
    ['longest first', 'unaffable', ids('un', '##aff', '##able')],
    ['a word may be its own piece', 'able', ids('able')],
    ['one part without a piece', 'unaffible', [Unknown]],
    ['known words around it', 'the qqq b', [...ids('the'), Unknown, ...ids('b')]],
    ['a continuation is no beginning', 'aff', [Unknown]],
    ["n't", "don't.", ids('do', "n't", '.')],
    ['more than one byte a character', 'é語 é', ids('é', '語', 'é')],
    ['hashes in the text are no mark', '##a', ids('#', '#', 'a')],
    ['an empty text is one unknown token', '', [Unknown]],
    ['and so is one of white space', ' \n\0 ', [Unknown]],
    ['64 bytes unknown', 'q'.repeat(64), [Unknown]],
    ['65 bytes are unknown even where pieces fit', `b ${'a'.repeat(65)}`, [...ids('b'), Unknown]],
    ['10 kB without a space', 'a'.repeat(10_000), [Unknown]],
  ])('%s', (_, text, expected) => {
    expect(core.tokenize(text)).toEqual({ ids: expected, segmentStart: expected.length, wasCut: false });
  });

  it('takes a word of 64 bytes, and pieces of 64', () => {
    const long = 'a'.repeat(64);
    const wide = opened(build, { pieces: ['a', '##a'], tokens: 64 });
    expect(wide.tokenize(long).ids).toEqual([5, ...Array(63).fill(4)]);
    const whole = opened(build, { pieces: [long, `##${'a'.repeat(62)}`, 'a'] });
    expect(whole.tokenize(long).ids).toEqual([6]);
    expect(whole.tokenize('a'.repeat(63)).ids).toEqual([5, 4]);
  });

  it('does not end its search in a piece that is nothing but the mark', () => {
    const core = opened(build, { pieces: ['#', '##', 'a', '##b'] });
    expect(core.tokenize('ac').ids).toEqual([Unknown]);
    expect(core.tokenize('ab').ids).toEqual([6 + 1, 6]);
  });
});

describe.each(BUILDS)('room, build %s', (build) => {
  it('is cut only where a token found no room', () => {
    const core = opened(build, { tokens: 3 });
    expect(core.tokenize('a b a')).toEqual({ ids: ids('a', 'b', 'a'), segmentStart: 3, wasCut: false });
    expect(core.tokenize('a b a  \n')).toMatchObject({ wasCut: false });
    expect(core.tokenize('a b a .')).toEqual({ ids: ids('a', 'b', 'a'), segmentStart: 3, wasCut: true });
    expect(core.tokenize('a b aa')).toEqual({ ids: ids('a', 'b', 'a'), segmentStart: 3, wasCut: true });
  });

  it('is not cut by a word whose last part is unknown', () => {
    const core = opened(build, { tokens: 2 });
    expect(core.tokenize('a bbbq')).toEqual({ ids: [...ids('a'), Unknown], segmentStart: 2, wasCut: false });
  });

  it('says that the rest need not be fed only once something is left out', () => {
    const core = opened(build, { tokens: 2 });
    expect(core.feed(0, bytesOf('a b '))).toBe(1);
    expect(core.feed(0, bytesOf('a '))).toBe(0);
    expect(core.feed(0, bytesOf('a '))).toBe(0);
    expect(core.tokens()).toEqual({ ids: ids('a', 'b'), segmentStart: 2, wasCut: true });
  });

  it('takes texts larger than the buffer', () => {
    const core = opened(build, { tokens: 1000 });
    const text = `${' '.repeat(TEXT_CAPACITY - 2)}the${' b'.repeat(TEXT_CAPACITY)}`;
    expect(core.tokenize(text)).toMatchObject({ ids: [...ids('the'), ...Array(999).fill(ids('b')[0])] });
  });

  it('takes one token', () => {
    const core = opened(build, { tokens: 1 });
    expect(core.tokenize('')).toEqual({ ids: [Unknown], segmentStart: 1, wasCut: false });
    expect(core.tokenize('a b')).toEqual({ ids: ids('a'), segmentStart: 1, wasCut: true });
  });
});

describe.each(BUILDS)('pairs, build %s', (build) => {
  const pair = (tokens: number) => opened(build, { tokens, segments: 2 });

  it('joins A, a separator and B', () => {
    const joined = [...ids('a', 'b'), Separator, ...ids('the')];
    expect(pair(8).tokenize('a b', 'the')).toEqual({ ids: joined, segmentStart: 3, wasCut: false });
  });

  it('ends the last word of A before B begins', () => {
    const core = pair(8);
    const joined = { ids: [...ids('un'), Separator, ...ids('able')], segmentStart: 2, wasCut: false };
    expect(core.tokenize('un', 'able')).toEqual(joined);
    const broken = core.tokenize(Uint8Array.of(0x61, 0x20, 0xe8), Uint8Array.of(0xaa, 0x9e));
    expect(broken.ids).toEqual([...ids('a'), Unknown, Separator, Unknown, Unknown]);
  });

  it('is A alone when no B was fed', () => {
    expect(pair(8).tokenize('a b')).toEqual({ ids: ids('a', 'b'), segmentStart: 2, wasCut: false });
  });

  it('keeps the separator of an empty B and of an empty A', () => {
    expect(pair(8).tokenize('a', '')).toEqual({
      ids: [...ids('a'), Separator],
      segmentStart: 2,
      wasCut: false,
    });
    expect(pair(8).tokenize('', 'a')).toEqual({
      ids: [Separator, ...ids('a')],
      segmentStart: 1,
      wasCut: false,
    });
    expect(pair(8).tokenize('', '')).toEqual({ ids: [Unknown], segmentStart: 1, wasCut: false });
  });

  it('cuts the longer one first, and B where they are as long', () => {
    const cut = (a: number, b: number) => {
      const tokens = pair(6).tokenize('a '.repeat(a), 'b '.repeat(b));
      return [tokens.segmentStart - 1, tokens.ids.length - tokens.segmentStart, tokens.wasCut];
    };
    expect(cut(3, 2)).toEqual([3, 2, false]);
    expect(cut(2, 3)).toEqual([2, 3, false]);
    expect(cut(9, 1)).toEqual([4, 1, true]);
    expect(cut(1, 9)).toEqual([1, 4, true]);
    expect(cut(9, 9)).toEqual([3, 2, true]);
    expect(cut(3, 3)).toEqual([3, 2, true]);
    expect(cut(6, 0)).toEqual([5, 0, true]);
    expect(cut(100, 3)).toEqual([3, 2, true]);
  });
});

describe.each(BUILDS)('the host, build %s', (build) => {
  it('hands over pairs, an empty second text too, and texts larger than the buffer', async () => {
    const file = writeVocabulary({ normalizer: 0, pieces: sortPieces(PIECES), tokens: 1000, segments: 2 });
    const tokenizer = await loadTokenizer(file, { build });
    const tokens = (input: Input) => [...tokenizer.tokenize(input).ids];
    expect(tokens('a b')).toEqual(ids('a', 'b'));
    expect(tokens(['a', 'b'])).toEqual([...ids('a'), Separator, ...ids('b')]);
    expect(tokens(['a', ''])).toEqual([...ids('a'), Separator]);
    const long = `${' '.repeat(TEXT_CAPACITY - 1)}é語${' '.repeat(TEXT_CAPACITY)}the`;
    expect(tokens(long)).toEqual(ids('é', '語', 'the'));
  });
});

describe.each(BUILDS)('calls that make no sense, build %s', (build) => {
  it('refuses segments that the model has not', () => {
    expect(opened(build).feed(1, bytesOf('a'))).toBe(Status.BadArgument);
    expect(opened(build, { segments: 2 }).feed(2, bytesOf('a'))).toBe(Status.BadArgument);
    expect(opened(build).feed(-1, bytesOf('a'))).toBe(Status.BadArgument);
  });

  it('refuses more bytes than the buffer has', () => {
    const { exports } = opened(build);
    expect(exports.feed(0, TEXT_CAPACITY)).toBe(1);
    expect(exports.feed(0, TEXT_CAPACITY + 1)).toBe(Status.BadArgument);
    expect(exports.feed(0, -1)).toBe(Status.BadArgument);
    expect(exports.splitWords(TEXT_CAPACITY + 1)).toBe(Status.BadArgument);
    expect(exports.splitWords(-1)).toBe(Status.BadArgument);
  });

  it('refuses A after B, and text after the end, until cleared', () => {
    const core = opened(build, { segments: 2 });
    core.feed(1, bytesOf('a'));
    expect(core.feed(0, bytesOf('a'))).toBe(Status.WrongState);
    const { ids } = core.tokens();
    expect(core.feed(1, bytesOf('a'))).toBe(Status.WrongState);
    expect(core.tokens().ids).toEqual(ids);
    core.exports.clear();
    expect(core.feed(0, bytesOf('a'))).toBe(1);
  });

  it('tokenizes after words were split, and the other way round', () => {
    const core = opened(build);
    expect(core.words("don't cut")).toEqual(['do', "n't", 'cut']);
    expect(core.tokenize("don't").ids).toEqual(ids('do', "n't"));
    expect(core.words('a b')).toEqual(['a', 'b']);
    // Even where the host forgets to clear.
    core.feed(0, bytesOf('the b'));
    expect(core.tokens().ids).toEqual(ids('the', 'b'));
  });
});

describe('any text and any vocabulary', () => {
  const cores = BUILDS.map((build) => new TextCore(build));
  const model = fc
    .record({
      text: trickyText,
      other: fc.option(trickyText, { nil: undefined }),
      tokens: fc.integer({ min: 3, max: 40 }),
      lowercase: fc.boolean(),
      stripAccents: fc.boolean(),
    })
    .chain((input) =>
      vocabularyFor([input.text, input.other ?? ''], input).map((pieces) => ({ ...input, pieces })),
    );

  it('gives the tokens of the reference, in both builds, cut anywhere', () => {
    fc.assert(
      fc.property(model, fc.integer({ min: 1, max: 50 }), ({ text, other, ...rest }, step) => {
        const expected = referenceTokens(text, other, rest);
        for (const core of cores) {
          expect(core.open({ ...rest, segments: other === undefined ? 1 : 2 })).toBe(Status.Ok);
          expect(core.tokenize(text, other)).toEqual(expected);
          expect(core.tokenize(text, other, step)).toEqual(expected);
        }
      }),
      { numRuns: 600 },
    );
  });

  it('gives the same tokens for a cut at every byte', () => {
    const text = "“Don’t”, said Ćiro—e\u0301t '90s… 東京タワー 👩‍👧 мир\u00ad n't can'tcha '' x²";
    const pieces = [
      'do',
      "n't",
      's',
      '##a',
      'a',
      'c',
      '##i',
      '##r',
      'мир',
      '東',
      'タ',
      '##ワー',
      "'",
      '.',
      'x',
    ];
    const bytes = bytesOf(text);
    for (const core of cores) {
      core.open({ pieces, tokens: 64, segments: 1, lowercase: true, stripAccents: true });
      const whole = core.tokenize(text);
      expect(whole.ids.length).toBeGreaterThan(20);
      for (let cut = 0; cut <= bytes.length; cut++) {
        core.exports.clear();
        core.feed(0, bytes.subarray(0, cut));
        core.feed(0, bytes.subarray(cut));
        expect(core.tokens()).toEqual(whole);
      }
    }
  });
});
