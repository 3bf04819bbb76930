/** beex eval: a model's score on labelled texts, exit by exit, and what it gets wrong. */
import type { Command } from 'commander';
import { load, type Policy } from '../host/node/index.ts';
import { chooseBackend } from '../trainer/backend/index.ts';
import { type Baseline, bagOfWordsBaseline } from '../trainer/baseline.ts';
import { DataError } from '../trainer/data/record.ts';
import { evaluate, trace } from '../trainer/evaluate.ts';
import { trainerPredictions } from '../trainer/trainer-scores.ts';
import { addDataOptions, type DataOptions } from './data-options.ts';
import { evaluationText } from './eval-table.ts';
import { type LabelledTexts, readLabelled } from './labelled-data.ts';
import { addModelOptions, addPolicyOption, type ModelOptions, wholeNumber } from './options.ts';
import { percent, print, printJson } from './output.ts';
import { createProgress } from './progress.ts';

interface Options extends ModelOptions, DataOptions {
  policy?: Policy;
  mistakes: number;
  baseline: boolean;
  against?: string;
}

const EXAMPLES = `
Examples:
  $ beex eval --task sst2 --data glue
  $ beex eval --model runs/mails/model.beex --dev more.csv --text body --label folder --json
  $ beex eval --model runs/mails/model.beex --train mails.csv --dev more.csv --text body --label folder
    also trains a linear bag of words on mails.csv and sets its score beside; a task's folder has its own

With --json:
  {"task", "metric", "n", "score", "fullDepthScore", "majorityScore",
   "exits": [{"exit", "share", "score", "scoreOfAll", "ofAll"}], "meanDepth",
   "operations": {"full", "mean", "reduction"}, "policy",
   "accuracy", "interval": {"low", "high"}, "majority", "bagOfWords": {..., "trainedOn"} or null,
   "confusion": {"labels", "counts"}, "mistakes": [{"text", "expected", "given", "probability", "exit"}]}
Scores are fractions. exits[].score is of the texts that leave there, scoreOfAll of all texts had they
left there. ofAll, majority and bagOfWords are {"score", "accuracy", "interval"}; intervals are Wilson's,
95 %, of the accuracy. confusion.counts[i][j] counts the texts of
label i that were given label j. Operations are those of one text on average: {"float", "binary",
"total"}, 64 binary ones counting as one. docs/evaluation.md says how to read them.`;

export function register(program: Command): void {
  const command = program.command('eval').description("a model's score on labelled texts, exit by exit");
  addPolicyOption(addDataOptions(addModelOptions(command)))
    .option('--mistakes <number>', 'wrong answers to show, the surest first', wholeNumber(0), 3)
    .option('--no-baseline', 'train no linear bag of words to set beside')
    .option('--against <run>', "also compare with the trainer's own forward pass of this run's folder")
    .addHelpText('after', EXAMPLES)
    .action(run);
}

async function run(options: Options): Promise<void> {
  const model = await load(options.model, { build: options.build });
  const { labels, policies } = model.info;
  const { name, metric, records } = await readLabelled(options, 'dev', labels);
  const { baseline, missing } = await baselineOf(options, { name, metric, records }, labels);
  const progress = createProgress();
  const evaluation = evaluate(model, {
    task: name,
    metric,
    labels,
    records,
    policy: options.policy ?? policies[0].name,
    mistakes: options.mistakes,
    bagOfWords: baseline,
    onRecord: (done) => progress.update(done, records.length, ''),
  });
  progress.end();
  const agreement = options.against === undefined ? undefined : await agree(options.against);
  model.dispose();
  if (options.json) await printJson({ ...evaluation, ...(agreement === undefined ? {} : { agreement }) });
  else {
    await print(evaluationText(evaluation));
    if (missing !== undefined) await print(`\nno linear bag of words beside it: ${missing}`);
    if (agreement !== undefined) await print(`trainer and core agree at full depth on ${percent(agreement)}`);
  }

  /** Share of texts on which the trainer's last exit and the core's agree. */
  async function agree(folder: string): Promise<number> {
    const ofTrainer = (await trainerPredictions(folder, await chooseBackend('wasm'), records)).at(
      -1,
    ) as Int32Array;
    const same = trace(model, records, labels).filter(
      ({ predictions }, i) => predictions.at(-1) === ofTrainer[i],
    );
    return same.length / records.length;
  }
}

/** The bag of words trained on the data's own training split, or why there is none. */
async function baselineOf(
  options: Options,
  { metric, records }: LabelledTexts,
  labels: readonly string[],
): Promise<{ baseline?: Baseline; missing?: string }> {
  if (!options.baseline) return {};
  if (options.task === undefined && options.train === undefined) {
    return { missing: 'give the training texts with --train' };
  }
  try {
    const { records: train } = await readLabelled(options, 'train', labels);
    return { baseline: bagOfWordsBaseline(train, records, labels, metric) };
  } catch (error) {
    // A folder with a development split alone can still be evaluated on.
    if (error instanceof DataError && options.task !== undefined) return { missing: error.message };
    throw error;
  }
}
