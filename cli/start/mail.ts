/** Reads one mail (RFC 5322 and MIME): the headers that grouping needs, and its text. */
import { htmlToText, looksLikeHtml } from './html.ts';
import { fromWindows } from './windows-1252.ts';

export interface Mail {
  subject: string;
  /** The whole From header in lower case: name and address. */
  from: string;
  /** Message-Id, In-Reply-To and References: mails of one thread share some. */
  messageIds: string[];
  isReply: boolean;
  /** Decoded text of the readable parts, HTML made plain. */
  body: string;
}

/** Works on the decoded, still line-wise source of each part before HTML is made plain. */
export type PartFilter = (source: string) => string;

type Headers = Map<string, string>;

/** Mail bodies in bytes that nest deeper than this are damaged. */
const DEPTH_MOST = 8;

/** `raw` is the mail's bytes, one character each (latin1). `filter` sees every part's lines. */
export function readMail(raw: string, filter: PartFilter): Mail {
  const { headers, body } = splitHeaders(raw.replace(/\r\n?/g, '\n').replace(/^From .*\n/, ''));
  const subject = decodeWords(headers.get('subject') ?? '').trim();
  const parents = ids(`${headers.get('in-reply-to') ?? ''} ${headers.get('references') ?? ''}`);
  return {
    subject,
    from: decodeWords(headers.get('from') ?? '')
      .toLowerCase()
      .trim(),
    messageIds: [...ids(headers.get('message-id') ?? ''), ...parents],
    isReply: parents.length > 0 || /^\s*(\[[^\]]*\]\s*)*re\b/i.test(subject),
    body: readPart(headers, body, filter, 0),
  };
}

function ids(header: string): string[] {
  return header.match(/<[^<>\s]+@[^<>\s]+>/g) ?? [];
}

function splitHeaders(source: string): { headers: Headers; body: string } {
  const end = source.startsWith('\n') ? 0 : source.indexOf('\n\n');
  const head = end < 0 ? source : source.slice(0, end);
  const headers: Headers = new Map();
  for (const line of head.replace(/\n[ \t]+/g, ' ').split('\n')) {
    const found = /^([!-9;-~]+):[ \t]*(.*)$/.exec(line);
    const name = found?.[1].toLowerCase();
    if (found && name && !headers.has(name)) headers.set(name, found[2]);
  }
  return { headers, body: end < 0 ? '' : source.slice(end).replace(/^\n+/, '') };
}

function readPart(headers: Headers, body: string, filter: PartFilter, depth: number): string {
  const type = headers.get('content-type') ?? 'text/plain';
  const kind = /^\s*([\w.+-]+\/[\w.+-]+)/.exec(type)?.[1].toLowerCase() ?? 'text/plain';
  if (kind.startsWith('multipart/') && depth < DEPTH_MOST) {
    const parts = splitParts(type, body);
    if (parts.length > 0) return readParts(kind, parts, filter, depth);
  }
  if (!kind.startsWith('text/') && !kind.startsWith('multipart/')) return '';
  const source = filter(decodeBody(body, headers, type));
  return kind === 'text/html' || looksLikeHtml(source) ? htmlToText(source) : source;
}

function readParts(kind: string, parts: string[], filter: PartFilter, depth: number): string {
  const texts = parts.map((part) => {
    const { headers, body } = splitHeaders(part);
    return readPart(headers, body, filter, depth + 1).trim();
  });
  // The parts of an alternative say the same; the plain one comes first, if it says anything.
  if (kind === 'multipart/alternative') return texts.find((text) => text.length > 20) ?? texts.join('\n');
  return texts.filter((text) => text !== '').join('\n');
}

function splitParts(type: string, body: string): string[] {
  const boundary = /boundary\s*=\s*(?:"([^"]+)"|([^\s;]+))/i.exec(type);
  if (!boundary) return [];
  const mark = `\n--${boundary[1] ?? boundary[2]}`;
  // Before the first mark and behind the last stands what mail readers without MIME would show.
  const [, ...parts] = `\n${body}`.split(mark);
  return parts.filter((part) => !part.startsWith('--')).map((part) => part.replace(/^[^\n]*\n/, ''));
}

function decodeBody(body: string, headers: Headers, type: string): string {
  const encoding = (headers.get('content-transfer-encoding') ?? '').trim().toLowerCase();
  const charset = /charset\s*=\s*"?([\w.:-]+)/i.exec(type)?.[1] ?? '';
  if (encoding === 'quoted-printable') return decodeCharset(decodeQuotedPrintable(body), charset);
  if (encoding === 'base64') return decodeCharset(decodeBase64(body), charset);
  return decodeCharset(body, charset);
}

function decodeQuotedPrintable(text: string): string {
  return text
    .replace(/=[ \t]*\n/g, '')
    .replace(/=([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** What a list has put behind the encoded lines is left out. */
function decodeBase64(text: string): string {
  const encoded = /^(?:[A-Za-z0-9+/=]*\s*(?:\n|$))*/.exec(text)?.[0] ?? '';
  return Buffer.from(encoded, 'base64').toString('latin1');
}

/** Bytes, one character each, as text; bytes of no known charset are UTF-8 or else Windows'. */
function decodeCharset(bytes: string, charset: string): string {
  if (!/[\x80-\xff]/.test(bytes)) return bytes;
  const buffer = Buffer.from(bytes, 'latin1');
  const isWestern = /^(iso-8859-1|windows-1252|us-ascii)$/i.test(charset);
  for (const name of isWestern ? ['utf-8'] : [charset, 'utf-8']) {
    try {
      return new TextDecoder(name, { fatal: true }).decode(buffer);
    } catch {
      // Not a charset, or not this one.
    }
  }
  return fromWindows(bytes);
}

/** Encoded words of headers: =?charset?Q or B?text?= (RFC 2047). */
function decodeWords(header: string): string {
  return header
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?([\w.-]+)\?([qb])\?([^?]*)\?=/gi, (_, charset, encoding, text) =>
      decodeCharset(
        /q/i.test(encoding) ? decodeQuotedPrintable(text.replace(/_/g, ' ')) : decodeBase64(text),
        charset,
      ),
    );
}
