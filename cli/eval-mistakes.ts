/** What a model gets wrong, as a person reads it: which labels for which, and the surest mistakes. */
import { shorten } from '../trainer/data/record.ts';
import type { Evaluation } from '../trainer/evaluate.ts';
import { count, percent, table } from './output.ts';

/** More labels than this don't fit across a terminal; then the most frequent confusions are listed. */
const MATRIX_LABELS = 8;
const LISTED_CONFUSIONS = 10;
const LABEL_CHARACTERS = 16;
const TEXT_CHARACTERS = 160;

/** Rows are what the data say, columns what the model gave. */
export function confusionText({ confusion: { labels, counts } }: Evaluation): string {
  if (labels.length > MATRIX_LABELS) return listedConfusions(labels, counts);
  const names = labels.map((label) => shorten(label, LABEL_CHARACTERS));
  return table(
    ['is, and was given', ...names],
    names.map((name, i) => [name, ...counts[i].map((number) => count(number))]),
  );
}

function listedConfusions(labels: readonly string[], counts: readonly number[][]): string {
  const wrong = counts.flatMap((row, is) =>
    row.flatMap((number, given) => (number > 0 && given !== is ? [{ is, given, number }] : [])),
  );
  if (wrong.length === 0) return '';
  const most = wrong.sort((a, b) => b.number - a.number).slice(0, LISTED_CONFUSIONS);
  const name = (index: number): string => shorten(labels[index], LABEL_CHARACTERS);
  return table(
    ['is', 'was given', 'texts'],
    most.map(({ is, given, number }) => [name(is), name(given), count(number)]),
    [0, 1],
  );
}

export function mistakesText({ mistakes }: Evaluation): string {
  if (mistakes.length === 0) return '';
  const lines = mistakes.map(({ text, pair, expected, given, probability, exit }) => {
    const shown = [text, pair].flatMap((part) =>
      part === undefined ? [] : [shorten(part, TEXT_CHARACTERS)],
    );
    return `  ${percent(probability)} ${given} at exit ${exit}, is ${expected}: ${shown.join(' | ')}`;
  });
  return ['the surest mistakes:', ...lines].join('\n');
}
