/** What a calibration reached, or did not, as a person reads it and as JSON. */
import { policyKindName } from '../host/policy.ts';
import type { Reached, Target, TargetResult } from '../trainer/calibrate-target.ts';
import type { Evaluation } from '../trainer/evaluate.ts';
import { shownInterval, shownScore } from './eval-table.ts';
import { count, digits, machine, percent, table } from './output.ts';

export function unmetText(
  target: Target,
  { reached, fullDepth }: TargetResult,
  metric: Evaluation['metric'],
): string {
  const wanted = [
    ...(target.within === undefined ? [] : [`--within ${Number((100 * target.within).toFixed(6))}`]),
    ...(target.operations === undefined ? [] : [`--operations ${target.operations}`]),
    ...(target.p95 === undefined ? [] : [`--p95 ${target.p95}`]),
  ];
  return (
    `no thresholds meet ${wanted.join(' ')} on these texts; the nearest give ${metric} ` +
    `${shownScore(reached.score, metric)} (full depth ${shownScore(fullDepth.score, metric)}) with ` +
    `${percent(reached.operations)} of full depth's operations` +
    `${reached.p95 === undefined ? '' : ` and p95 ${digits(reached.p95)} µs`}; nothing was written`
  );
}

export function calibrationJson(file: string, target: Target, result: TargetResult, evaluation: Evaluation) {
  const { point, reached, fullDepth } = result;
  return {
    ...machine(),
    file,
    policy: point.name,
    kind: policyKindName(point.kind),
    thresholds: [...point.thresholds],
    texts: evaluation.n,
    metric: evaluation.metric,
    target,
    reached,
    fullDepth,
    exits: evaluation.exits.map(({ exit, share }) => ({ exit, share })),
  };
}

export function calibrationText(
  file: string,
  { point, reached, fullDepth }: TargetResult,
  evaluation: Evaluation,
): string {
  const { metric, exits, n, interval } = evaluation;
  const row = (name: string, { score: of, operations, p95 }: Reached): string[] => [
    name,
    shownScore(of, metric),
    percent(operations),
    ...(p95 === undefined ? [] : [digits(p95)]),
  ];
  return [
    table(
      ['', metric, 'operations', ...(reached.p95 === undefined ? [] : ['p95 µs'])],
      [row(point.name, reached), row('full depth', fullDepth)],
    ),
    '',
    `${policyKindName(point.kind)}, thresholds ${[...point.thresholds].map(shownThreshold).join(', ')}`,
    `texts that leave at exit 1 to ${exits.length}: ${exits.map(({ share }) => percent(share)).join(', ')}`,
    `chosen on ${count(n)} texts, where chance alone moves accuracy from ${shownInterval(interval)} %`,
    `written to ${file}; report it on other texts than these`,
  ].join('\n');
}

/** Thresholds that nothing reaches, or everything, are beyond any score. */
function shownThreshold(threshold: number): string {
  return Math.abs(threshold) > 1e3 ? (threshold < 0 ? '-∞' : '∞') : digits(threshold);
}
