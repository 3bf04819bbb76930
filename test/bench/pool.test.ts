/** A pool of workers: order, back-pressure, errors, and workers that die. */
import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeModel } from '../../host/model-file/index.ts';
import { type Classifier, createPool, load, PolicyError, type Pool } from '../../host/node/index.ts';
import { buildOnce } from '../cli/command.ts';
import { randomModel, randomSource } from '../support/random-model.ts';

const file = writeModel(randomModel(12, { blocks: 3, tokens: 24 }));
const random = randomSource(3);
const TEXTS = Array.from({ length: 400 }, () =>
  Array.from({ length: 1 + 20 * random() }, () => 'abcdefgh'[Math.floor(8 * random())]).join(' '),
);

let alone: Classifier;
let pool: Pool;
const started: Worker[] = [];
const remember = (worker: Worker) => started.push(worker);

beforeAll(async () => {
  await buildOnce();
  process.on('worker', remember);
  alone = await load(file);
  pool = await createPool(file, { workers: 2 });
});
afterAll(async () => {
  process.off('worker', remember);
  await pool.close();
});

async function all<T>(results: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const result of results) list.push(result);
  return list;
}

describe('a pool', () => {
  it('answers what one classifier answers, in order', async () => {
    expect(pool.workers).toBe(2);
    const expected = TEXTS.map((text) => alone.classify(text, { policy: 'accurate' }));
    expect(await all(pool.classifyMany(TEXTS, { policy: 'accurate' }))).toEqual(expected);
    expect(await all(pool.classifyMany([]))).toEqual([]);
    expect(await pool.classify(TEXTS[0])).toEqual(alone.classify(TEXTS[0]));
  });

  it('takes no more than it is asked for', async () => {
    let taken = 0;
    function* source() {
      for (;;) {
        taken++;
        yield 'a b c';
      }
    }
    const results = pool.classifyMany(source());
    for (let i = 0; i < 10; i++) await results.next();
    const before = taken;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(taken).toBe(before);
    expect(taken).toBeLessThan(200);
    await results.return();
  });

  it('ends the source when its reader leaves, and passes its error on', async () => {
    let hasEnded = false;
    async function* source() {
      try {
        for (;;) yield 'a';
      } finally {
        hasEnded = true;
      }
    }
    for await (const { tokens } of pool.classifyMany(source())) {
      expect(tokens).toBe(1);
      break;
    }
    expect(hasEnded).toBe(true);
    async function* failing() {
      yield 'a';
      throw new Error('the source ran dry');
    }
    await expect(all(pool.classifyMany(failing()))).rejects.toThrow('the source ran dry');
  });

  it('answers a slow source before it ends', async () => {
    let release = () => {};
    async function* slow() {
      yield 'a';
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      yield 'b c';
    }
    const results = pool.classifyMany(slow());
    expect((await results.next()).value).toMatchObject({ tokens: 1 });
    release();
    expect((await results.next()).value).toMatchObject({ tokens: 2 });
    expect((await results.next()).done).toBe(true);
  });

  it('fails at the input that it cannot take, after the results before it', async () => {
    const results = pool.classifyMany(['a', 'b', ['a', 'pair'], 'c']);
    expect((await results.next()).done).toBe(false);
    expect((await results.next()).done).toBe(false);
    await expect(results.next()).rejects.toThrow('single texts, not pairs');
    await expect(all(pool.classifyMany(['a'], { policy: 'no such' }))).rejects.toThrow(PolicyError);
  });

  it('replaces workers that die, and loses nothing', async () => {
    const expected = TEXTS.map((text) => alone.classify(text));
    const before = started.length;
    const results = [];
    for await (const result of pool.classifyMany(TEXTS)) {
      results.push(result);
      if (results.length === 40 || results.length === 150) await started.at(-1)!.terminate();
    }
    expect(results).toEqual(expected);
    expect(started.length).toBe(before + 2);
    expect(pool.workers).toBe(2);
  });

  it('fails what is unanswered when it is closed', async () => {
    const other = await createPool(file, { workers: 1 });
    const answer = other.classify('a');
    const failed = expect(answer).rejects.toThrow('the pool was closed');
    await other.close();
    await failed;
    await expect(other.classify('a')).rejects.toThrow('the pool was closed');
    await expect(createPool(file, { workers: 0 })).rejects.toThrow(RangeError);
  });
});
