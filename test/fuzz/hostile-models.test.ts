/** 20,000 damaged models in every build: each gets a code or an answer, the same everywhere, in bounds. */
import { afterAll, describe, expect, it } from 'vitest';
import { Status } from '../../assembly/abi.ts';
import { Campaign, nothingSeen } from './campaign.ts';
import { DAMAGES, RESIZINGS } from './damages.ts';

const CASES = 20_000;
const STEP = 1000;

describe(`${CASES} hostile models`, () => {
  const seen = nothingSeen();
  const campaign = new Campaign();
  afterAll(() => console.log(`hostile models: ${JSON.stringify(seen)}`));

  it.each(Array.from({ length: CASES / STEP }, (_, i) => STEP * i))('break nothing, from %i on', (from) => {
    campaign.run(from, from + STEP, seen);
    expect(seen.finds).toEqual([]);
  });

  it('were damaged in every way, and ended in every way', () => {
    expect(seen.cases).toBe(CASES);
    for (const name of [...Object.keys(DAMAGES), ...Object.keys(RESIZINGS)]) {
      expect([name, seen.damages[name] > CASES / 100]).toEqual([name, true]);
    }
    const codes = [
      Status.NotAModel,
      Status.UnknownVersion,
      Status.Truncated,
      Status.Corrupt,
      Status.BadSectionTable,
      Status.BadSection,
      Status.OverLimit,
    ];
    for (const ending of [...codes.map((code) => Status[code]), 'it ran']) {
      expect([ending, seen.endings[ending] > CASES / 100]).toEqual([ending, true]);
    }
  });
});
