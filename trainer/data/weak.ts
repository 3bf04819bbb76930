/**
 * Review corpora: a first pass of training takes a review's sentences under the review's rating
 * (weak labels: not every sentence of a bad review is bad), a teacher labels those of unrated ones
 * too, and the vocabulary takes bare texts.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DataError, place, type TextRecord } from './record.ts';
import { type Columns, readTable } from './table.ts';
import { unreadable } from './text-file.ts';

export interface ReviewOptions {
  /** Columns of text and rating, by name; `text` and `rating` unless told otherwise. */
  text?: string;
  rating?: string;
  /** Ratings up to this are negative (4 of 10) ... */
  negativeMost?: number;
  /** ... and from this on positive (7); those between, and 0 (not rated), are passed over. */
  positiveLeast?: number;
  /** Sentences with fewer or more words are passed over (5 and 45). */
  wordsLeast?: number;
  wordsMost?: number;
  /** Join neighbouring sentences up to `wordsMost` words: the longer the text, the truer its review's rating. */
  joined?: boolean;
}

/** A sentence and its review's rating, undefined where the review has none or a middling one. */
export interface ReviewSentence {
  text: string;
  label: 'negative' | 'positive' | undefined;
}

/** Sentences of the rated reviews in a file or in a folder's files. */
export function* reviewSentences(path: string, options: ReviewOptions = {}): Generator<TextRecord> {
  for (const { text, label } of allReviewSentences(path, options)) if (label) yield { text, label };
}

/** Sentences of all reviews in a file or in a folder's files. */
export function* allReviewSentences(path: string, options: ReviewOptions = {}): Generator<ReviewSentence> {
  const { text = 'text', rating = 'rating', negativeMost = 4, positiveLeast = 7 } = options;
  const { wordsLeast = 5, wordsMost = 45, joined = false } = options;
  for (const file of tableFiles(path)) {
    const { records, lines } = readTable(file, { text, label: rating }, { passOverBroken: true });
    for (const [index, review] of records.entries()) {
      const stars = Number(review.label);
      if (Number.isNaN(stars)) {
        throw new DataError(`${place(file, lines[index])}: rating "${review.label}" is not a number`);
      }
      const isNegative = stars > 0 && stars <= negativeMost;
      const label = isNegative ? 'negative' : stars >= positiveLeast ? 'positive' : undefined;
      const parts = sentences(review.text);
      for (const part of joined ? passages(parts, wordsMost) : parts) {
        const words = wordCount(part);
        if (words >= wordsLeast && words <= wordsMost) yield { text: part, label };
      }
    }
  }
}

/** Runs of sentences, each as long as `wordsMost` words allow; a sentence that is longer stays alone. */
export function passages(parts: readonly string[], wordsMost: number): string[] {
  const out: string[] = [];
  let words = 0;
  for (const part of parts) {
    const more = wordCount(part);
    if (out.length > 0 && words + more <= wordsMost) {
      out[out.length - 1] += ` ${part}`;
      words += more;
    } else {
      out.push(part);
      words = more;
    }
  }
  return out;
}

function wordCount(text: string): number {
  return text.split(/\s+/).length;
}

/** A text's sentences: it is cut behind a full stop, exclamation or question mark and white space. */
export function sentences(text: string): string[] {
  return withoutBreaks(text)
    .split(/(?<=[.!?])\s+/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}

/**
 * All whole records of a table or of a folder of tables. `names` gives labels other names, such as
 * {0: 'negative', 1: 'positive'}; records with a label that it lacks are passed over.
 */
export function readLabelledFolder(
  path: string,
  columns: Columns = { text: 'text', label: 'label' },
  names?: Record<string, string>,
): TextRecord[] {
  const records = tableFiles(path).flatMap(
    (file) => readTable(file, columns, { passOverBroken: true }).records,
  );
  if (!names) return records;
  return records.flatMap((record) => {
    const label = names[record.label];
    return label === undefined ? [] : [{ ...record, label }];
  });
}

/** The texts alone, of a table or of a folder of tables, labelled or not. */
export function* corpusTexts(path: string, column = 'text'): Generator<string> {
  for (const file of tableFiles(path)) {
    // Any column that is never empty can stand in for the label that is not wanted here.
    for (const { text } of readTable(file, { text: column, label: column }, { passOverBroken: true }).records)
      yield withoutBreaks(text);
  }
}

/** Reviews are cut from web pages and keep their line breaks as `<br />`. */
function withoutBreaks(text: string): string {
  return text.replace(/<br\s*\/?>/gi, ' ');
}

/** The file itself, or the folder's tables in the order of their names. */
function tableFiles(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const files = readdirSync(path).filter((name) => /\.(tsv|csv|jsonl|ndjson|parquet)$/i.test(name));
    if (files.length === 0)
      throw new DataError(`${path}: the folder has no .tsv, .csv, .jsonl or .parquet files`);
    return files.sort().map((name) => join(path, name));
  } catch (error) {
    throw error instanceof DataError ? error : unreadable(path, error);
  }
}
