/**
 * `npm start`: the whole chain on real mail. Learns a vocabulary, trains, packs, runs the packed model
 * on mail that it has never seen, and prints what each exit knows, costs and takes.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { measure, twinBytes } from '../host/bench/index.ts';
import { load } from '../host/node/index.ts';
import { chooseBackend } from '../trainer/backend/index.ts';
import { bagOfWordsBaseline } from '../trainer/baseline.ts';
import type { TextRecord } from '../trainer/data/record.ts';
import { loadVectors } from '../trainer/data/vectors.ts';
import { evaluate } from '../trainer/evaluate.ts';
import { trainerScores } from '../trainer/trainer-scores.ts';
import { report } from './errors.ts';
import { wholeNumber } from './options.ts';
import { count, digits, note, percent, print, table } from './output.ts';
import { duration } from './progress.ts';
import { loadSpamCorpus, SPAM_LABELS } from './start/corpus.ts';
import { MAIL_RECIPES, type MailRecipeName } from './start/recipes.ts';
import { INTERRUPTED, runTraining } from './training.ts';

interface Options {
  recipe: MailRecipeName;
  vectors?: string;
  seed: number;
  twin?: boolean;
  out?: string;
}

const program = new Command('npm start --')
  .description('train a model of mail, spam or not, and show what it knows, costs and takes')
  .addOption(new Option('--recipe <name>', 'which model').choices(Object.keys(MAIL_RECIPES)).default('start'))
  .option('--vectors <path>', "word vectors for the embedding's first rows (GloVe text, or a folder of .npy)")
  .option('--seed <number>', 'fixes first weights, order and dropout; the split stays', wholeNumber(1), 1)
  .option('--twin', 'train the float32 twin, by the same recipe')
  .option('--out <folder>', 'where the run is kept')
  .action(start);

async function start({ recipe: name, vectors, seed, twin = false, out }: Options): Promise<void> {
  const begun = performance.now();
  note(
    'Mail, spam or not: training a one-bit transformer with early exits from nothing.\nreading the corpus',
  );
  const { words, fromStart, calibration: share, shape, recipe } = MAIL_RECIPES[name];
  const folder = out ?? join('runs', name === 'start' ? 'spam' : name);
  const { train, calibration, heldOut } = loadSpamCorpus(1, words, fromStart, share);
  note(`${count(train.length)} mails to learn from, ${count(heldOut.length)} held out`);
  if (out === undefined) rmSync(folder, { recursive: true, force: true });
  const result = await runTraining({
    folder,
    data: {
      dataset: { name: 'spam', labels: SPAM_LABELS, pair: false, metric: 'accuracy', train },
      calibration,
      ...(vectors === undefined ? {} : { vectors: () => loadVectors(vectors) }),
    },
    shape,
    recipe: { ...recipe, seed, twin },
    backend: 'wasm',
  });
  if (!result.finished) {
    process.exitCode = INTERRUPTED;
    return;
  }
  if (result.modelFile === undefined) {
    const scores = await trainerScores(folder, await chooseBackend('wasm'), heldOut);
    await print(`float32 twin, accuracy of each exit: ${scores.map((score) => percent(score)).join(', ')}`);
    return;
  }
  await print(await reportOn(result.modelFile, train, heldOut));
  note(`\n${duration((performance.now() - begun) / 1000)} in all. Next:
  npx beex classify --model ${result.modelFile} "Dear friend, you have won a prize"
  npx beex bench --model ${result.modelFile}
  npx beex inspect --model ${result.modelFile}
  npx beex train --help      to train on your own texts`);
}

async function reportOn(file: string, train: TextRecord[], heldOut: TextRecord[]): Promise<string> {
  const model = await load(file);
  const { dimensions, fileBytes, policies } = model.info;
  const policy = policies[0].name;
  const evaluation = evaluate(model, {
    task: 'spam',
    metric: 'accuracy',
    labels: SPAM_LABELS,
    records: heldOut,
    policy,
  });
  const longest = heldOut.reduce((a, b) => (b.text.length > a.text.length ? b : a));
  const timing = measure(model.core, longest.text);
  model.dispose();
  const byWords = bagOfWordsBaseline(train, heldOut, SPAM_LABELS, 'accuracy').score;
  const { exits, operations, score, fullDepthScore, majorityScore } = evaluation;
  const twin = twinBytes(dimensions);
  return [
    table(
      ['exit', 'accuracy of all', 'leave here', 'of those', 'p50 µs', 'p95 µs'],
      exits.map((exit, i) => [
        exit.exit,
        percent(exit.scoreOfAll),
        percent(exit.share),
        exit.score === null ? '-' : percent(exit.score),
        digits(timing.exits[i].p50),
        digits(timing.exits[i].p95),
      ]),
    ),
    '',
    `accuracy    ${percent(score)} at policy ${policy}, ${percent(fullDepthScore)} at full depth`,
    `beside it   ${percent(byWords)} a linear bag of words, ${percent(majorityScore)} the larger class`,
    `size        ${count(fileBytes)} bytes, vocabulary and all; its float32 twin ${count(twin)}: ${digits(twin / fileBytes)} times`,
    `operations  ${percent(operations.reduction)} fewer than at full depth`,
    `latency     of a mail of ${timing.tokens} tokens, core in Wasm under Node ${process.versions.node}`,
  ].join('\n');
}

program.parseAsync().catch((error: unknown) => {
  process.exitCode = report(error);
});
