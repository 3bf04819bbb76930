/** GLUE's tasks as model hubs publish them, made up in small. */
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findTask, loadTask, loadTaskSplit, TASKS } from '../../trainer/data/tasks.ts';
import { complaint, temporaryFiles } from './files.ts';
import { parquetBytes } from './parquet.ts';

const file = temporaryFiles();

/** A split with one row for each of the hub's class numbers. */
const rows = (names: string[], labels: number[], classes?: string[]) =>
  parquetBytes(
    [
      ...names.map((name) => ({ name, data: labels.map((n) => `${name} ${n} `), type: 'STRING' as const })),
      { name: 'label', data: labels.map(BigInt), type: 'INT64' as const },
      { name: 'idx', data: labels.map((_, i) => i), type: 'INT32' as const },
    ],
    classes ? { classes } : {},
  );

describe('what is read', () => {
  test.each([
    ['SST-2', 'sst2', ['sentence'], ['negative', 'positive']],
    ['CoLA', 'cola', ['sentence'], ['unacceptable', 'acceptable']],
    ['MRPC', 'mrpc', ['sentence1', 'sentence2'], ['not_equivalent', 'equivalent']],
    ['RTE', 'rte', ['sentence1', 'sentence2'], ['entailment', 'not_entailment']],
    ['WNLI', 'wnli', ['sentence1', 'sentence2'], ['not_entailment', 'entailment']],
    ['QNLI', 'qnli', ['question', 'sentence'], ['entailment', 'not_entailment']],
    ['QQP', 'qqp', ['question1', 'question2'], ['not_duplicate', 'duplicate']],
    ['MNLI', 'mnli', ['premise', 'hypothesis'], ['entailment', 'neutral', 'contradiction']],
  ])("%s: the hub's numbers are %s's classes", (name, folder, texts, classes) => {
    const dev = name === 'MNLI' ? 'validation_matched' : 'validation';
    const numbers = classes.map((_, i) => i);
    const path = file(`${name}/${folder}/train-00000-of-00001.parquet`, rows(texts, numbers));
    file(`${name}/${folder}/${dev}-00000-of-00001.parquet`, rows(texts, numbers, classes));
    const data = loadTask(name, dirname(dirname(path)));
    const expected = classes.map((label, n) => ({
      text: `${texts[0]} ${n}`,
      ...(texts.length > 1 ? { pair: `${texts[1]} ${n}` } : {}),
      label,
    }));
    expect(data.train).toEqual(expected);
    expect(data.dev).toEqual(expected);
    expect([...data.labels].sort()).toEqual([...classes].sort());
  });

  test('every task that GLUE has a form for has a hub form', () => {
    for (const task of TASKS) {
      expect(complaint(() => loadTaskSplit(task, dirname(file('nowhere/x.txt', '')), 'dev'))).toContain(
        'nor Parquet files',
      );
    }
  });

  test('shards in order, files of a folder, a bare file; the own folder and the root above', () => {
    const task = findTask('sst2');
    const first = file('shards/sst2/train-00000-of-00002.parquet', rows(['sentence'], [0, 1]));
    file('shards/sst2/train-00001-of-00002.parquet', rows(['sentence'], [1]));
    const own = dirname(first);
    const labels = loadTaskSplit(task, own, 'train').map(({ label }) => label);
    expect(labels).toEqual(['negative', 'positive', 'positive']);
    expect(loadTaskSplit(task, dirname(own), 'train')).toEqual(loadTaskSplit(task, own, 'train'));

    const converted = file('converted/sst2/validation/0000.parquet', rows(['sentence'], [1]));
    expect(loadTaskSplit(task, join(dirname(converted), '../..'), 'dev')).toHaveLength(1);
    const bare = file('bare/validation.parquet', rows(['sentence'], [1, 0]));
    expect(loadTaskSplit(task, dirname(bare), 'dev')).toHaveLength(2);
    const repository = file('repository/data/validation-00000-of-00001.parquet', rows(['sentence'], [1]));
    expect(loadTaskSplit(task, join(dirname(repository), '..'), 'dev')).toHaveLength(1);
  });

  test("GLUE's own files come before a hub's", () => {
    const path = file('both/SST-2/dev.tsv', 'sentence\tlabel\nfrom the table\t1\n');
    file('both/SST-2/validation-00000-of-00001.parquet', rows(['sentence'], [0]));
    expect(loadTaskSplit(findTask('sst2'), dirname(path), 'dev')).toEqual([
      { text: 'from the table', label: 'positive' },
    ]);
  });
});

describe('what is refused', () => {
  const task = findTask('rte');
  const texts = ['sentence1', 'sentence2'];

  test('a split without labels, as the test split is', () => {
    const secret = file('secret/validation.parquet', rows(texts, [-1, -1]));
    expect(complaint(() => loadTaskSplit(task, dirname(secret), 'dev'))).toMatch(
      /has no labels.*validation split/,
    );
    const bare = file(
      'none/validation.parquet',
      parquetBytes([{ name: 'sentence1', data: ['a'], type: 'STRING' }]),
    );
    expect(complaint(() => loadTaskSplit(task, dirname(bare), 'dev'))).toContain('has no labels');
  });

  test('a number that is no class, by its row', () => {
    const path = file('odd/validation.parquet', rows(texts, [0, 2]));
    expect(complaint(() => loadTaskSplit(task, dirname(path), 'dev'))).toBe(
      `${path}:2: label "2" is none of RTE's (0 entailment, 1 not_entailment)`,
    );
  });

  test('shards of which one is missing', () => {
    const path = file('lost/train-00000-of-00003.parquet', rows(texts, [0]));
    file('lost/train-00002-of-00003.parquet', rows(texts, [0]));
    expect(complaint(() => loadTaskSplit(task, dirname(path), 'train'))).toContain('has 2 of 3 shards');
  });

  test("another task's columns", () => {
    const path = file('other/validation.parquet', rows(['premise', 'hypothesis'], [0]));
    expect(complaint(() => loadTaskSplit(task, dirname(path), 'dev'))).toContain('has no column "sentence1"');
  });
});
