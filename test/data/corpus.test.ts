/** The mail corpus of npm start: grouping on made-up mails, and no leak across the real split. */
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type Corpus,
  groupLetters,
  loadSpamCorpus,
  readLetter,
  SPAM_LABELS,
  threadSubject,
} from '../../cli/start/corpus.ts';
import { trainBagOfWords } from '../../trainer/data/bag-of-words.ts';
import { shingles } from './shingles.ts';

describe('groups', () => {
  let made = 0;
  const letter = (headers: Record<string, string>, body: string) => {
    const all = {
      From: `p${made}@h${made++}.invalid`,
      Subject: `matter ${'abcdefghij'[made % 10]} ${headers.Subject ?? ''}`,
      ...headers,
    };
    return readLetter(
      `${Object.entries(all)
        .map(([name, value]) => `${name}: ${value}`)
        .join('\n')}\n\n${body}\n`,
      'easy-ham-1',
    );
  };
  const tied = (
    one: Parameters<typeof letter>,
    two: Parameters<typeof letter>,
    ...others: Parameters<typeof letter>[]
  ) => {
    const groups = groupLetters([one, two, ...others].map((args) => letter(...args)));
    return groups[0] === groups[1];
  };

  test('nothing ties mails that share nothing', () => {
    expect(tied([{}, 'red apples ripen late'], [{}, 'the train was on time'])).toBe(false);
  });

  test('nearly the same text', () => {
    const body = 'every morning the baker opens his shop at six and sells warm bread to all who come';
    const subject = { Subject: 'Bread' };
    expect(tied([subject, body], [{ Subject: 'Rolls' }, `${body} and go`])).toBe(true);
  });

  test('a thread, by its subject or by its references', () => {
    expect(
      tied([{ Subject: 'Old trees' }, 'look at them'], [{ Subject: 'RE: [x] Re: old trees 2' }, 'I did so']),
    ).toBe(true);
    expect(
      tied(
        [{ 'Message-Id': '<1@a.invalid>' }, 'look at them'],
        [{ References: '<1@a.invalid>' }, 'I did so'],
      ),
    ).toBe(true);
  });

  test('a newsletter by its sender or host; a person who replies is none', () => {
    const news = { From: 'Daily <news@daily.invalid>' };
    expect(tied([news, 'rain is coming'], [news, 'sun is back'])).toBe(true);
    expect(
      tied([{ From: 'a@daily.invalid' }, 'rain is coming'], [{ From: 'b@daily.invalid' }, 'sun is back']),
    ).toBe(true);
    expect(
      tied(
        [news, 'rain is coming'],
        [news, 'sun is back'],
        [{ ...news, Subject: 'Re: your letter' }, 'thank you'],
      ),
    ).toBe(false);
  });

  test('the subject of a thread', () => {
    expect(threadSubject('Re: [List] FWD: Some matter (#12)!')).toBe('some matter');
    expect(threadSubject('Re: 123')).toBe('');
  });
});

describe('the real corpus', () => {
  let corpus: Corpus;
  let seconds: number;
  beforeAll(() => {
    const start = performance.now();
    corpus = loadSpamCorpus(1, Number.POSITIVE_INFINITY);
    seconds = (performance.now() - start) / 1000;
  });

  test('is read in seconds, and split as said', () => {
    expect(seconds).toBeLessThan(20); // 3 on an idle machine
    const { train, calibration, heldOut } = corpus;
    const all = train.length + calibration.length + heldOut.length;
    expect(all).toBeGreaterThan(6000);
    expect(heldOut.length / all).toBeCloseTo(0.2, 2);
    expect(calibration.length / all).toBeCloseTo(0.1, 2);
    for (const part of [train, calibration, heldOut]) {
      expect(part.filter((record) => record.label === 'spam').length / part.length).toBeCloseTo(0.314, 2);
    }
  });

  test('holds out the same mails whatever the share for calibration', () => {
    const other = loadSpamCorpus(1, Number.POSITIVE_INFINITY, undefined, 0.05);
    expect(other.heldOut).toEqual(corpus.heldOut);
    expect(other.calibration.length / corpus.calibration.length).toBeCloseTo(0.5, 1);
    expect(other.train.length + other.calibration.length).toBe(
      corpus.train.length + corpus.calibration.length,
    );
  });

  test('has no near-duplicate pair across the split, all pairs compared', () => {
    const parts = [corpus.train, corpus.calibration, corpus.heldOut];
    const letters = parts.flatMap((part, side) => part.map(({ text }) => ({ side, set: shingles(text) })));
    const having = new Map<string, number[]>();
    let worst = 0;
    letters.forEach(({ side, set }, index) => {
      const shared = new Map<number, number>();
      for (const shingle of set) {
        const others = having.get(shingle);
        if (!others) {
          having.set(shingle, [index]);
          continue;
        }
        for (const other of others)
          if (letters[other].side !== side) shared.set(other, (shared.get(other) ?? 0) + 1);
        others.push(index);
      }
      for (const [other, both] of shared)
        worst = Math.max(worst, both / (set.size + letters[other].set.size - both));
    });
    expect(worst).toBeLessThan(0.5);
  });

  test('holds none of the give-aways', () => {
    const texts = Object.values(corpus as unknown as Record<string, { text: string }[]>)
      .flat()
      .map((record) => record.text);
    const pattern =
      /\bzzzz|\byyyy|spamassassin|taint\.org|netnoteinc|mailman\/listinfo|\[ilug\]|razor-users|sf\.net email|https?:\/\/\w|\w@\w+\.\w/i;
    expect(texts.filter((text) => pattern.test(text)).map((text) => text.match(pattern)?.[0])).toEqual([]);
  });

  test('is learnt by a bag of words, honestly', () => {
    const model = trainBagOfWords(corpus.train, SPAM_LABELS);
    const right = corpus.heldOut.filter((mail) => SPAM_LABELS[model.predict(mail)] === mail.label).length;
    expect(right / corpus.heldOut.length).toBeGreaterThan(0.95);
    expect(right / corpus.heldOut.length).toBeLessThan(0.985);
  });
});
