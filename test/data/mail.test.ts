/** Reading made-up mails: encodings, parts, HTML, and what gives a class away. */
import { describe, expect, test } from 'vitest';
import { excerpt, readLetter } from '../../cli/start/corpus.ts';
import { cleanSubject, withoutNames, withoutTrappings } from '../../cli/start/giveaways.ts';
import { htmlToText } from '../../cli/start/html.ts';
import { readMail } from '../../cli/start/mail.ts';

const read = (...lines: string[]) => readMail(lines.join('\n'), (source) => source);

describe('mail', () => {
  test('headers: folded, encoded words, what threads are told by', () => {
    const mail = read(
      'From someone@here.invalid Mon Jan 1 00:00:00 2001',
      'From: =?iso-8859-1?Q?Ren=E9?= <Rene@Here.invalid>',
      'Subject: =?utf-8?B?UmU6IGZvbGRlZA==?=',
      ' and long',
      'Message-Id: <2@here.invalid>',
      'References: <0@there.invalid>',
      '  <1@there.invalid>',
      '',
      'Body: of text',
    );
    expect(mail).toEqual({
      subject: 'Re: folded and long',
      from: 'rené <rene@here.invalid>',
      messageIds: ['<2@here.invalid>', '<0@there.invalid>', '<1@there.invalid>'],
      isReply: true,
      body: 'Body: of text',
    });
  });

  test('quoted-printable and its charset', () => {
    const mail = read(
      'Content-Type: text/plain; charset="ISO-8859-1"',
      'Content-Transfer-Encoding: Quoted-Printable',
      '',
      'a caf=E9 that goes=',
      ' on =3D here',
    );
    expect(mail.body).toBe('a café that goes on = here');
  });

  test('base64, and what a list puts behind it', () => {
    const encoded = Buffer.from('plain words').toString('base64');
    expect(read('Content-Transfer-Encoding: base64', '', encoded, '____ list').body).toBe('plain words');
  });

  test('bytes of no charset are UTF-8 or else Windows 1252', () => {
    expect(read('', Buffer.from('naïve').toString('latin1')).body).toBe('naïve');
    expect(read('', 'na\xefve \x93so\x94').body).toBe('naïve “so”');
  });

  test('an alternative gives its plain part, other multiparts all their text', () => {
    const part = (type: string, text: string) => ['--b1', `Content-Type: ${type}`, '', text];
    const plain = part('text/plain', 'This is said in plain words.');
    const html = part('text/html', '<p>This is said in <b>bold</b> words.</p>');
    const image = part('image/png', 'iVBORw0KGgo=');
    const of = (kind: string, ...parts: string[][]) =>
      read(
        `Content-Type: multipart/${kind}; boundary="b1"`,
        '',
        'prologue',
        ...parts.flat(),
        '--b1--',
        'epilogue',
      ).body;
    expect(of('alternative', plain, html)).toBe('This is said in plain words.');
    expect(
      of('mixed', plain, image, html)
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean),
    ).toEqual(['This is said in plain words.', 'html', 'This is said in bold words.']);
  });

  test('a multipart whose boundary never comes, and a mail without a body', () => {
    expect(read('Content-Type: multipart/mixed; boundary=never', '', 'all the same').body).toBe(
      'all the same',
    );
    expect(read('Subject: bare')).toMatchObject({ subject: 'bare', body: '' });
  });
});

test('HTML: words put together again, scripts and comments gone, links said, entities decoded', () => {
  const html =
    '<html><head><title>t</title><style>p{}</style></head><body><p>w<!-- x -->hole&nbsp;w<b>or</b>d &amp; &#147;so&#8221; &euro;5' +
    '<br>next <a href="http://there.invalid/">here</a><img src=x><script>no()</script></body></html>';
  expect(htmlToText(html).trim().split(/\s+/)).toEqual([
    'html',
    'whole',
    'word',
    '&',
    '“so”',
    '€5',
    'next',
    'url',
    'here',
  ]);
});

describe('trappings', () => {
  test.each([
    [
      'a list footer',
      [
        'Words.',
        '_______________________________________________',
        'Some-list mailing list',
        'Some-list@there.invalid',
      ],
    ],
    ['a signature', ['Words.', '-- ', 'A. Writer', 'of letters']],
    [
      'an advertisement',
      [
        'Words.',
        '',
        '-------------------------------------------------------',
        'This sf.net email is sponsored by:Someone',
        'Welcome.',
      ],
    ],
    [
      'a group footer',
      ['Words.', '', 'To unsubscribe from this group, send an email to:', 'x-unsubscribe@there.invalid'],
    ],
    [
      'a sponsor',
      [
        '------------------------ Yahoo! Groups Sponsor ---------------------~-->',
        'Buy it',
        '---------------------------------------------------------------------~->',
        'Words.',
      ],
    ],
    ['a quotation and who said it', ['Some One wrote:', '> so it is', '> and was', 'Words.']],
    [
      'an attribution in two lines',
      ['On a fine day in May, Some One <one@there.invalid>', 'wrote:', '> yes', 'Words.'],
    ],
    ['the mail answered', ['Words.', '-----Original Message-----', 'From: Some One', 'Old words.']],
    ['headers of a feed', ['URL: http://there.invalid/', 'Date: Not supplied', '', 'Words.']],
    ['a subscription page', ['Words.', 'http://there.invalid/mailman/listinfo/some']],
  ])('%s goes, the words stay', (_, lines) => {
    expect(withoutTrappings(lines.join('\n')).trim()).toBe('Words.');
  });

  test('a mail that begins with a rule or a signature mark is not emptied', () => {
    expect(withoutTrappings('____________________\nNews of today')).toContain('News of today');
    expect(withoutTrappings('-- \nhello')).toContain('hello');
  });
});

describe('names', () => {
  test('addresses, links and hosts become words', () => {
    expect(
      withoutNames(
        'ask me@there.invalid or see http://a.invalid/b?c=d, www.b.invalid and shop.example.org/x',
      ),
    ).toBe('ask email or see url and url');
  });

  test('dates and times go, prices and numbers stay', () => {
    expect(
      withoutNames('on Mon, 12 Aug 2002 10:15:30 +0100 and 2002-09-01, May 5th, 2003: 12 of $29.99'),
    ).toBe('on and , : 12 of $29.99');
  });

  test("the collection's own names go", () => {
    expect(withoutNames('Dear zzzz, SpamAssassin of yyyyuser on spamassassin-talk said so')).not.toMatch(
      /zzzz|yyyy|assassin/i,
    );
  });

  test('subjects: tags and serial codes go, Re: stays', () => {
    expect(cleanSubject('Re: [SomeList] [2] a question')).toBe('Re: a question');
    expect(cleanSubject('Buy now          x7f3k')).toBe('Buy now');
  });

  test("a line that is the sender's name goes", () => {
    const letter = readLetter(
      'From: Ann Bee <ann@there.invalid>\nSubject: hello\n\nThe words of Ann.\n\nAnn\n',
      'easy-ham-1',
    );
    expect(letter).toMatchObject({
      label: 'ham',
      kind: 'easy-ham-1',
      text: expect.stringMatching(/^hello\s+The words of Ann\.$/),
    });
  });
});

test('an excerpt is the beginning and the end, whole where it fits', () => {
  expect(excerpt('one two, three', 4)).toBe('one two, three');
  expect(excerpt("don't stop here now or ever", 4)).toBe("don't stop\nor ever");
  expect(excerpt('one two three four', 3, 2)).toBe('one two\nfour');
  expect(excerpt('one two, three', 2, 2)).toBe('one two');
});
