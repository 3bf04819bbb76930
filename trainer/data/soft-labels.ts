/**
 * Soft labels on disk: tab-separated, a header of `text`, for pairs `pair`, and the classes' names, then
 * texts and the probability of each class a row. `beex label` and `beex pretext` write them; training
 * takes them as a warm start.
 */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { DataError, listSome, place, type TextRecord } from './record.ts';
import { readText, splitTsv } from './text-file.ts';

const TEXT = 'text';
const PAIR = 'pair';
/** Digits behind the point: a tenth of a per cent is far less than any teacher knows. */
const DIGITS = 3;
/** Probabilities were rounded; a sum further from 1 than this is a mistake. */
const SUM_TOLERANCE = 0.01;

/** All records of a file, classes in the order of `labels`. @throws DataError naming file and line */
export function readSoftLabels(path: string, labels: readonly string[]): TextRecord[] {
  const [header, ...rows] = splitTsv(readText(path));
  const columns = labels.map((label) => header?.fields.indexOf(label) ?? -1);
  const textColumn = header?.fields.indexOf(TEXT) ?? -1;
  const pairColumn = header?.fields.indexOf(PAIR) ?? -1;
  if (textColumn < 0 || columns.includes(-1)) {
    throw new DataError(
      `${path}: the header must name a column "${TEXT}" and one for each class (${listSome(labels)})`,
    );
  }
  return rows.map(({ line, fields }) => {
    const values = columns.map((column) => Number(fields[column] || Number.NaN));
    const sum = values.reduce((total, value) => total + value, 0);
    if (!(Math.abs(sum - 1) <= SUM_TOLERANCE) || values.some((value) => value < 0)) {
      throw new DataError(`${place(path, line)}: the classes' probabilities must be 0 or more and sum to 1`);
    }
    const shares = values.map((value) => value / sum);
    const label = labels[shares.indexOf(Math.max(...shares))];
    const pair = pairColumn < 0 ? {} : { pair: fields[pairColumn] };
    return { text: fields[textColumn], ...pair, label, shares };
  });
}

export interface SoftlyLabelled {
  text: string;
  pair?: string;
  /** [C] */
  shares: ArrayLike<number>;
}

/** Writes records with soft labels, as a whole or not at all. */
export async function writeSoftLabels(
  path: string,
  labels: readonly string[],
  records: Iterable<SoftlyLabelled>,
  pairs = false,
): Promise<void> {
  const partial = `${path}.partial`;
  function* lines(): Generator<string> {
    yield `${[TEXT, ...(pairs ? [PAIR] : []), ...labels].join('\t')}\n`;
    for (const { text, pair = '', shares } of records) {
      const texts = (pairs ? [text, pair] : [text]).map((each) => each.replace(/\s+/g, ' '));
      const probabilities = Array.from(shares, (share) => share.toFixed(DIGITS));
      yield `${[...texts, ...probabilities].join('\t')}\n`;
    }
  }
  try {
    await pipeline(lines, createWriteStream(partial));
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
