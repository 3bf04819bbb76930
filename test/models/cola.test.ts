/** The shipped CoLA model: what its card promises, which is little. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { twinBytes } from '../../host/bench/index.ts';
import { readModel, writeModel } from '../../host/model-file/index.ts';
import { load } from '../../host/node/index.ts';
import { loadTask } from '../../trainer/data/tasks.ts';
import { evaluate } from '../../trainer/evaluate.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const file = readFileSync(join(root, 'models/cola.beex'));
const parts = readModel(file);
const glue = join(process.env.BEEX_DATA ?? join(root, '../shared/data'), 'glue');
const hasData = existsSync(join(glue, 'CoLA'));
if (!hasData) console.warn(`SKIPPED, no CoLA in ${glue}: the shipped model on dev sentences`);

it('is at most 1 MiB and at least 21.3 times smaller than its float twin', () => {
  expect(file.length).toBeLessThanOrEqual(1 << 20);
  expect(twinBytes(parts.dimensions) / file.length).toBeGreaterThanOrEqual(21.3);
  expect(Buffer.from(writeModel(parts)).equals(file)).toBe(true);
});

it.runIf(hasData)('keeps its score and its saving on dev', async () => {
  const model = await load('cola');
  const { dev, labels, metric } = loadTask('cola', glue);
  const { score, fullDepthScore, operations } = evaluate(model, {
    task: 'cola',
    metric,
    labels,
    records: dev,
    policy: 'balanced',
  });
  model.dispose();
  expect(score).toBeGreaterThanOrEqual(0.08);
  expect(score).toBeGreaterThanOrEqual(fullDepthScore);
  expect(operations.reduction).toBeGreaterThanOrEqual(0.55);
});
