/** The tables of `npm run ablations`. Scores are in points of 100. */
import type { PoliciesResult, VariantResult } from './ablations.ts';
import { percent, table } from './output.ts';

const points = (score: number): string => (100 * score).toFixed(1);
const signed = (score: number): string => (score > 0 ? '+' : '') + points(score);
const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

/** Least and most, in the order of size. */
function range(values: readonly number[], shown: (value: number) => string): string {
  return `${shown(Math.min(...values))} to ${shown(Math.max(...values))}`;
}

/**
 * Means over the seeds, and least and most of them. The first variant is what the others are set against,
 * seed by seed, as a seed fixes the order of the texts.
 */
export function variantsText(variants: readonly VariantResult[]): string {
  const meanScores = ({ runs }: VariantResult): number[] => runs.map(({ scores }) => mean(scores));
  const base = meanScores(variants[0]);
  const rows = variants.map((variant, i) => {
    const { name, what, runs } = variant;
    const ofSeeds = meanScores(variant);
    const gains = ofSeeds.map((score, seed) => score - base[seed]);
    return [
      name,
      what,
      points(mean(runs.map(({ scores }) => scores[0]))),
      points(mean(runs.map(({ scores }) => scores[scores.length - 1]))),
      points(mean(ofSeeds)),
      range(ofSeeds, points),
      mean(runs.map(({ losses }) => mean(losses))).toFixed(3),
      ...(i === 0 ? ['', ''] : [signed(mean(gains)), range(gains, signed)]),
    ];
  });
  return table(
    ['', '', 'exit 1', 'last', 'all exits', 'seeds', 'loss', `against ${variants[0].name}`, 'seeds'],
    rows,
    [0, 1],
  );
}

/** A rule that can't take so few operations has no score there. */
export function policiesText({ shares, rules }: PoliciesResult): string {
  return table(
    ['operations', ...shares.map(percent)],
    rules.map(({ kind, scores }) => [kind, ...scores.map((score) => (score === null ? '-' : points(score)))]),
  );
}
