/** Word vectors in their three forms. */
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadVectors } from '../../trainer/data/vectors.ts';
import { temporaryFiles } from './files.ts';

const file = temporaryFiles();

/** A .npy file of version 1.0 as NumPy writes it. */
function npy(descr: string, rows: number, width: number, values: Uint8Array): Uint8Array {
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${rows}, ${width}), }`;
  const header = `${dict.padEnd(128 - 11)}\n`;
  return Buffer.concat([
    Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
    Buffer.from([header.length, 0]),
    Buffer.from(header),
    values,
  ]);
}

const rowsOf = async (path: string, words: string[], keep?: (word: string) => boolean) => {
  const vectors = await loadVectors(path, { keep });
  return words.map((word) => [...vectors.row(vectors.words.get(word) ?? -1)]);
};

describe('GloVe text', () => {
  test('words and numbers; words with blanks; the first of two rows counts; a line of counts is passed over', async () => {
    const path = file('glove.txt', '4 3\nthe 1 2 3\n. . 4 5 6\nthe 7 8 9\ncat -1 0.5 1e-2\r\n');
    const vectors = await loadVectors(path);
    expect([vectors.width, vectors.words.size]).toEqual([3, 3]);
    expect(await rowsOf(path, ['the', '. .', 'cat'])).toEqual([
      [1, 2, 3],
      [4, 5, 6],
      [-1, 0.5, Math.fround(0.01)],
    ]);
  });

  test('only the words that are wanted', async () => {
    const path = file('some.txt', 'a 1 2\nb 3 4\nc 5 6\n');
    const vectors = await loadVectors(path, { keep: (word) => word !== 'b' });
    expect([...vectors.words.keys()]).toEqual(['a', 'c']);
    expect([...vectors.row(1)]).toEqual([5, 6]);
  });

  test('more words than the first allocation holds', async () => {
    const path = file('many.txt', Array.from({ length: 3000 }, (_, i) => `w${i} ${i} ${i + 0.5}`).join('\n'));
    expect(await rowsOf(path, ['w0', 'w1500', 'w2999'])).toEqual([
      [0, 0.5],
      [1500, 1500.5],
      [2999, 2999.5],
    ]);
  });

  test('what is none is refused with its line', async () => {
    const path = file('bad.txt', 'a 1 2\nb 3 x\n');
    await expect(loadVectors(path)).rejects.toThrow(`${path}:2: is not a word and 2 numbers`);
    await expect(loadVectors(`${path}x`)).rejects.toThrow('there is no such file');
  });
});

describe('a folder of .npy parts', () => {
  test('half and single floats, parts in the order of their names', async () => {
    const half = new Uint8Array(new Uint16Array([0x3c00, 0xc000, 0x0001, 0x3555]).buffer); // 1, -2, 2^-24, 0.333
    const single = new Uint8Array(new Float32Array([0.25, 7]).buffer);
    file('npy/b_01.npy', npy('<f4', 1, 2, single));
    file('npy/a_00.npy', npy('<f2', 2, 2, half));
    const folder = dirname(file('npy/words.txt', 'one\ntwo\nthree\n'));
    expect(await rowsOf(folder, ['one', 'two', 'three'])).toEqual([
      [1, -2],
      [2 ** -24, 0.333251953125],
      [0.25, 7],
    ]);
  });

  test('refused: cut files, too few words, no words', async () => {
    const whole = npy('<f4', 1, 2, new Uint8Array(8));
    file('cut/a.npy', whole.subarray(0, whole.length - 1));
    await expect(loadVectors(dirname(file('cut/words.txt', 'one\n')))).rejects.toThrow('is cut');
    file('few/a.npy', npy('<f4', 2, 1, new Uint8Array(8)));
    await expect(loadVectors(dirname(file('few/words.txt', 'one\n')))).rejects.toThrow('more rows than');
    await expect(loadVectors(dirname(file('none/a.npy', whole)))).rejects.toThrow('words.txt and .npy parts');
    file('type/a.npy', npy('<i8', 1, 1, new Uint8Array(8)));
    await expect(loadVectors(dirname(file('type/words.txt', 'one\n')))).rejects.toThrow(
      'not a matrix of float16',
    );
  });
});

test("wink's JSON: words with escapes, what stands behind the vector, the row for unknown words", async () => {
  const path = file(
    'wink.json',
    JSON.stringify({
      precision: 8,
      dimensions: 2,
      words: ['the', '"', ':[', ']'],
      vectors: { the: [1, 2, 2.236, 0], '"': [3, 4, 5, 1], ':[': [5, 6, 7.8, 2], ']': [7, 8, 10.6, 3] },
      unkVector: [0, 0, 0, 0],
    }),
  );
  const vectors = await loadVectors(path);
  expect([...vectors.words.keys()]).toEqual(['the', '"', ':[', ']']);
  expect([...vectors.row(2)]).toEqual([5, 6]);
  expect(vectors.width).toBe(2);
  await expect(loadVectors(file('other.json', '{"a": [1, 2]}'))).rejects.toThrow('holds no word vectors');
});
