/** beex eval: a model's score on labelled texts, exit by exit. */
import type { Command } from 'commander';
import { load, type Policy } from '../host/node/index.ts';
import { chooseBackend } from '../trainer/backend/index.ts';
import { DataError, type TextRecord } from '../trainer/data/record.ts';
import { readTable } from '../trainer/data/table.ts';
import { findTask, loadTaskSplit } from '../trainer/data/tasks.ts';
import { evaluate, trace } from '../trainer/evaluate.ts';
import { trainerPredictions } from '../trainer/trainer-scores.ts';
import { addDataOptions, type DataOptions } from './data-options.ts';
import { evaluationText } from './eval-table.ts';
import { addModelOptions, addPolicyOption, type ModelOptions } from './options.ts';
import { percent, print, printJson } from './output.ts';
import { createProgress } from './progress.ts';

interface Options extends ModelOptions, DataOptions {
  policy?: Policy;
  against?: string;
}

const EXAMPLES = `
Examples:
  $ beex eval --task sst2 --data glue
  $ beex eval --model runs/mails/model.beex --dev more.csv --text body --label folder --json

With --json:
  {"task", "metric", "n", "score", "fullDepthScore", "majorityScore",
   "exits": [{"exit", "share", "score", "scoreOfAll"}], "meanDepth",
   "operations": {"full", "mean", "reduction"}, "policy"}
Scores are fractions. exits[].score is of the texts that leave there, scoreOfAll of all texts had they
left there. Operations are those of one text on average: {"float", "binary", "total"}, 64 binary ones
counting as one.`;

export function register(program: Command): void {
  const command = program.command('eval').description("a model's score on labelled texts, exit by exit");
  addPolicyOption(addDataOptions(addModelOptions(command)))
    .option('--against <run>', "also compare with the trainer's own forward pass of this run's folder")
    .addHelpText('after', EXAMPLES)
    .action(run);
}

async function run(options: Options): Promise<void> {
  const model = await load(options.model, { build: options.build });
  const { labels, policies } = model.info;
  const { task, metric, records } = loadRecords(options, labels);
  const progress = createProgress();
  const evaluation = evaluate(model, {
    task,
    metric,
    labels,
    records,
    policy: options.policy ?? policies[0].name,
    onRecord: (done) => progress.update(done, records.length, ''),
  });
  progress.end();
  const agreement = options.against === undefined ? undefined : await agree(options.against);
  model.dispose();
  if (options.json) await printJson({ ...evaluation, ...(agreement === undefined ? {} : { agreement }) });
  else {
    await print(evaluationText(evaluation));
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

function loadRecords(options: Options, labels: readonly string[]) {
  const { task, data, dev, text, pair, label } = options;
  if (task !== undefined) {
    if (data === undefined) throw new DataError('--task needs --data, the folder with dev.tsv');
    const found = findTask(task);
    const records = loadTaskSplit(found, data, 'dev');
    return { task: found.name, metric: found.metric, records: known(records, labels, found.name) };
  }
  if (dev === undefined || text === undefined || label === undefined) {
    throw new DataError('give --task and --data, or --dev, --text and --label');
  }
  const { records } = readTable(dev, { text, label, ...(pair === undefined ? {} : { pair }) });
  return { task: dev, metric: 'accuracy' as const, records: known(records, labels, dev) };
}

/** @throws DataError when the data have a label that the model does not know */
function known(records: TextRecord[], labels: readonly string[], name: string): TextRecord[] {
  const other = records.find(({ label }) => !labels.includes(label));
  if (!other) return records;
  throw new DataError(`${name}: label "${other.label}" is none of the model's (${labels.join(', ')})`);
}
