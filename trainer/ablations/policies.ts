/**
 * Every rule for leaving early, at the same operations. One threshold serves all exits, and it is
 * set by operations alone: no label is looked at, so the texts that are reported on choose nothing.
 */
import { summarizeOperations } from '../../host/bench/index.ts';
import type { Classifier } from '../../host/classifier.ts';
import type { PolicyRule } from '../../host/policy.ts';
import { score } from '../data/metrics.ts';
import type { MetricName, TextRecord } from '../data/record.ts';
import { inputOf } from '../evaluate.ts';

/** What a rule gives over all texts. */
interface Point {
  /** Of the operations of full depth, mean of a text. */
  share: number;
  score: number;
}

export interface PolicyScores {
  kind: PolicyRule['kind'];
  /** At each share of the operations that was asked for; null where the rule can't take so few. */
  scores: (number | null)[];
}

export interface PolicyTexts {
  records: readonly TextRecord[];
  metric: MetricName;
}

/** Halvings of a threshold's range. */
const HALVINGS = 16;
/** Where the sweep of the plateau begins: an entropy that rises to more than 11 times its value still stops it. */
const PLATEAU_LEAST = -10;

/**
 * The score of each rule at shares of full depth's operations. What lies between two neighbouring
 * settings of a rule is their mix: some texts by one, the others by the other.
 */
export function comparePolicies(
  model: Classifier,
  texts: PolicyTexts,
  shares: readonly number[],
): PolicyScores[] {
  const { blocks, classes } = model.info.dimensions;
  const at = (policy: PolicyRule): Point => measure(model, texts, policy);
  const full = at({ kind: 'full' });
  const curve = (rules: PolicyRule[]) => {
    const points = [full, ...rules.map(at)];
    return (share: number) => mixed(points, share);
  };
  const sweep = (ruleOf: (ease: number) => PolicyRule) => {
    const ends = [full, at(ruleOf(1))] as const;
    return (share: number) =>
      mixed(
        bracket((ease) => at(ruleOf(ease)), ends, share),
        share,
      );
  };
  const counts = Array.from({ length: blocks - 1 }, (_, i) => i + 1);
  // Sweeps go from hardly ever stopping, at 0, to stopping wherever the rule can, at 1.
  const found: Record<Exclude<PolicyRule['kind'], 'full'>, (share: number) => number | null> = {
    fixed: curve(counts.map((depth) => ({ kind: 'fixed', depth }))),
    patience: curve(counts.map((patience) => ({ kind: 'patience', patience }))),
    entropy: sweep((ease) => ({ kind: 'entropy', thresholds: 2 * ease * Math.log(classes) })),
    'entropy-fraction': sweep((ease) => ({ kind: 'entropy-fraction', thresholds: 1.5 - 2 * ease })),
    'entropy-plateau': sweep((ease) => ({
      kind: 'entropy-plateau',
      thresholds: PLATEAU_LEAST + ease * (2 - PLATEAU_LEAST),
    })),
    confidence: sweep((ease) => ({ kind: 'confidence', thresholds: 1.5 - 1.5 * ease })),
  };
  return Object.entries(found).map(([kind, scoreAt]) => ({
    kind: kind as PolicyRule['kind'],
    scores: shares.map(scoreAt),
  }));
}

function measure(model: Classifier, { records, metric }: PolicyTexts, policy: PolicyRule): Point {
  const answers = records.map((record) => model.classify(inputOf(record), { policy }));
  const expected = records.map(({ label }) => model.info.labels.indexOf(label));
  return {
    share: 1 - summarizeOperations(model.info.dimensions, answers).reduction,
    score: score(
      metric,
      answers.map(({ index }) => index),
      expected,
    ).score,
  };
}

/** The two nearest points about a share, as operations fall while a rule eases. */
function bracket(
  at: (ease: number) => Point,
  [never, always]: readonly [Point, Point],
  share: number,
): Point[] {
  let [above, below] = [never, always];
  let [low, high] = [0, 1];
  for (let i = 0; i < HALVINGS && above.share > share && below.share < share; i++) {
    const middle = (low + high) / 2;
    const point = at(middle);
    if (point.share >= share) [low, above] = [middle, point];
    else [high, below] = [middle, point];
  }
  return [above, below];
}

/** Between the nearest points on either side; null beyond them all. */
function mixed(points: Point[], share: number): number | null {
  const sorted = points.toSorted((a, b) => a.share - b.share);
  const next = sorted.findIndex((point) => point.share >= share);
  if (next < 0 || (next === 0 && sorted[0].share > share)) return null;
  const [a, b] = [sorted[Math.max(0, next - 1)], sorted[next]];
  const part = a.share === b.share ? 0 : (share - a.share) / (b.share - a.share);
  return a.score + part * (b.score - a.score);
}
