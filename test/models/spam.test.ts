/** The shipped mail model for computers: what its card promises, measured on mails that it has never seen. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadSpamCorpus, SPAM_LABELS } from '../../cli/start/corpus.ts';
import { MAIL_RECIPES } from '../../cli/start/recipes.ts';
import { twinBytes } from '../../host/bench/index.ts';
import { readModel, writeModel } from '../../host/model-file/index.ts';
import { load } from '../../host/node/index.ts';
import { evaluate } from '../../trainer/evaluate.ts';

const file = readFileSync(new URL('../../models/spam.beex', import.meta.url));
const parts = readModel(file);

it('has the shape of its recipe, at most 256 KiB, at least 21.3 times smaller than its float twin', () => {
  expect(parts.dimensions).toMatchObject(MAIL_RECIPES.spam.shape);
  expect(file.length).toBeLessThanOrEqual(256 * 1024);
  expect(twinBytes(parts.dimensions) / file.length).toBeGreaterThanOrEqual(21.3);
  expect(Buffer.from(writeModel(parts)).equals(file)).toBe(true);
});

it('keeps its accuracy and its saving on held-out mails', async () => {
  const { words, fromStart, calibration } = MAIL_RECIPES.spam;
  const { heldOut } = loadSpamCorpus(1, words, fromStart, calibration);
  const model = await load('spam');
  const { score, fullDepthScore, operations } = evaluate(model, {
    task: 'spam',
    metric: 'accuracy',
    labels: SPAM_LABELS,
    records: heldOut,
    policy: 'balanced',
  });
  model.dispose();
  expect(score).toBeGreaterThanOrEqual(0.965);
  expect(score).toBeGreaterThanOrEqual(fullDepthScore);
  expect(operations.reduction).toBeGreaterThanOrEqual(0.55);
}, 120_000);
