/** What every reader of the folder gives, and what it throws. */

/** One labelled text, or pair of texts. */
export interface TextRecord {
  text: string;
  pair?: string;
  label: string;
  /** A soft label: the probability of each class, in the order of the data set's labels; `label` has the most. */
  shares?: readonly number[];
}

/** The scores that GLUE reports; `score` in metrics.ts computes them. */
export type MetricName = 'accuracy' | 'accuracy+f1' | 'matthews';

/** What a classifier is trained and chosen on. */
export interface Dataset {
  name: string;
  /** Class names; a record's class is the index of its label. */
  labels: string[];
  /** Whether records are pairs of texts. */
  pair: boolean;
  metric: MetricName;
  train: TextRecord[];
  dev: TextRecord[];
}

/** The user's data is at fault: its message is one line with file, line and remedy. The CLI exits with 2. */
export class DataError extends Error {
  override name = 'DataError';
}

/** `file` or `file:line`, as editors and compilers write a place. */
export function place(path: string, line?: number): string {
  return line === undefined ? path : `${path}:${line}`;
}

/** A few names of a longer list, quoted: "a", "b" and 7 more. */
export function listSome(names: readonly string[], most = 10): string {
  const shown = names.slice(0, most).map((name) => `"${shorten(name)}"`);
  const rest = names.length - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ');
}

/** Keeps messages to one line whatever the data holds. */
export function shorten(text: string, most = 40): string {
  const oneLine = text.replace(/\s+/g, ' ');
  return oneLine.length > most ? `${oneLine.slice(0, most - 1)}…` : oneLine;
}
