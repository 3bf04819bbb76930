/** The shipped mail model: what its card promises, measured on mails that it has never seen. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadSpamCorpus, SPAM_LABELS } from '../../cli/start/corpus.ts';
import { MAIL_RECIPES } from '../../cli/start/recipes.ts';
import { twinBytes } from '../../host/bench/index.ts';
import { predictFootprint } from '../../host/mcu/footprint.ts';
import { readFacts, readModel, writeModel } from '../../host/model-file/index.ts';
import { load } from '../../host/node/index.ts';
import { evaluate } from '../../trainer/evaluate.ts';
import { PRESETS } from '../../trainer/settings.ts';

const file = readFileSync(new URL('../../models/spam-micro.beex', import.meta.url));
const parts = readModel(file);

it('is a micro model of at most 256 KiB, at least 21.3 times smaller than its float twin', () => {
  expect(parts.dimensions).toMatchObject(PRESETS.micro);
  expect(file.length).toBeLessThanOrEqual(256 * 1024);
  expect(twinBytes(parts.dimensions) / file.length).toBeGreaterThanOrEqual(21.3);
  expect(Buffer.from(writeModel(parts)).equals(file)).toBe(true);
});

it('fits 256 KiB of flash and 64 KiB of RAM, code and stack included, and is whole at once', async () => {
  const facts = readFacts(file);
  const { flash, ram } = await predictFootprint(new Uint8Array(file), facts);
  expect(flash.total).toBeLessThanOrEqual(256 * 1024);
  expect(ram.total).toBeLessThanOrEqual(64 * 1024);
  expect(facts.rareTokens).toBe(0);
});

it('keeps its accuracy and its saving on held-out mails', async () => {
  const { words, fromStart } = MAIL_RECIPES['spam-micro'];
  const { heldOut } = loadSpamCorpus(1, words, fromStart);
  const model = await load('spam-micro');
  const { score, operations } = evaluate(model, {
    task: 'spam',
    metric: 'accuracy',
    labels: SPAM_LABELS,
    records: heldOut,
    policy: 'balanced',
  });
  model.dispose();
  expect(score).toBeGreaterThanOrEqual(0.935);
  expect(operations.reduction).toBeGreaterThanOrEqual(0.55);
}, 120_000);
