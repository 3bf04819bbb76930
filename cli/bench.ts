/** beex bench: how long each exit takes on this machine, what it computes meanwhile, and what others take. */
import { writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { benchKernels, kernelText } from './bench-kernels.ts';
import { CORES, type CoreName, type MeasureRequest, measureModel } from './bench-measure.ts';
import { csv, htmlPage, textForm } from './bench-report.ts';
import { UsageError } from './errors.ts';
import { addModelOptions, addPolicyOption, type ModelOptions, wholeNumber } from './options.ts';
import { machine, note, print, printJson } from './output.ts';

interface Options extends ModelOptions, Omit<MeasureRequest, 'model' | 'build'> {
  core?: CoreName;
  kernels?: boolean;
  csv?: boolean;
  html?: string;
}

const EXAMPLES = `
Examples:
  $ beex bench
  $ beex bench --model my.beex --tokens 24 --core scalar
  $ beex bench --text "a film to fall in love with" --json
  $ beex bench --task sst2 --data glue --policy balanced --html report.html
  $ beex bench --peers --profile --growth
  $ beex bench --kernels

An exit's time runs from handing over the text to that exit's answer. On a data set, share and score are by
the policy: of the texts that leave at the exit. Intervals are 95 % confidence of the median.
With --json, times in microseconds:
  {"host", "build", "kernel", "tokens",
   "exits": [{"exit", "p50", "p95", "low", "high", "share", "score", "operations"}],
   "peers": [{"name", "p50", "ratio"}], "profile": [{"part", "share"}], ...}
ratio is the peer's median over ours at full depth. Node 20 takes the relaxed build with
  node --experimental-wasm-relaxed-simd $(which beex) bench`;

export function register(program: Command): void {
  const command = program
    .command('bench')
    .description('measure how long each exit takes, alone or beside other runtimes')
    .option('--tokens <n>', 'length of the input; as many as the model takes unless given', wholeNumber(1))
    .option('--text <texts...>', 'an input of your own, two texts for a model of pairs')
    .option('--task <name>', 'measure on the dev split of a GLUE task, in the folder --data')
    .option('--data <folder>', "the task's folder, or GLUE's root")
    .option('--dev <file>', 'measure on your own labelled texts: CSV, TSV or JSON lines')
    .option('--column <name>', 'column of the text in --dev')
    .option('--pair <name>', 'column of the second text in --dev')
    .option('--label <name>', 'column of the label in --dev')
    .option('--samples <n>', 'measurements', wholeNumber(1), 200)
    .addOption(new Option('--core <core>', 'pin a build and its kernel').choices(CORES))
    .option('--peers', 'the same shape in onnxruntime-web, tfjs and a float kernel of our own')
    .option('--cold', 'from bytes to the first answer, beside onnxruntime-web')
    .option('--pool <workers>', 'one worker against several', wholeNumber(1))
    .option('--profile', 'where the time of a block goes')
    .option('--growth', 'how time grows with tokens, width and depth')
    .option('--kernels', 'the kernels by themselves, without a model')
    .option('--csv', 'print CSV')
    .option('--html <file>', 'write a page with charts');
  addPolicyOption(addModelOptions(command)).addHelpText('after', EXAMPLES).action(bench);
}

async function bench(options: Options): Promise<void> {
  refuse(options.text && options.tokens, '--text and --tokens exclude each other');
  refuse(options.json && options.csv, '--json and --csv exclude each other');
  refuse(options.core && options.build, '--core and --build exclude each other: a core is of one build');
  if (options.kernels) {
    const shapes = await benchKernels(options.samples);
    await (options.json ? printJson({ ...machine(), shapes }) : print(kernelText(shapes)));
    return;
  }
  const say = (what: string) => {
    if (process.stderr.isTTY) note(`measuring ${what} ...`);
  };
  const report = await measureModel(options, say);
  if (options.html !== undefined) await writeFile(options.html, await htmlPage(report));
  if (options.json) await printJson(report);
  else await print(options.csv ? csv(report) : textForm(report));
}

function refuse(isWrong: unknown, message: string): void {
  if (isWrong) throw new UsageError(message);
}
