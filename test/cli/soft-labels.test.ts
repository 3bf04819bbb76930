/** beex label and beex pretext as a user runs them, and a training that begins with what they wrote. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toyRecords } from '../trainer/toy.ts';
import { beex, buildOnce } from './command.ts';

let folder: string;
const at = (name: string): string => join(folder, name);
const table = (rows: string[][]): string => rows.map((row) => row.join('\t')).join('\n');
/** The toy's classes under names that reviews have. */
const named = (count: number, seed: number) =>
  toyRecords(count, seed).map(({ text, label }) => ({
    text,
    label: label === 'praise' ? 'positive' : 'negative',
  }));

beforeAll(async () => {
  await buildOnce();
  folder = mkdtempSync(join(tmpdir(), 'beex-soft-'));
  for (const [name, seed] of [
    ['train.tsv', 1],
    ['dev.tsv', 2],
  ] as const) {
    const rows = named(120, seed).map(({ text, label }) => [text, label]);
    writeFileSync(at(name), table([['sentence', 'mood'], ...rows]));
  }
  const reviews = named(60, 3).map(({ text, label }, i) => {
    // Every third review is unrated.
    const rating = i % 3 === 0 ? '0' : label === 'positive' ? '9' : '2';
    return [String(i), rating, `${text}. ${text}!`];
  });
  writeFileSync(at('reviews.tsv'), table([['id', 'rating', 'text'], ...reviews]));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const data = () => [
  '--train',
  at('train.tsv'),
  '--dev',
  at('dev.tsv'),
  '--text',
  'sentence',
  '--label',
  'mood',
];
const small = '--hidden 64 --slfn 64 --blocks 2 --heads 4 --tokens 16 --vocabulary-size 128 --epochs 1'.split(
  ' ',
);

it('labels sentences of rated and unrated reviews, from which a training begins', async () => {
  const { code, stdout } = await beex([
    'label',
    ...data(),
    '--reviews',
    at('reviews.tsv'),
    '--out',
    at('soft.tsv'),
    '--json',
  ]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ texts: 120, models: [] });
  const [header, ...rows] = readFileSync(at('soft.tsv'), 'utf8').trimEnd().split('\n');
  expect(header).toBe('text\tnegative\tpositive');
  const expected = new Map(named(60, 3).map(({ text, label }) => [text, label]));
  const right = rows.filter((row) => {
    const [text, negative, positive] = row.split('\t');
    return Number(positive) > Number(negative) === (expected.get(text.slice(0, -1)) === 'positive');
  });
  expect(right.length).toBeGreaterThan(110);

  const trained = await beex([
    'train',
    ...data(),
    ...small,
    '--soft-labels',
    at('soft.tsv'),
    '--out',
    at('run'),
  ]);
  expect(trained.code).toBe(0);
  expect(trained.stderr).toContain('warm start');
  expect(JSON.parse(readFileSync(at('run/run.json'), 'utf8')).counts.warmStart).toBe(120);

  const models = ['--models', at('run/model.beex'), '--no-bag-of-words'];
  const again = await beex([
    'label',
    ...data(),
    '--reviews',
    at('reviews.tsv'),
    ...models,
    '--out',
    at('second.tsv'),
  ]);
  expect(again.code).toBe(0);
  expect(readFileSync(at('second.tsv'), 'utf8').split('\n')).toHaveLength(122);
}, 120_000);

it('a recurrent teacher labels, and says how well it knows what was held out', async () => {
  const shape = ['--recurrent', '--hidden', '64', '--tokens', '16', '--vocabulary-size', '128'];
  const weak = ['--reviews', at('reviews.tsv'), '--review-weight', '0.5', '--epochs', '20'];
  const trained = await beex(['train', ...data(), ...shape, ...weak, '--out', at('teacher')]);
  expect({ code: trained.code, stdout: trained.stdout }).toEqual({
    code: 0,
    stdout: expect.stringContaining('recurrent teacher'),
  });
  const { code, stdout, stderr } = await beex([
    'label',
    ...data(),
    ...['--reviews', at('reviews.tsv'), '--runs', at('teacher'), '--no-bag-of-words'],
    ...['--out', at('taught.tsv'), '--json'],
  ]);
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringMatching(/accuracy on \d+ held-out texts: (9\d|100)/),
  });
  expect(JSON.parse(stdout)).toMatchObject({ texts: 120, runs: [at('teacher')] });
  expect(JSON.parse(stdout).heldOut).toBeGreaterThan(0.9);

  const label = ['label', ...data(), '--reviews', at('reviews.tsv'), '--out', at('none.tsv'), '--runs'];
  const twice = await beex([...label, at('teacher'), `${at('teacher')}/`]);
  expect(twice).toMatchObject({ code: 2, stderr: expect.stringContaining('teacher/ is given twice') });

  const stopped = ['train', ...data(), ...shape, ...weak, '--out', at('stopped')];
  expect((await beex(stopped, '', { interruptAt: /warm start/ })).code).toBe(130);
  const early = await beex([...label, at('stopped')]);
  expect(early).toMatchObject({ code: 2, stderr: expect.stringContaining('beex train --resume') });
  expect(existsSync(at('none.tsv'))).toBe(false);

  const packed = await beex(['pack', at('teacher'), '--out', at('teacher.beex')]);
  expect(packed).toMatchObject({ code: 1, stderr: expect.stringContaining('no one-bit form') });
}, 120_000);

it('labels bare texts as they are, and by no rating where the classes are others', async () => {
  const toy = (count: number, seed: number) => toyRecords(count, seed);
  const rows = toy(120, 1).map(({ text, label }) => [text, label]);
  writeFileSync(at('own.tsv'), table([['sentence', 'mood'], ...rows]));
  writeFileSync(
    at('bare.tsv'),
    table([['id', 'body'], ...toy(80, 5).map(({ text }, i) => [String(i), text])]),
  );
  const own = ['--train', at('own.tsv'), '--dev', at('own.tsv'), '--text', 'sentence', '--label', 'mood'];
  const label = ['label', ...own, '--out', at('soft-own.tsv')];
  const texts = ['--texts', at('bare.tsv'), '--column', 'body'];
  const { code, stderr } = await beex([...label, ...texts, '--reviews', at('reviews.tsv')]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('ratings do not count') });
  const [header, ...labelled] = readFileSync(at('soft-own.tsv'), 'utf8').trimEnd().split('\n');
  const classes = header.split('\t').slice(1);
  const expected = new Map([...toy(80, 5), ...toy(60, 3)].map(({ text, label }) => [text, label]));
  const right = labelled.filter((row) => {
    const [text, ...shares] = row.split('\t');
    const likeliest = shares.map(Number).indexOf(Math.max(...shares.map(Number)));
    return classes[likeliest] === expected.get(text.replace(/[.!]$/, ''));
  });
  expect(labelled).toHaveLength(120 + 80);
  expect(right.length).toBeGreaterThan(190);

  // Reviews that are labelled too teach nothing: the bare texts' labels are those of a teacher without them.
  await beex([...label, ...texts]);
  const [, ...alone] = readFileSync(at('soft-own.tsv'), 'utf8').trimEnd().split('\n');
  expect(labelled.slice(-80)).toEqual(alone);

  const none = await beex(label);
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('--reviews or --texts') });
  const column = await beex([...label, '--texts', at('bare.tsv'), '--column', 'no such']);
  expect(column).toMatchObject({ code: 2, stderr: expect.stringContaining('"no such"') });
}, 120_000);

it('scores the teacher by the metric of the task', async () => {
  mkdirSync(at('CoLA'));
  for (const [name, seed] of [
    ['train.tsv', 1],
    ['dev.tsv', 2],
  ] as const) {
    // Labels that no text tells, most of them alike: right by chance, and Matthews about 0.
    const rows = toyRecords(120, seed).map(({ text }, i) => ['toy', i % 8 === 0 ? '0' : '1', '', text]);
    writeFileSync(at(`CoLA/${name}`), table(rows));
  }
  writeFileSync(at('some.tsv'), table([['text'], ...toyRecords(5, 6).map(({ text }) => [text])]));
  const task = ['--task', 'cola', '--data', at('CoLA'), '--texts', at('some.tsv')];
  const { code, stdout, stderr } = await beex(['label', ...task, '--out', at('soft-cola.tsv'), '--json']);
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringMatching(/Matthews correlation on \d+ held-out texts: -?0\.\d{3}\n/),
  });
  expect(JSON.parse(stdout).heldOut).toBeLessThan(0.5);
});

it('makes examples of bare texts under the labels that it is told', async () => {
  const texts = ['--texts', at('reviews.tsv'), '--labels', 'bad,good', '--most', '50'];
  const { code, stderr } = await beex(['pretext', 'paraphrase', ...texts, '--out', at('pretext.tsv')]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('wrote 50 examples') });
  expect(readFileSync(at('pretext.tsv'), 'utf8').split('\n')[0]).toBe('text\tpair\tbad\tgood');
});

it.each([
  [['pretext', 'rhyme', '--task', 'cola'], 'no pretext "rhyme"'],
  [['pretext', 'paraphrase', '--task', 'sst2'], 'not those of a broken and an intact text'],
  [['pretext', 'paraphrase'], 'give --task, or --labels'],
])('%j is wrong usage, and writes nothing', async (args, message) => {
  const { code, stderr } = await beex([...args, '--texts', at('reviews.tsv'), '--out', at('none.tsv')]);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
  expect(existsSync(at('none.tsv'))).toBe(false);
});

it('a teacher without models or words is wrong usage', async () => {
  const args = [
    'label',
    ...data(),
    '--reviews',
    at('reviews.tsv'),
    '--no-bag-of-words',
    '--out',
    at('none.tsv'),
  ];
  expect((await beex(args)).code).toBe(2);
  expect(existsSync(at('none.tsv'))).toBe(false);
});
