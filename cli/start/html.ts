/** HTML mail as plain text: enough for reading words, no more. */
import { fromWindows } from './windows-1252.ts';

const NAMED: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  copy: '©',
  reg: '®',
  trade: '™',
  hellip: '…',
  mdash: '-',
  ndash: '-',
  lsquo: "'",
  rsquo: "'",
  ldquo: '"',
  rdquo: '"',
  bull: '•',
  middot: '·',
  pound: '£',
  euro: '€',
  cent: '¢',
  eacute: 'é',
};

/** Whether a body is HTML whatever its headers say. */
export function looksLikeHtml(text: string): boolean {
  return (
    /<(html|body|table|br|p|font|div|center|td)\b[^>]*>/i.test(text) &&
    (text.match(/<\/?[a-z][^>]*>/gi)?.length ?? 0) > 4
  );
}

/**
 * The words that a reader would see. A link leaves the word `url` behind, an image nothing, and the
 * word `html` stands in front of it all: how a mail is set is part of what it is.
 */
export function htmlToText(html: string): string {
  const text = html
    // Comments are put within words to hide these from filters, so no blank takes their place.
    .replace(/<!--[\s\S]*?(-->|$)/g, '')
    .replace(/<(style|script|head)\b[\s\S]*?(<\/\1\s*>|(?=<body))/gi, ' ')
    .replace(/<a\b[^>]*\bhref\b[^>]*>/gi, ' url ')
    .replace(
      /<\/?(p|br|div|tr|td|th|table|li|ul|ol|h[1-6]|hr|center|title|option|blockquote|pre|form|input)\b[^>]*>/gi,
      '\n',
    )
    .replace(/<\/?[a-z!?][^>]*>/gi, '');
  return `html\n${decodeEntities(text)}`;
}

export function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));?/gi, (whole, decimal, hex, name) => {
    if (name) return NAMED[name.toLowerCase()] ?? whole;
    return character(decimal ? Number(decimal) : Number.parseInt(hex, 16));
  });
}

/** Numbers 128 to 159 mean Windows' characters there, as browsers read them. */
function character(code: number): string {
  if (code >= 128 && code < 160) return fromWindows(String.fromCharCode(code));
  return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : ' ';
}
