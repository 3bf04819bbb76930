/** Ablations: that a variant leaves out what it says, and that policies are compared at equal operations. */
import { describe, expect, test } from 'vitest';
import { writeModel } from '../../host/model-file/index.ts';
import { load } from '../../host/node/index.ts';
import { ablationData } from '../../trainer/ablations/data.ts';
import { comparePolicies } from '../../trainer/ablations/policies.ts';
import { trainVariant } from '../../trainer/ablations/train.ts';
import { VARIANTS, type Variant } from '../../trainer/ablations/variants.ts';
import { chooseBackend } from '../../trainer/backend/index.ts';
import { randomModel } from '../support/random-model.ts';
import { TOY_SHAPE, toyData, toyRecords } from './toy.ts';

async function weightsOf(variant: Variant) {
  const texts = { texts: 128, tokens: TOY_SHAPE.tokens, vocabularySize: 128 };
  const data = await ablationData(toyData().dataset, texts);
  expect(data.train).toHaveLength(128);
  const model = await trainVariant(await chooseBackend('wasm'), data, TOY_SHAPE, variant, 1);
  const weights = model.export();
  model.dispose();
  return weights;
}

/** Values of all variables whose names end so. */
function ending(weights: Record<string, Float32Array>, end: string): number[] {
  const names = Object.keys(weights).filter((name) => name.endsWith(end));
  expect(names).not.toEqual([]);
  return names.flatMap((name) => [...weights[name]]);
}

function hasSignedRows({ 'embedding.rows': rows }: Record<string, Float32Array>): boolean {
  return rows.every((value, i) => Math.abs(value) === Math.abs(rows[i - (i % TOY_SHAPE.hidden)]));
}

describe.each(VARIANTS)('$name', (variant: Variant) => {
  test('learns all but what it holds, and ends with signed rows', async () => {
    const weights = await weightsOf(variant);
    const isTwin = variant.name === 'twin';
    expect(hasSignedRows(weights)).toBe(!isTwin);
    if (isTwin) return;
    const isHeld = (end: string, first: number) => ending(weights, end).every((value) => value === first);
    expect(isHeld('.threshold', 0)).toBe(variant.name === 'no-thresholds');
    expect(isHeld('.gain', 1)).toBe(variant.name === 'no-gains');
    expect('block0.recurrence.weight' in weights).toBe(variant.name === 'light-recurrence');
    expect('block0.gate.weight' in weights).toBe(variant.name !== 'plain-feed-forward');
    if (variant.name === 'plain-feed-forward') {
      // As many weights as the SLFN has in hidden, gate and value.
      const { 'block0.hidden.weight': wide, 'block0.feedForward.weight': back } = weights;
      expect(wide.length + back.length).toBe(4 * TOY_SHAPE.slfn * TOY_SHAPE.hidden);
    }
  });
});

describe('policies at equal operations', () => {
  const SHARES = [0.3, 0.5, 0.75, 1];

  async function compared() {
    const model = await load(writeModel(randomModel(5, { blocks: 4, labels: ['praise', 'complaint'] })));
    const records = toyRecords(60, 3);
    const rules = new Map(
      comparePolicies(model, { records, metric: 'accuracy' }, SHARES).map(({ kind, scores }) => [
        kind,
        scores,
      ]),
    );
    const atDepth = (depth: number): number =>
      records.filter(
        ({ text, label }) => model.classify(text, { policy: { kind: 'fixed', depth } }).label === label,
      ).length / records.length;
    const depths = [1, 2, 3, 4].map(atDepth);
    model.dispose();
    return { rules, depths };
  }

  test('every rule comes to full depth, and a set depth to the mix of its neighbours', async () => {
    const { rules, depths } = await compared();
    expect([...rules.keys()].sort()).toEqual(
      ['confidence', 'entropy', 'entropy-fraction', 'entropy-plateau', 'fixed', 'patience'].sort(),
    );
    for (const scores of rules.values()) expect(scores[3]).toBeCloseTo(depths[3], 12);
    const half = rules.get('fixed')?.[1] as number;
    expect(half).toBeGreaterThanOrEqual(Math.min(...depths.slice(0, 3)));
    expect(half).toBeLessThanOrEqual(Math.max(...depths.slice(0, 3)));
  });

  test('of two classes, entropy, its fraction and confidence are one rule', async () => {
    const { rules } = await compared();
    const one = rules.get('entropy') as number[];
    for (const kind of ['entropy-fraction', 'confidence'] as const) {
      const other = rules.get(kind) as number[];
      // One text about a threshold's last bit.
      expect(Math.max(...one.map((score, i) => Math.abs(score - other[i])))).toBeLessThan(1 / 60);
    }
  });

  test('a plateau and patience need a second exit, so they have no score below its operations', async () => {
    const { rules } = await compared();
    expect(rules.get('entropy-plateau')?.[0]).toBeNull();
    expect(rules.get('patience')?.[0]).toBeNull();
    expect(rules.get('fixed')?.[0]).not.toBeNull();
  });
});
