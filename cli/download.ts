/** beex download: public data sets into folders that train and eval read. */
import { Argument, type Command } from 'commander';
import { type Downloaded, downloadTask, GLUE_BASE } from '../trainer/data/download/glue.ts';
import { count, note, print, printJson } from './output.ts';
import { createProgress } from './progress.ts';

interface Options {
  task: string[];
  out: string;
  baseUrl: string;
  json?: boolean;
}

const EXAMPLES = `
Examples:
  $ beex download glue --task sst2 rte --out glue
  $ beex train --task sst2 --data glue --out runs/sst2

Each task becomes a folder in OUT. What has come is read and counted before it takes its place; a task that
is there already is checked and kept. The data have licences of their own: https://gluebenchmark.com/tasks

With --json, a line a task: {"task", "folder", "train", "dev", "kept"}.`;

export function register(program: Command): void {
  program
    .command('download')
    .description('fetch public data sets')
    .addArgument(new Argument('<what>', 'the collection').choices(['glue']))
    .requiredOption('--task <name...>', 'SST-2, CoLA, MRPC, RTE, WNLI, QNLI, QQP, MNLI')
    .requiredOption('-o, --out <folder>', "where the tasks' folders are put")
    .option('--base-url <url>', 'another server with the same files', GLUE_BASE)
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action((_what: string, options: Options) => run(options));
}

async function run({ task, out, baseUrl, json }: Options): Promise<void> {
  for (const name of task) {
    const progress = createProgress();
    let done: Downloaded;
    try {
      progress.phase(`fetching ${name}`);
      done = await downloadTask(name, out, {
        base: baseUrl,
        // Without a total there is nothing to draw a bar of.
        onBytes: (bytes, total) => total > 0 && progress.update(bytes, total, `${count(bytes / 1024)} KiB`),
      });
    } finally {
      progress.end();
    }
    if (json) await printJson(done);
    else {
      const { folder, train, dev, kept } = done;
      await print(
        `${folder}: ${count(train)} records to train on, ${count(dev)} to report on${kept ? ' (was there)' : ''}`,
      );
    }
  }
  if (!json) note(`next: beex train --task ${task[0]} --data ${out} --out runs/${task[0]}`);
}
