/** A user's own files: the three forms, and one clear line for whatever is wrong with them. */
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadTables, readTable } from '../../trainer/data/table.ts';
import { complaint, temporaryFiles } from './files.ts';

const file = temporaryFiles();
const columns = { text: 'text', label: 'label' };

describe('forms', () => {
  test('CSV: quotes, doubled quotes, separators and line breaks in fields; lines are counted', () => {
    const path = file('a.csv', '\ufefftext,label\r\n"one, ""two""",x\r\n"three\r\nfour",y\r\nfive,x\r\n');
    expect(readTable(path, columns)).toEqual({
      path,
      records: [
        { text: 'one, "two"', label: 'x' },
        { text: 'three\nfour', label: 'y' },
        { text: 'five', label: 'x' },
      ],
      lines: [2, 3, 5],
    });
  });

  test('CSV with semicolons', () => {
    const path = file('b.csv', 'label;text\nx;one, two\n');
    expect(readTable(path, columns).records).toEqual([{ text: 'one, two', label: 'x' }]);
  });

  test('TSV: quotes mean nothing', () => {
    const path = file('c.tsv', 'text\tother\tlabel\n"one\t5\tx\n\ntwo"\t6\ty\n');
    expect(readTable(path, columns)).toMatchObject({
      records: [
        { text: '"one', label: 'x' },
        { text: 'two"', label: 'y' },
      ],
      lines: [2, 4],
    });
  });

  test('JSON lines: numbers and truth values are labels too; pairs', () => {
    const path = file(
      'd.jsonl',
      '{"a":"one","b":"two","label":1}\n\n{"label":true,"b":"four","a":"three"}\n',
    );
    expect(readTable(path, { text: 'a', pair: 'b', label: 'label' })).toMatchObject({
      records: [
        { text: 'one', pair: 'two', label: '1' },
        { text: 'three', pair: 'four', label: 'true' },
      ],
      lines: [1, 3],
    });
  });

  test.each([
    ['tabs', 'text\tlabel\none\tx\n'],
    ['commas', 'text,label\none,x\n'],
    ['JSON', '{"text":"one","label":"x"}\n'],
  ])('without a known extension the first line tells: %s', (name, content) => {
    const path = file(`${name}.data`, content);
    expect(readTable(path, columns).records).toEqual([{ text: 'one', label: 'x' }]);
  });

  test('columns that are all numbers: the file has no header', () => {
    const path = file('e.tsv', 'x\tone\ny\ttwo\n');
    expect(readTable(path, { text: '2', label: '1' }).records).toEqual([
      { text: 'one', label: 'x' },
      { text: 'two', label: 'y' },
    ]);
  });

  test('classes: by number where all are whole numbers, otherwise by name', () => {
    const dev = file('dev.tsv', 'text\tlabel\na\t10\n');
    const numbers = file('n.tsv', 'text\tlabel\na\t10\nb\t9\nc\t2\n');
    expect(loadTables({ train: numbers, dev, columns }).labels).toEqual(['2', '9', '10']);
    const names = file('s.tsv', 'text\tlabel\na\t10\nb\t9\nc\tno\n');
    expect(loadTables({ train: names, dev, columns }).labels).toEqual(['10', '9', 'no']);
  });
});

describe('one clear line for what is wrong', () => {
  const check = (name: string, content: string | Uint8Array, expected: string, wanted = columns) => {
    const path = file(name, content);
    const message = complaint(() => readTable(path, wanted));
    expect(message).not.toContain('\n');
    expect(message.startsWith(path)).toBe(true);
    expect(message.slice(path.length)).toContain(expected);
  };

  test('a missing column, with those that there are', () => {
    check('m.csv', 'review,label\na,x\n', ': has no column "text"; there are "review", "label"');
    check(
      'm.jsonl',
      '{"text":"a","label":"x"}\n{"review":"b","label":"x"}\n',
      ':2: has no column "text"; there are "review"',
    );
    check('m9.tsv', 'a\tb\n', ': has no column "3"; there are "1", "2"', { text: '1', label: '3' });
  });

  test('a column that is there twice', () => {
    check('twice.csv', 'text,text,label\na,b,x\n', ':1: has more than one column "text"');
  });

  test('empty files, and a header alone', () => {
    check('empty.csv', '', ': the file is empty');
    check('blank.tsv', ' \n\n', ': the file is empty');
    check('bare.csv', 'text,label\n', ': has a header but no rows');
  });

  test('binary files, with the line where it shows', () => {
    check('nul.tsv', 'text\tlabel\na\0b\tx\n', ':2: is a binary file');
    check('latin1.csv', Buffer.from('text,label\na,x\ncaf\xe9,x\n', 'latin1'), ':3: is not UTF-8');
    check('cut.csv', Buffer.from('text,label\na,x\ncaf\xc3', 'latin1'), ':3: is not UTF-8');
    check('utf16.csv', Buffer.from('\ufefftext,label\n', 'utf16le'), ': is UTF-16; save it as UTF-8');
  });

  test('paths that give nothing', () => {
    const path = file('here.csv', 'text,label\na,x\n');
    expect(complaint(() => readTable(`${path}x`, columns))).toBe(`${path}x: there is no such file`);
    expect(complaint(() => readTable(dirname(path), columns))).toContain('is a folder; give a file');
    expect(complaint(() => readTable(join(path, 'x'), columns))).toContain("can't be read (ENOTDIR)");
  });

  test('an empty label', () => {
    check('l.csv', 'text,label\na,x\nb, \n', ':3: the label is empty');
  });

  test('rows of another width', () => {
    check('w.tsv', 'text\tlabel\na\tx\nb\tc\tx\n', ':3: has 3 columns where the first row has 2');
  });

  test('quotes that do not match', () => {
    check('q.csv', 'text,label\na,x\n"b,x\nc,y\n', 'a quote is opened');
    check('q2.csv', 'text,label\na "b" c,x\n', ':2: a quote within a field');
  });

  test('JSON that is none', () => {
    check('j.jsonl', '{"text":"a","label":"x"}\n{"text":\n', ':2: is not JSON (');
    check('j2.jsonl', '"text"\n', ':1: is not a JSON object');
    check('j3.json', '[{"text":"a","label":"x"}]', ': is one JSON array, not JSON lines');
    check('j4.jsonl', '{"text":["a"],"label":"x"}\n', ':1: "text" is neither a string nor a number');
  });

  test('a label seen only in dev, with its line there and the labels that train has', () => {
    const train = file('t.csv', 'text,label\na,good\nb,bad\n');
    const dev = file('v.csv', 'text,label\na,good\nb,so-so\n');
    expect(complaint(() => loadTables({ train, dev, columns }))).toBe(
      `${dev}:3: label "so-so" is not in ${train} (it has "bad", "good"); correct it, or add examples of it to the training data`,
    );
  });

  test('one class only', () => {
    const train = file('one.csv', 'text,label\na,good\nb,good\n');
    expect(complaint(() => loadTables({ train, dev: train, columns }))).toBe(
      `${train}: all 2 rows are labelled "good"; training needs two labels or more`,
    );
  });

  test('more classes than a model can have', () => {
    const rows = Array.from({ length: 1025 }, (_, i) => `a,label ${i}`).join('\n');
    const train = file('many.csv', `text,label\n${rows}\n`);
    expect(complaint(() => loadTables({ train, dev: train, columns }))).toContain('1025 different labels');
  });
});
