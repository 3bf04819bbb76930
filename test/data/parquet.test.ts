/** Parquet where a table is accepted: types, codecs, row groups, class names, and what is refused. */
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadTables, readTable } from '../../trainer/data/table.ts';
import { reviewSentences } from '../../trainer/data/weak.ts';
import { complaint, temporaryFiles } from './files.ts';
import { type Codec, parquetBytes } from './parquet.ts';

const file = temporaryFiles();
const columns = { text: 'text', label: 'label' };
const texts = ['The lamp is green.', 'Ein grüner Fluß', '', '河 flows 🌊'];

describe('what is read', () => {
  test.each<Codec>(['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'BROTLI', 'ZSTD'])('%s', (codec) => {
    // Long enough to be worth compressing, repetitive enough for a dictionary.
    const many = Array.from({ length: 500 }, (_, i) => `${texts[i % 4]} ${i % 7}`);
    const bytes = parquetBytes(
      [
        { name: 'text', data: many, type: 'STRING' },
        { name: 'label', data: many.map((_, i) => i % 3), type: 'INT32' },
      ],
      { codec },
    );
    const { records, lines } = readTable(file(`${codec}.parquet`, bytes), columns);
    expect(records).toEqual(many.map((text, i) => ({ text: text.trim(), label: String(i % 3) })));
    expect(lines).toEqual(many.map((_, i) => i + 1));
  });

  test('row groups in order, other columns passed over, the file told by its bytes', () => {
    const bytes = parquetBytes(
      [
        { name: 'id', data: [7n, 8n, 9n, 10n, 11n], type: 'INT64' },
        { name: 'label', data: [true, false, true, true, false], type: 'BOOLEAN' },
        { name: 'second', data: ['f', 'g', 'h', 'i', 'j'], type: 'STRING' },
        { name: 'text', data: ['a', 'b', 'c', 'd', 'e'], type: 'STRING' },
      ],
      { rowGroupSize: 2 },
    );
    const { records } = readTable(file('no-extension', bytes), { ...columns, pair: 'second' });
    expect(records.map(({ text, pair, label }) => `${text}${pair} ${label}`)).toEqual([
      'af true',
      'bg false',
      'ch true',
      'di true',
      'ej false',
    ]);
  });

  test('64-bit labels as numbers, class names where the file has them', () => {
    const data = [
      { name: 'text', data: ['one', 'two', 'three'], type: 'STRING' as const },
      { name: 'label', data: [1n, 0n, 1n], type: 'INT64' as const },
    ];
    const plain = readTable(file('plain.parquet', parquetBytes(data)), columns);
    expect(plain.records.map(({ label }) => label)).toEqual(['1', '0', '1']);
    const named = file('named.parquet', parquetBytes(data, { classes: ['ham', 'spam'] }));
    const { labels, train } = loadTables({ train: named, dev: named, columns });
    expect(labels).toEqual(['ham', 'spam']);
    expect(train.map(({ label }) => label)).toEqual(['spam', 'ham', 'spam']);
  });

  test('reviews, from a file and from a folder', () => {
    const bytes = parquetBytes([
      {
        name: 'text',
        data: ['It was a long and dull evening.', 'We all loved the quiet garden.'],
        type: 'STRING',
      },
      { name: 'rating', data: [2, 9], type: 'INT32' },
    ]);
    const path = file('reviews/first.parquet', bytes);
    for (const from of [path, dirname(path)]) {
      expect([...reviewSentences(from)].map(({ label }) => label)).toEqual(['negative', 'positive']);
    }
  });
});

describe('what is refused, with file, row and remedy', () => {
  const sound = parquetBytes([
    { name: 'text', data: ['one', 'two'], type: 'STRING' },
    { name: 'label', data: ['x', null], type: 'STRING' },
  ]);

  test('a missing column, with those that there are', () => {
    const path = file('columns.parquet', sound);
    expect(complaint(() => readTable(path, { text: 'body', label: 'label' }))).toBe(
      `${path}: has no column "body"; there are "text", "label"`,
    );
  });

  test('an empty label, by its row', () => {
    const path = file('empty-label.parquet', sound);
    expect(complaint(() => readTable(path, columns))).toMatch(`${path}:2: the label is empty`);
    expect(readTable(path, columns, { passOverBroken: true }).records).toEqual([{ text: 'one', label: 'x' }]);
  });

  test('a damaged file, wherever the damage is', () => {
    const cut = file('cut.parquet', sound.slice(0, -20));
    expect(complaint(() => readTable(cut, columns))).toMatch(
      /cut\.parquet: is a Parquet file that can't be read/,
    );
    const spoilt = sound.slice();
    spoilt.fill(0xff, 4, 40);
    expect(complaint(() => readTable(file('spoilt.parquet', spoilt), columns))).toContain("can't be read");
  });

  test('a codec that is not read', () => {
    const bytes = parquetBytes([{ name: 'text', data: ['a', 'b'], type: 'STRING' }], { codec: 'LZ4_RAW' });
    const path = file('lz4.parquet', bytes);
    expect(complaint(() => readTable(path, { text: 'text', label: 'text' }))).toMatch(
      /can't be read \(.*LZ4/,
    );
  });

  test('lists, dates, and a file without rows', () => {
    const lists = parquetBytes([{ name: 'text', data: [['a', 'b'], ['c']] }]);
    const path = file('lists.parquet', lists);
    expect(complaint(() => readTable(path, { text: 'text', label: 'text' }))).toMatch(
      /"text" (holds lists|is neither text)/,
    );
    const dates = parquetBytes([{ name: 'text', data: [new Date(0)], type: 'TIMESTAMP' }]);
    expect(complaint(() => readTable(file('dates.parquet', dates), { text: 'text', label: 'text' }))).toMatch(
      /dates\.parquet:1: "text" is neither text nor a number/,
    );
    const none = parquetBytes([{ name: 'text', data: [], type: 'STRING' }]);
    expect(complaint(() => readTable(file('none.parquet', none), { text: 'text', label: 'text' }))).toContain(
      'has no rows',
    );
  });
});
