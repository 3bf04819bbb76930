/** GLUE's files, made up in small and, where the shared data is there, in their official sizes. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { majorityScore } from '../../trainer/data/metrics.ts';
import { findTask, loadTask, readTaskFile } from '../../trainer/data/tasks.ts';
import { complaint, temporaryFiles } from './files.ts';

const file = temporaryFiles();

describe('names', () => {
  test.each(['sst2', 'SST-2', 'Sst_2'])('%s is SST-2', (name) => {
    expect(findTask(name).name).toBe('SST-2');
  });

  test('a regression is refused as one, an unknown name with the list of names', () => {
    expect(complaint(() => findTask('sts-b'))).toMatch(/STS-B.*regression/);
    expect(complaint(() => findTask('sst3'))).toMatch(/no task "sst3".*SST-2, CoLA, MRPC/);
  });
});

describe('official forms', () => {
  test('SST-2: columns by header, blanks around the text gone, quotes left as they are', () => {
    const path = file('SST-2/train.tsv', 'sentence\tlabel\na "fine" day \t1\r\n"half a quote\t0\n');
    expect(readTaskFile(findTask('sst2'), path)).toEqual([
      { text: 'a "fine" day', label: 'positive' },
      { text: '"half a quote', label: 'negative' },
    ]);
  });

  test('CoLA: no header, so the first line counts', () => {
    const path = file('CoLA/dev.tsv', 'xx01\t1\t\tThe cat sat.\nxx01\t0\t*\tCat the sat.');
    expect(readTaskFile(findTask('cola'), path)).toEqual([
      { text: 'The cat sat.', label: 'acceptable' },
      { text: 'Cat the sat.', label: 'unacceptable' },
    ]);
  });

  test('MRPC: byte order mark and CRLF', () => {
    const path = file(
      'MRPC/train.tsv',
      '\ufeffQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\r\n1\t5\t6\tIt rains.\tRain falls.\r\n',
    );
    expect(readTaskFile(findTask('mrpc'), path)).toEqual([
      { text: 'It rains.', pair: 'Rain falls.', label: 'equivalent' },
    ]);
  });

  test('RTE writes labels as words, WNLI as numbers; entailment is class 1 of both', () => {
    const rte = file(
      'RTE/train.tsv',
      'index\tsentence1\tsentence2\tlabel\n0\tA dog ran.\tA dog moved.\tentailment\n',
    );
    const wnli = file('WNLI/train.tsv', 'index\tsentence1\tsentence2\tlabel\n0\tIt ran.\tThe dog ran.\t0\n');
    expect(readTaskFile(findTask('rte'), rte)[0].label).toBe('entailment');
    expect(readTaskFile(findTask('wnli'), wnli)[0].label).toBe('not_entailment');
    expect(findTask('rte').labels).toEqual(['not_entailment', 'entailment']);
    expect(findTask('wnli').labels).toEqual(['not_entailment', 'entailment']);
  });

  test('QQP passes over cut rows, MNLI over those without agreement', () => {
    const qqp = file(
      'QQP/train.tsv',
      'id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n1\t2\t3\tWhy?\n2\t3\t4\tWhy?\tHow so?\t1\n',
    );
    expect(readTaskFile(findTask('qqp'), qqp)).toEqual([
      { text: 'Why?', pair: 'How so?', label: 'duplicate' },
    ]);
    const mnli = file(
      'MNLI/dev_matched.tsv',
      'index\tsentence1\tsentence2\tgold_label\n0\tOne.\tTwo.\t-\n1\tOne.\tTwo.\tneutral\n',
    );
    expect(readTaskFile(findTask('mnli'), mnli)).toEqual([{ text: 'One.', pair: 'Two.', label: 'neutral' }]);
  });

  test("the task's own folder and the root above it give the same", () => {
    const root = dirname(dirname(file('glue/SST-2/train.tsv', 'sentence\tlabel\ngood\t1\nbad\t0\n')));
    file('glue/SST-2/dev.tsv', 'sentence\tlabel\nfair\t1\n');
    const data = loadTask('sst2', root);
    expect(data).toEqual(loadTask('SST-2', join(root, 'SST-2')));
    expect(data).toMatchObject({
      name: 'SST-2',
      pair: false,
      metric: 'accuracy',
      labels: ['negative', 'positive'],
    });
    expect(data.dev).toEqual([{ text: 'fair', label: 'positive' }]);
  });
});

describe('what is refused, with file, line and remedy', () => {
  const sst2 = findTask('sst2');

  test('a test file has no labels', () => {
    const path = file('SST-2/test.tsv', 'index\tsentence\n0\tfine\n');
    expect(complaint(() => readTaskFile(sst2, path))).toBe(
      `${path}: has no labels (GLUE keeps those of its test files to itself); use SST-2's dev.tsv`,
    );
    const cola = file('CoLA/test.tsv', 'index\tsentence\n0\tfine\n');
    expect(complaint(() => readTaskFile(findTask('cola'), cola))).toContain('has no labels');
  });

  test('a row that is cut', () => {
    const path = file('SST-2/cut.tsv', 'sentence\tlabel\ngood\t1\nbad\n');
    expect(complaint(() => readTaskFile(sst2, path))).toContain(`${path}:3: has 1 columns, SST-2 needs 2`);
  });

  test('a label that the task does not have', () => {
    const path = file('SST-2/label.tsv', 'sentence\tlabel\ngood\t2\n');
    expect(complaint(() => readTaskFile(sst2, path))).toBe(`${path}:2: label "2" is none of SST-2's (0, 1)`);
  });

  test('a missing column, with those that there are', () => {
    const path = file('RTE/wrong.tsv', 'index\tpremise\tsentence2\tlabel\n0\ta\tb\tentailment\n');
    expect(complaint(() => readTaskFile(findTask('rte'), path))).toContain(
      '"sentence1"; there are "index", "premise"',
    );
  });

  test('a header alone, and a folder without the file', () => {
    const path = file('SST-2/bare.tsv', 'sentence\tlabel\n');
    expect(complaint(() => readTaskFile(sst2, path))).toBe(`${path}: has no rows`);
    expect(complaint(() => loadTask('rte', dirname(file('elsewhere/notes.txt', ''))))).toContain(
      'has neither train.tsv nor RTE/train.tsv',
    );
  });
});

const GLUE = join(process.env.BEEX_DATA ?? resolve(import.meta.dirname, '../../../shared/data'), 'glue');
const hasGlue = existsSync(GLUE);
if (!hasGlue) console.warn(`SKIPPED: official sizes of GLUE's tasks (no ${GLUE}; set BEEX_DATA)`);

describe.runIf(hasGlue)("GLUE's official sizes and majority classes", () => {
  test.each([
    ['SST-2', 67_349, 872, 0.509],
    ['CoLA', 8_551, 1_043, 0],
    ['MRPC', 3_668, 408, 0.684],
    ['RTE', 2_490, 277, 0.527],
    ['WNLI', 635, 71, 0.563],
  ])('%s', (name, train, dev, majority) => {
    const data = loadTask(name, GLUE);
    expect([data.train.length, data.dev.length]).toEqual([train, dev]);
    const classes = data.dev.map((record) => data.labels.indexOf(record.label));
    expect(majorityScore(data.metric, classes).score).toBeCloseTo(majority, 3);
  });
});
