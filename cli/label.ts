/** beex label: models of one's own label texts that nobody labelled; see trainer/teacher.ts. */
import type { Command } from 'commander';
import { load } from '../host/node/index.ts';
import { DataError, type TextRecord } from '../trainer/data/record.ts';
import { writeSoftLabels } from '../trainer/data/soft-labels.ts';
import { allReviewSentences } from '../trainer/data/weak.ts';
import { holdOutCalibration } from '../trainer/hold-out.ts';
import { loadDataset } from '../trainer/sources.ts';
import { softLabel, type Teacher, weakBagOfWords } from '../trainer/teacher.ts';
import { addDataOptions, type DataOptions } from './data-options.ts';
import { note, printJson } from './output.ts';
import { createProgress } from './progress.ts';

interface Options extends DataOptions {
  reviews: string[];
  models: string[];
  bagOfWords: boolean;
  out: string;
  json?: boolean;
}

const EXAMPLES = `
Example, a second model that learns from the first:
  $ beex train --task sst2 --data glue --reviews imdb --out runs/first
  $ beex label --task sst2 --data glue --reviews imdb --models runs/first/model.beex --out soft.tsv
  $ beex train --task sst2 --data glue --soft-labels soft.tsv --out runs/second

The teacher is the models' mean and a linear bag of words that learns the task's training texts and the
rated reviews; a review's own rating is evidence for its sentences. What training holds out for choosing is
held out here too. Reviews are tables with the columns text and rating (of 10; 0 is unrated).`;

export function register(program: Command): void {
  const command = program.command('label').description("label reviews' sentences by models of one's own");
  addDataOptions(command)
    .requiredOption('--reviews <path...>', 'whose sentences to label; rated ones also teach the bag of words')
    .option('--models <file...>', 'packed models that label', [])
    .option('--no-bag-of-words', 'the models alone')
    .requiredOption('-o, --out <file>', 'table of texts and class probabilities')
    .option('--json', 'print what was done as JSON')
    .addHelpText('after', EXAMPLES)
    .action(run);
}

async function run(options: Options): Promise<void> {
  const { labels, train } = loadDataset(options);
  const models = await Promise.all(options.models.map((file) => load(file)));
  models.forEach(({ info }, i) => {
    if (info.labels.join('\n') === labels.join('\n')) return;
    throw new DataError(
      `${options.models[i]}: its labels (${info.labels.join(', ')}) are not ${labels.join(', ')}`,
    );
  });
  if (models.length === 0 && !options.bagOfWords)
    throw new DataError('give --models, or leave the bag of words');

  note('reading reviews');
  const sentences = options.reviews.flatMap((path) => [...allReviewSentences(path)]);
  const teacher: Teacher = { models };
  if (options.bagOfWords) {
    note('training the bag of words');
    const rated = sentences.filter((sentence): sentence is TextRecord & typeof sentence => !!sentence.label);
    teacher.bagOfWords = weakBagOfWords(holdOutCalibration(train).train, rated, labels);
  }
  note(`labelling ${sentences.length} sentences`);
  const progress = createProgress();
  function* labelled() {
    for (const [index, { text, label }] of sentences.entries()) {
      const rating = label === undefined ? undefined : labels.indexOf(label);
      yield { text, shares: softLabel(teacher, text, rating) };
      progress.update(index + 1, sentences.length, '');
    }
  }
  await writeSoftLabels(options.out, labels, labelled());
  progress.end();
  for (const model of models) model.dispose();
  if (options.json)
    await printJson({ out: options.out, sentences: sentences.length, models: options.models });
  else note(`wrote ${options.out}; next: beex train --soft-labels ${options.out}, with the same task`);
}
