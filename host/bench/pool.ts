/** What more workers bring: texts a second of a pool, one worker against several, in turns. */
import { createPool, type Pool } from '../node/pool.ts';
import { interleave } from './interleave.ts';
import type { Summary } from './statistics.ts';

export interface PoolTiming {
  workers: number;
  /** Microseconds a text. */
  time: Summary;
  /** How many times as many texts in the same time as one worker. */
  gain: number;
}

const TEXTS = 400;

/** @throws ModelFileError */
export async function measurePool(
  file: Uint8Array,
  build: string,
  input: string,
  workers: number,
  samples = 20,
): Promise<PoolTiming[]> {
  const counts = [1, workers];
  const pools: Pool[] = [];
  for (const count of counts) pools.push(await createPool(file, { workers: count, build: build as never }));
  const texts = Array.from({ length: TEXTS }, () => input);
  const times = await interleave(
    pools.map((pool) => ({
      name: `${pool.workers}`,
      run: async () => {
        let answers = 0;
        for await (const _ of pool.classifyMany(texts, { policy: 'full' })) answers++;
        if (answers !== TEXTS) throw new Error(`the pool gave ${answers} answers to ${TEXTS} texts`);
      },
    })),
    { samples, warmup: 500 },
  );
  for (const pool of pools) await pool.close();
  return times.map(({ p50, p95, low, high }, i) => ({
    workers: counts[i],
    time: { p50: p50 / TEXTS, p95: p95 / TEXTS, low: low / TEXTS, high: high / TEXTS },
    gain: times[0].p50 / p50,
  }));
}
