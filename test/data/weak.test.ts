/** Review corpora: sentences under their review's rating, plain tables, bare texts. */
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { corpusTexts, readLabelledFolder, reviewSentences, sentences } from '../../trainer/data/weak.ts';
import { complaint, temporaryFiles } from './files.ts';

const file = temporaryFiles();

test('sentences end at full stops, questions and calls before white space', () => {
  expect(sentences('It cost 3.50 once. Was it good? Yes!<br /><br />Very much so')).toEqual([
    'It cost 3.50 once.',
    'Was it good?',
    'Yes!',
    'Very much so',
  ]);
});

test("a review's sentences carry its rating; too short, too long, unrated and middling ones do not come", () => {
  file(
    'reviews/b.tsv',
    'id\trating\ttext\n2\t9\tI would gladly see it again. Wow.\n3\t0\tNobody rated this one at all.\n4\t5\tNeither good nor bad, I think.\n',
  );
  const folder = dirname(
    file(
      'reviews/a.tsv',
      `id\trating\ttext\n1\t4\tThe plot was thin, I thought. ${'very '.repeat(50)}long.\n`,
    ),
  );
  file('reviews/notes.md', 'not a table');
  expect([...reviewSentences(folder)]).toEqual([
    { text: 'The plot was thin, I thought.', label: 'negative' },
    { text: 'I would gladly see it again.', label: 'positive' },
  ]);
});

test('own columns and own scale', () => {
  const path = file('own.csv', 'stars,body\n1,It broke on the first day.\n5,It works every single time.\n');
  const options = { text: 'body', rating: 'stars', negativeMost: 2, positiveLeast: 4 };
  expect([...reviewSentences(path, options)].map((record) => record.label)).toEqual(['negative', 'positive']);
  expect(
    complaint(() => [...reviewSentences(file('bad.csv', 'rating,text\nfine,It was all right I guess.\n'))]),
  ).toContain('bad.csv:2: rating "fine" is not a number');
});

test('labelled tables of a folder: broken rows and unknown labels are passed over, labels renamed', () => {
  file('plain/a.tsv', 'label\ttext\n1\tso good\nhalf a row\n0\tso bad\n\tno label\n7\tstrange\n');
  const folder = dirname(file('plain/b.tsv', 'label\ttext\n1\tfine\n'));
  expect(readLabelledFolder(folder, undefined, { 0: 'negative', 1: 'positive' })).toEqual([
    { text: 'so good', label: 'positive' },
    { text: 'so bad', label: 'negative' },
    { text: 'fine', label: 'positive' },
  ]);
  expect(readLabelledFolder(folder).map((record) => record.label)).toEqual(['1', '0', '7', '1']);
});

test('bare texts', () => {
  const folder = dirname(file('bare/a.tsv', 'id\ttext\n1\tone<br />two\n2\tthree\n'));
  expect([...corpusTexts(folder)]).toEqual(['one two', 'three']);
  expect(complaint(() => [...corpusTexts(dirname(file('nothing/x.md', '')))])).toContain(
    'has no .tsv, .csv, .jsonl or .parquet',
  );
});
