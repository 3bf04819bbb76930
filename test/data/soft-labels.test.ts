/** Soft labels survive the way through a file, and a wrong file is refused by line. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readSoftLabels, writeSoftLabels } from '../../trainer/data/soft-labels.ts';

const folder = mkdtempSync(join(tmpdir(), 'beex-soft-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'soft.tsv');

test('what is written is read, classes in the order that is asked for', async () => {
  await writeSoftLabels(
    path,
    ['no', 'yes'],
    [
      { text: 'a warm\tevening', shares: [0.25, 0.75] },
      { text: 'a cold one', shares: [0.9, 0.1] },
    ],
  );
  expect(readSoftLabels(path, ['yes', 'no'])).toEqual([
    { text: 'a warm evening', label: 'yes', shares: [0.75, 0.25] },
    { text: 'a cold one', label: 'no', shares: [0.1, 0.9] },
  ]);
});

test('writing that fails leaves no file', async () => {
  const other = join(folder, 'other.tsv');
  function* failing() {
    yield { text: 'one', shares: [0.5, 0.5] };
    throw new Error('the teacher stopped');
  }
  await expect(writeSoftLabels(other, ['no', 'yes'], failing())).rejects.toThrow('the teacher stopped');
  expect(existsSync(other) || existsSync(`${other}.partial`)).toBe(false);
});

test.each([
  ['text\tno\nfine\t1', 'one for each class'],
  ['text\tno\tyes\nfine\t0.4\t0.4', ':2: the classes'],
  ['text\tno\tyes\nfine\t0.4\t0.6\nfine\t1.5\t-0.5', ':3: the classes'],
  ['text\tno\tyes\nfine\t0.4\t', ':2: the classes'],
])('%j is refused', (content, message) => {
  writeFileSync(path, content);
  expect(() => readSoftLabels(path, ['no', 'yes'])).toThrow(message);
});
