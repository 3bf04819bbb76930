/** An evaluation as a person reads it. */
import type { Evaluation } from '../trainer/evaluate.ts';
import { count, digits, percent, table } from './output.ts';

/** Scores of `matthews` are correlations, the others are shares. */
export function shownScore(value: number | null, metric: Evaluation['metric']): string {
  if (value === null) return '-';
  return metric === 'matthews' ? value.toFixed(3) : percent(value);
}

export function evaluationText(evaluation: Evaluation): string {
  const { metric, operations } = evaluation;
  const shown = (value: number | null): string => shownScore(value, metric);
  const name = metric === 'accuracy+f1' ? 'accuracy' : metric;
  return [
    table(
      ['exit', 'share', `${name} of those`, `${name} of all`],
      evaluation.exits.map(({ exit, share, score, scoreOfAll }) => [
        exit,
        percent(share),
        shown(score),
        shown(scoreOfAll),
      ]),
    ),
    '',
    `${evaluation.task}, ${count(evaluation.n)} texts, policy ${evaluation.policy}`,
    `${name} ${shown(evaluation.score)}${evaluation.f1 === undefined ? '' : `, F1 ${percent(evaluation.f1)}`}` +
      ` (full depth ${shown(evaluation.fullDepthScore)}, majority class ${shown(evaluation.majorityScore)})`,
    `mean depth ${digits(evaluation.meanDepth)} of ${evaluation.exits.length}; ` +
      `operations a text ${count(operations.mean.total)} of ${count(operations.full.total)}, ` +
      `${percent(operations.reduction)} fewer than at full depth`,
  ].join('\n');
}
