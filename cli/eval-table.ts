/** An evaluation as a person reads it. */
import type { Interval } from '../trainer/data/metrics.ts';
import type { Evaluation } from '../trainer/evaluate.ts';
import type { Rating } from '../trainer/rating.ts';
import { confusionText, mistakesText } from './eval-mistakes.ts';
import { count, digits, percent, table } from './output.ts';

/** Scores of `matthews` are correlations, the others are shares. */
export function shownScore(value: number | null, metric: Evaluation['metric']): string {
  if (value === null) return '-';
  return metric === 'matthews' ? value.toFixed(3) : percent(value);
}

/** 95 % of the accuracy, in percent: 80.1 to 83.9 */
export function shownInterval({ low, high }: Interval): string {
  return `${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)}`;
}

export function evaluationText(evaluation: Evaluation): string {
  const { operations, exits } = evaluation;
  const wrong = [confusionText(evaluation), mistakesText(evaluation)].filter((part) => part !== '');
  return [
    exitsTable(evaluation),
    '',
    `${evaluation.task}, ${count(evaluation.n)} texts, policy ${evaluation.policy}`,
    resultsTable(evaluation),
    `mean depth ${digits(evaluation.meanDepth)} of ${exits.length}; ` +
      `operations a text ${count(operations.mean.total)} of ${count(operations.full.total)}, ` +
      `${percent(operations.reduction)} fewer than at full depth`,
    ...wrong.flatMap((part) => ['', part]),
  ].join('\n');
}

function exitsTable({ exits, metric }: Evaluation): string {
  const name = metric === 'accuracy+f1' ? 'accuracy' : metric;
  return table(
    ['exit', 'share', `${name} of those`, `${name} of all`, 'beyond exit 1'],
    exits.map(({ exit, share, score, scoreOfAll }) => [
      exit,
      percent(share),
      shownScore(score, metric),
      shownScore(scoreOfAll, metric),
      exit === 1 ? '' : signed(scoreOfAll - exits[0].scoreOfAll, metric),
    ]),
  );
}

/** What all texts would gain by leaving here and not at exit 1; points of a percent, or of correlation. */
function signed(gain: number, metric: Evaluation['metric']): string {
  const text = metric === 'matthews' ? gain.toFixed(3) : (100 * gain).toFixed(1);
  return gain > 0 ? `+${text}` : text;
}

/** The score by the policy, and what it has to be compared with. */
function resultsTable(evaluation: Evaluation): string {
  const { metric, exits, bagOfWords, policy } = evaluation;
  const deepest = exits[exits.length - 1];
  const ofRating = (name: string, { score, f1, accuracy, interval }: Rating): string[] => [
    name,
    ...(metric === 'matthews' ? [shownScore(score, metric)] : []),
    percent(accuracy),
    ...(metric === 'accuracy+f1' ? [percent(f1 ?? 0)] : []),
    shownInterval(interval),
  ];
  return table(
    [
      '',
      ...(metric === 'matthews' ? ['matthews'] : []),
      'accuracy',
      ...(metric === 'accuracy+f1' ? ['F1'] : []),
      '95 % of accuracy',
    ],
    [
      ofRating(policy, evaluation),
      ofRating('full depth', deepest.ofAll),
      ...(bagOfWords ? [ofRating('linear bag of words', bagOfWords)] : []),
      ofRating('majority class', evaluation.majority),
    ],
  );
}
