/** The shipped models of pairs: their promises, what they make of made-up pairs, and the reference's bits. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { twinBytes } from '../../host/bench/index.ts';
import { readModel, writeModel } from '../../host/model-file/index.ts';
import { load } from '../../host/node/index.ts';
import { loadTask } from '../../trainer/data/tasks.ts';
import { expectSameBits, openAll } from '../core/builds.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const glue = join(process.env.BEEX_DATA ?? join(root, '../shared/data'), 'glue');

const CASES = [
  { name: 'mrpc', folder: 'MRPC', alike: 'equivalent', unlike: 'not_equivalent' },
  { name: 'rte', folder: 'RTE', alike: 'entailment', unlike: 'not_entailment' },
] as const;

const TEXT = 'The council voted on Monday to close the old harbour bridge for repairs until next spring.';
const PART = 'The council voted to close the old harbour bridge.';
const OTHER = 'Nine farmers sold their grain abroad after prices rose.';

describe.each(CASES)('models/$name', ({ name, folder, alike, unlike }) => {
  const file = readFileSync(join(root, `models/${name}.beex`));
  const parts = readModel(file);
  const hasData = existsSync(join(glue, folder));
  if (!hasData) console.warn(`SKIPPED, no ${folder} in ${glue}: the shipped model on dev pairs`);

  it('is at most 1 MiB and at least 21.3 times smaller than its float twin', () => {
    expect(file.length).toBeLessThanOrEqual(1 << 20);
    expect(twinBytes(parts.dimensions) / file.length).toBeGreaterThanOrEqual(21.3);
  });

  it('survives reading and writing byte for byte', () => {
    expect(Buffer.from(writeModel(parts)).equals(file)).toBe(true);
  });

  it('tells texts with the same words from texts with others', async () => {
    const model = await load(name);
    expect(model.classify([TEXT, PART]).label).toBe(alike);
    expect(model.classify([TEXT, OTHER]).label).toBe(unlike);
    model.dispose();
  });

  it('gives the bits of the reference on made-up pairs, with every policy', () => {
    const instances = openAll(parts);
    for (const pair of [
      [TEXT, PART],
      [TEXT, OTHER],
      [TEXT, ''],
      ['', ''],
    ] as const)
      for (const rule of parts.policies) expectSameBits(instances, parts, pair, rule);
  });

  it.runIf(hasData)(
    'gives the bits of the reference on 50 dev pairs',
    () => {
      const instances = openAll(parts);
      const full = { kind: 0, parameter: 0, thresholds: new Float32Array(parts.dimensions.blocks) };
      for (const { text, pair } of loadTask(name, glue).dev.slice(0, 50))
        expectSameBits(instances, parts, [text, pair ?? ''], full);
    },
    120_000,
  );
});
