/** beex label: models of one's own label texts that nobody labelled; see trainer/teacher.ts. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { load } from '../host/node/index.ts';
import { chooseBackend } from '../trainer/backend/index.ts';
import { readCheckpoint } from '../trainer/checkpoint.ts';
import { score } from '../trainer/data/metrics.ts';
import { DataError, type Dataset, type TextRecord } from '../trainer/data/record.ts';
import { writeSoftLabels } from '../trainer/data/soft-labels.ts';
import { allReviewSentences, corpusTexts } from '../trainer/data/weak.ts';
import { holdOutCalibration } from '../trainer/hold-out.ts';
import { readRunFile } from '../trainer/run-file.ts';
import { loadDataset } from '../trainer/sources.ts';
import { softLabels, type Teacher, type Unlabelled, weakBagOfWords } from '../trainer/teacher.ts';
import { addDataOptions, type DataOptions } from './data-options.ts';
import { UsageError } from './errors.ts';
import { shownScore } from './eval-table.ts';
import { wholeNumber } from './options.ts';
import { note, printJson } from './output.ts';
import { createProgress } from './progress.ts';

interface Options extends DataOptions {
  reviews: string[];
  texts: string[];
  column: string;
  models: string[];
  runs: string[];
  bagOfWords: boolean;
  wordsMost: number;
  out: string;
  json?: boolean;
}

const EXAMPLES = `
Example, a second model that learns from the first:
  $ beex train --task sst2 --data glue --reviews imdb --out runs/first
  $ beex label --task sst2 --data glue --reviews imdb --models runs/first/model.beex --out soft.tsv
  $ beex train --task sst2 --data glue --soft-labels soft.tsv --out runs/second

Example, a teacher that reads words in order:
  $ beex train --recurrent --hidden 128 --task sst2 --data glue --reviews imdb --vectors glove --out runs/teacher
  $ beex label --task sst2 --data glue --reviews imdb --runs runs/teacher --out soft.tsv

Example, texts of one's own that nobody labelled:
  $ beex label --train mails.csv --dev more.csv --text body --label folder --texts unread.csv --column body --out soft.tsv

The teacher is the mean of models and runs, and a linear bag of words that learns the training texts and the
rated reviews; a review's own rating is evidence for its sentences. Ratings count for the classes negative and
positive alone. What training holds out for choosing is held out here too, and the teacher is scored on it.
Reviews are tables with the columns text and rating (of 10; 0 is unrated).`;

export function register(program: Command): void {
  const command = program.command('label').description("label texts by models of one's own");
  addDataOptions(command)
    .option('--reviews <path...>', 'whose sentences to label; rated ones also teach the bag of words', [])
    .option('--texts <path...>', 'tables, or folders of them, whose texts to label as they are', [])
    .option('--column <name>', 'column of those texts', 'text')
    .option('--models <file...>', 'packed models that label', [])
    .option('--runs <folder...>', 'finished runs that label: recurrent teachers, twins', [])
    .option('--no-bag-of-words', 'the models and runs alone')
    .option('--words-most <count>', "reviews' sentences of more words are left out", wholeNumber(1), 45)
    .requiredOption('-o, --out <file>', 'table of texts and class probabilities')
    .option('--json', 'print what was done as JSON')
    .addHelpText('after', EXAMPLES)
    .action(run);
}

async function run(options: Options): Promise<void> {
  requireOnce(options.models);
  requireOnce(options.runs);
  if (options.reviews.length + options.texts.length === 0) throw new UsageError('give --reviews or --texts');
  const dataset = loadDataset(options);
  const { labels, train } = dataset;
  const models = await Promise.all(options.models.map((file) => load(file)));
  models.forEach(({ info }, i) => {
    requireLabels(options.models[i], info.labels, labels);
  });
  for (const folder of options.runs) {
    requireLabels(folder, readRunFile(folder).labels, labels);
    if (readCheckpoint(folder).progress.finished) continue;
    throw new DataError(`${folder} has not come to its end; go on with: beex train --resume ${folder}`);
  }
  if (models.length === 0 && options.runs.length === 0 && !options.bagOfWords)
    throw new DataError('give --models or --runs, or leave the bag of words');

  note('reading texts');
  const { texts, rated } = readTexts(options, labels);
  const teacher: Teacher = { models, runs: options.runs };
  if (options.runs.length > 0) teacher.backend = await chooseBackend('wasm');
  const split = holdOutCalibration(train);
  if (options.bagOfWords) {
    note('training the bag of words');
    teacher.bagOfWords = weakBagOfWords(split.train, rated, labels);
  }
  const heldOut = await scoreOn(teacher, split.calibration, dataset);
  const metric = dataset.metric === 'matthews' ? 'Matthews correlation' : 'accuracy';
  note(
    `the teacher's ${metric} on ${split.calibration.length} held-out texts: ${shownScore(heldOut, dataset.metric)}`,
  );

  note(`labelling ${texts.length} texts`);
  const progress = createProgress();
  const passes = options.runs.length + 1;
  const total = texts.length * passes;
  let pass = '';
  let before = -texts.length;
  const shares = await softLabels(teacher, texts, (what, done) => {
    if (what !== pass) before += texts.length;
    pass = what;
    progress.update(before + done, total, what);
  });
  progress.end();
  await writeSoftLabels(
    options.out,
    labels,
    texts.map(({ text }, i) => ({ text, shares: shares[i] })),
  );
  for (const model of models) model.dispose();
  const { out, runs } = options;
  if (options.json) await printJson({ out, texts: texts.length, models: options.models, runs, heldOut });
  else note(`wrote ${out}; next: beex train --soft-labels ${out}, with the same task`);
}

/** The texts to label, and of them the sentences of rated reviews, where the task has the classes of ratings. */
function readTexts(
  { reviews, texts: tables, column, wordsMost }: Options,
  labels: readonly string[],
): { texts: Unlabelled[]; rated: TextRecord[] } {
  const sentences = reviews.flatMap((path) => [...allReviewSentences(path, { wordsMost })]);
  const rated = sentences.flatMap(({ text, label }) => (label === undefined ? [] : [{ text, label }]));
  const bare = tables.flatMap((path) => [...corpusTexts(path, column)]).map((text) => ({ text }));
  if (rated.every(({ label }) => labels.includes(label))) {
    const ofReviews = sentences.map(({ text, label }) => ({
      text,
      rating: label === undefined ? undefined : labels.indexOf(label),
    }));
    return { texts: [...ofReviews, ...bare], rated };
  }
  note(`ratings do not count: the classes are ${labels.join(', ')}, not negative and positive`);
  return { texts: [...sentences.map(({ text }) => ({ text })), ...bare], rated: [] };
}

/** The teacher's score on labelled texts, by the task's metric. */
async function scoreOn(
  teacher: Teacher,
  records: readonly TextRecord[],
  { labels, metric }: Dataset,
): Promise<number> {
  const shares = await softLabels(teacher, records);
  const predicted = shares.map((share) => share.indexOf(Math.max(...share)));
  return score(
    metric,
    predicted,
    records.map(({ label }) => labels.indexOf(label)),
  ).score;
}

/** @throws DataError naming a model or run that would vote twice */
function requireOnce(paths: readonly string[]): void {
  const twice = paths.find((path, i) => paths.slice(0, i).some((other) => resolve(other) === resolve(path)));
  if (twice !== undefined) throw new DataError(`${twice} is given twice`);
}

/** @throws DataError naming the model or run whose classes are not the task's */
function requireLabels(name: string, own: readonly string[], labels: readonly string[]): void {
  if (own.join('\n') === labels.join('\n')) return;
  throw new DataError(`${name}: its labels (${own.join(', ')}) are not ${labels.join(', ')}`);
}
