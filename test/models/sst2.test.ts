/** The shipped SST-2 model: its promises, and on GLUE's dev sentences the reference's bits in both builds. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { twinBytes } from '../../host/bench/index.ts';
import { readModel, writeModel } from '../../host/model-file/index.ts';
import { load } from '../../host/node/index.ts';
import { loadTask } from '../../trainer/data/tasks.ts';
import { evaluate } from '../../trainer/evaluate.ts';
import { expectSameBits, openAll } from '../core/builds.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const file = readFileSync(join(root, 'models/sst2.beex'));
const parts = readModel(file);
const glue = join(process.env.BEEX_DATA ?? join(root, '../shared/data'), 'glue');
const hasData = existsSync(join(glue, 'SST-2'));
if (!hasData) console.warn(`SKIPPED, no SST-2 in ${glue}: the shipped model on dev sentences`);

const MADE_UP = [
  'a warm and funny film that never once drags',
  'two hours of noise in search of a story',
  'not without charm , but hardly worth the ticket',
  '',
];

describe('models/sst2.beex', () => {
  it('is at most 1 MiB and at least 21.3 times smaller than its float twin', () => {
    expect(file.length).toBeLessThanOrEqual(1 << 20);
    expect(twinBytes(parts.dimensions) / file.length).toBeGreaterThanOrEqual(21.3);
  });

  it('survives reading and writing byte for byte', () => {
    expect(Buffer.from(writeModel(parts)).equals(file)).toBe(true);
  });

  it('has the three operating points, balanced first', () => {
    expect(parts.policies.map(({ name }) => name)).toEqual(['balanced', 'accurate', 'fast']);
  });

  it('is what load gives by name, and tells praise from complaint', async () => {
    const model = await load('sst2');
    expect(model.classify(MADE_UP[0]).label).toBe('positive');
    expect(model.classify(MADE_UP[1]).label).toBe('negative');
    model.dispose();
  });

  it('gives the bits of the reference on made-up sentences, with every policy', () => {
    const instances = openAll(parts);
    for (const text of MADE_UP)
      for (const rule of parts.policies) expectSameBits(instances, parts, text, rule);
  });

  it.runIf(hasData)(
    'gives the bits of the reference on 500 dev sentences',
    () => {
      const instances = openAll(parts);
      const full = { kind: 0, parameter: 0, thresholds: new Float32Array(parts.dimensions.blocks) };
      const { dev } = loadTask('sst2', glue);
      dev.slice(0, 500).forEach(({ text }, i) => {
        expectSameBits(instances, parts, text, i % 2 ? full : parts.policies[0]);
      });
    },
    300_000,
  );

  it.runIf(hasData)(
    'has rows for most words of dev, and of at least half its sentences, before exit 1',
    async () => {
      const model = await load('sst2');
      const rare = new Set(parts.rareTokens);
      const { dev } = loadTask('sst2', glue);
      const tokens = dev.map(({ text }) => [...model.tokenize(text).ids]);
      const early = tokens.filter((ids) => !ids.some((id) => rare.has(id))).length / dev.length;
      const common = tokens.flat().filter((id) => !rare.has(id)).length / tokens.flat().length;
      const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
      console.log(
        `SST-2 dev: ${percent(common)} of the tokens are common, ${percent(early)} of the texts only those`,
      );
      expect(common).toBeGreaterThan(0.95);
      expect(early).toBeGreaterThan(0.5);
      model.dispose();
    },
  );

  it.runIf(hasData)('scores at least 86.9 on dev at balanced', async () => {
    const model = await load('sst2');
    const { dev, labels, metric } = loadTask('sst2', glue);
    const { score } = evaluate(model, { task: 'sst2', metric, labels, records: dev, policy: 'balanced' });
    expect(score).toBeGreaterThanOrEqual(0.869);
    model.dispose();
  });
});
