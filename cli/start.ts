/**
 * `npm start`: the whole chain on real mail. Learns a vocabulary, trains, packs, runs the packed model
 * on mail that it has never seen, and prints what each exit knows, costs and takes.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { measure, twinBytes } from '../host/bench/index.ts';
import { load } from '../host/node/index.ts';
import { bagOfWordsBaseline } from '../trainer/baseline.ts';
import type { TextRecord } from '../trainer/data/record.ts';
import { evaluate } from '../trainer/evaluate.ts';
import { DEFAULT_RECIPE, PRESETS, type Recipe, type Shape } from '../trainer/settings.ts';
import { report } from './errors.ts';
import { count, digits, note, percent, print, table } from './output.ts';
import { duration } from './progress.ts';
import { loadSpamCorpus, SPAM_LABELS } from './start/corpus.ts';
import { INTERRUPTED, runTraining } from './training.ts';

/** A mail's beginning and end, a hundred words of it, do; two cores are done with that in minutes. */
const WORDS = 100;
const SHAPE: Shape = { ...PRESETS.micro, blocks: 3, tokens: 128 };
/**
 * Without word vectors every row must be learned from few mails: rows move faster than the rest, and
 * much is hidden from the model while it trains.
 */
const RECIPE: Recipe = {
  ...DEFAULT_RECIPE,
  vocabularySize: 4096,
  epochs: 3,
  rowRate: 15,
  tokenDropout: 0.3,
  labelSmoothing: 0.1,
};
const FOLDER = join('runs', 'spam');

async function start(): Promise<void> {
  const begun = performance.now();
  note(
    'Mail, spam or not: training a one-bit transformer with early exits from nothing.\nreading the corpus',
  );
  const { train, calibration, heldOut } = loadSpamCorpus(1, WORDS);
  note(`${count(train.length)} mails to learn from, ${count(heldOut.length)} held out`);
  rmSync(FOLDER, { recursive: true, force: true });
  const result = await runTraining({
    folder: FOLDER,
    data: {
      dataset: { name: 'spam', labels: SPAM_LABELS, pair: false, metric: 'accuracy', train },
      calibration,
    },
    shape: SHAPE,
    recipe: RECIPE,
    backend: 'wasm',
  });
  if (result.modelFile === undefined) {
    process.exitCode = INTERRUPTED;
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

start().catch((error: unknown) => {
  process.exitCode = report(error);
});
