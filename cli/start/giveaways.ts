/**
 * Takes out of a mail what would give its class away without being what the mail says: what mailing
 * lists append, signatures, quotations, addresses, hosts, dates, and the names of the collection's
 * own machines, people and lists. (Ham came in through a few lists in a few months; a model that
 * learns their names looks better than it is.)
 */

/** From these lines on, a mail is no longer its writer's. */
const ENDS: RegExp[] = [
  /^_{10,}\s*\n.*(mailing list|maillist|yahoo|hotmail|msn )/i,
  /^-{20,}\s*\n+\s*(this )?sf\.net email/i,
  /^this sf\.net email is sponsored/i,
  /^-{4,}\s*original message\s*-{4,}/i,
  /^-{5,}begin pgp signature/i,
  /^to unsubscribe from this group, send an email to/i,
  /^your use of yahoo! groups is subject/i,
  /^-{20,}\s*\n+\s*to unsubscribe,? (e-?mail|send)/i,
  /^to unsubscribe,? (e-?mail|send (an? )?(e-?)?mail)/i,
  /^you have received this message because you subscribed/i,
  /^for additional commands, e-?mail/i,
  /^-- ?\n/,
];

/** Lines that say nothing of the mail. */
const LINES: RegExp[] = [
  /^\s*(>|\||[a-z]{1,4}>)/i, // quotations
  /^\s*(from|to|cc|bcc|sent|date|reply-to|message-id|url|img|content-[a-z-]+|mime-version|hash|x-[a-z-]+):\s/i,
  /^.{0,100}\b(wrote|writes|said|schrieb|écrit)\s*[:;]\s*$/i, // attribution of a quotation
  /^(on|at) .{10,100}(wrote|writes|said)?[,:]?\s*\n(?=.{0,60}(wrote|writes|said)[:;])/i,
  /mailman\/listinfo|lists?\.sourceforge|mailing list\s*$/i,
  /^\s*(list maintainer|irish linux users' group|irish internet users)\b/i,
  /^-{5,}(begin|end) pgp/i,
  /^--\S*\s*$/, // boundaries of parts
  /^\[?\d{1,2}\]?[.:]?\s+https?:\S+\s*$/i, // list of links below a text
  /^this is a multi-?part message/i,
];

/** Names particular to the collection, as whole words. */
const NAMES = new RegExp(
  `\\b(${[
    'zzzz\\w*',
    'yyyy\\w*',
    'jm',
    'jmason',
    'justin mason',
    'spam\\s?assassin\\w*',
    'sa-?(talk|dev|cvs)',
    'satalk',
    'sadev',
    'taint',
    'netnoteinc',
    'slashnull',
    'example(\\.\\w+)+',
    'ilug(-social)?',
    'iiu',
    'exmh(-\\w+)?',
    'razor(-users)?',
    'freshrpms',
    'rpm-(list|zzzlist)',
    'fork(-list)?',
    'sitescooper',
    'webmake',
    'spambayes',
    'crackmice',
    'rssfeeds',
    'forteana',
    'irregulars',
    'tbtf',
    'egroups',
    'mailman',
    'thinkgeek',
    'osdn',
    'deathtospam\\w*',
  ].join('|')})\\b`,
  'gi',
);

const MONTH = '(jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]{0,6}\\.?';
const WEEKDAY = '(mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(day)?';
const DATES = new RegExp(
  [
    `\\b(${WEEKDAY},?\\s+)?\\d{1,2}(st|nd|rd|th)?[\\s-]+(of\\s+)?${MONTH}([\\s,-]+\\d{2,4})?\\b`,
    `\\b(${WEEKDAY},?\\s+)?${MONTH}\\s+\\d{1,2}(st|nd|rd|th)?\\b(,?\\s+\\d{4})?`,
    `\\b${MONTH}\\s+(19|20)\\d{2}\\b`,
    '\\b\\d{1,4}[/.-]\\d{1,2}[/.-]\\d{2,4}\\b',
    '\\b\\d{1,2}:\\d{2}(:\\d{2})?(\\s*[ap]\\.?m\\b)?(\\s*[+-]\\d{4})?',
    '\\b(19[89]|200)\\d\\b',
    '\\b(gmt|bst|ist|edt|est|cdt|cst|mdt|mst|pdt|pst)\\b',
  ].join('|'),
  'gi',
);

const ADDRESS = /(mailto:)?[\w.+=-]+@[\w-]+(\.[\w-]+)*/gi;
const LINK = /\b(https?|ftp):\/?\/?[^\s<>")\]]+|\bwww\.[^\s<>")\]]+/gi;
const HOST =
  /\b([a-z0-9-]+\.)+(com|net|org|edu|gov|biz|info|ie|uk|de|fr|us|cc|tv|ca|au|it|nl|ch|jp|ru)\b(\/[^\s<>")\]]*)?/gi;
const NUMERIC_HOST = /\b\d{1,3}(\.\d{1,3}){3}\b/g;

/** A part's source without its quotations and without what lists and mail readers put around it. */
export function withoutTrappings(source: string): string {
  const body = source.replace(/^-{4,}.*yahoo! groups sponsor[\s\S]*?-{4,}[~_]?-?>\s*$/gim, '');
  const lines: string[] = [];
  let at = 0;
  let isWritten = false;
  for (const line of body.split('\n')) {
    // Patterns may look at the line behind as well.
    const ahead = body.slice(at, at + 300);
    if (isWritten && ENDS.some((pattern) => pattern.test(ahead))) break;
    if (
      !LINES.some((pattern) => pattern.test(line) || (pattern.source.includes('\\n') && pattern.test(ahead)))
    ) {
      lines.push(line);
      isWritten ||= line.trim() !== '';
    }
    at += line.length + 1;
  }
  return lines.join('\n');
}

/** The text without lines that only repeat the sender's name: a person writes many mails of one class. */
export function withoutSignOff(text: string, from: string): string {
  const names = new Set(words(from.replace(/<[^>]*>/g, ' ')));
  const isName = (line: string) => {
    const found = words(line);
    return found.length > 0 && found.every((word) => names.has(word));
  };
  return text
    .split('\n')
    .filter((line) => !isName(line))
    .join('\n');
}

function words(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** The subject without tags of lists and the codes by which bulk mail tells its copies apart. */
export function cleanSubject(subject: string): string {
  return withoutNames(
    subject
      .replace(/\[[^\]]{1,40}\]/g, ' ')
      .replace(/\s{4,}\S{1,20}\s*$/, '')
      .replace(/\bbug \d+\b/gi, 'bug'),
  );
}

/** Text in which links and addresses are the words `url` and `email`, without dates and the collection's names. */
export function withoutNames(text: string): string {
  return text
    .replace(ADDRESS, ' email ')
    .replace(LINK, ' url ')
    .replace(HOST, ' url ')
    .replace(NUMERIC_HOST, ' url ')
    .replace(DATES, ' ')
    .replace(NAMES, ' ')
    .replace(/([-=_*~#.+])\1{3,}/g, ' ')
    .replace(/\b(url\s+){2,}/g, 'url ')
    .replace(/\s+/g, ' ')
    .trim();
}
