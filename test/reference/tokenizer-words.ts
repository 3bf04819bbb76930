/** The first half of the reference tokenizer: normalization and word splitting. */

export interface Normalization {
  lowercase: boolean;
  stripAccents: boolean;
}

/** Scripts with case that the tokenizer knows: ASCII to Latin Extended-A, Greek, Cyrillic. */
const CASED = /[A-\u017f\u0370-\u03ff\u0400-\u052f]/;
/** Latin-1 letters and Latin Extended-A. */
const ACCENTED = /[\u00c0-\u017f]/;
const COMBINING = /[\u0300-\u036f]/g;
const INVISIBLE = /[\u00ad\u061c\u200c-\u200f\u202a-\u202e\u2060-\u206f\ufeff]|[\ufe00-\ufe0f]/g;
const TYPOGRAPHIC: [RegExp, string][] = [
  [/[‘’]/g, "'"],
  [/[“”]/g, '"'],
  [/[–—]/g, '-'],
  [/…/g, '...'],
];

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export function normalizeText(text: string | Uint8Array, { lowercase, stripAccents }: Normalization): string {
  // Through bytes, so that half a surrogate pair becomes U+FFFD.
  let result = decoder.decode(typeof text === 'string' ? Buffer.from(text, 'utf8') : text);
  result = result.replace(INVISIBLE, '');
  for (const [from, to] of TYPOGRAPHIC) result = result.replace(from, to);
  // Character by character: a simple mapping knows no context and gives one character.
  const characters = [...result];
  if (lowercase) {
    result = characters.map((c) => (CASED.test(c) ? [...c.toLowerCase()][0] : c)).join('');
  }
  if (stripAccents) {
    result = result.replace(COMBINING, '');
    result = [...result].map((c) => (ACCENTED.test(c) ? baseLetter(c) : c)).join('');
  }
  return result;
}

function baseLetter(letter: string): string {
  return [...letter.normalize('NFD')][0];
}

const SPACE = '[\\p{White_Space}\\p{Cc}\\u200b]';
const IDEOGRAPH = '[\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}]';
/** Up to U+FFFF Unicode's categories; beyond, only emoji and pictographs. */
const SYMBOL = '(?:(?![\\u{10000}-\\u{10ffff}])[\\p{P}\\p{S}]|[\\u{1f000}-\\u{1faff}])';
const LETTER = `(?:(?!${SPACE}|${IDEOGRAPH}|${SYMBOL}|[0-9])[^])`;
const NEGATION = `[nN]'[tT](?!${LETTER})`;

/** In order: what is tried first wins. */
const WORD = new RegExp(
  [
    NEGATION,
    `(?:'|'?${LETTER}+?)(?=${NEGATION})`,
    `'?${LETTER}+`,
    '[0-9]+',
    `(?:${IDEOGRAPH}|${SYMBOL})`,
  ].join('|'),
  'gu',
);

export function splitNormalized(text: string): string[] {
  return text.match(WORD) ?? [];
}
