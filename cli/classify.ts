/** beex classify: texts in, labels out. */
import type { Command } from 'commander';
import { type Classification, type Input, load, type Policy } from '../host/node/index.ts';
import { UsageError } from './errors.ts';
import { inputLines } from './lines.ts';
import { addModelOptions, addPolicyOption, inPairs, type ModelOptions } from './options.ts';
import { bar, colors, note, percent, print, printJson } from './output.ts';

interface Options extends ModelOptions {
  policy?: Policy;
  pair?: boolean;
}

const EXAMPLES = `
Examples:
  $ beex classify "a film to fall in love with"
  $ beex classify --policy fast --json "not my cup of tea" "a delight"
  $ beex classify < reviews.txt
  $ beex classify --model rte.beex --pair "Anna is in Rome." "Anna is in Italy."

With --json each text gives a line:
  {"label", "index", "probabilities": [], "exit", "entropies": [], "tokens", "microseconds"}`;

export function register(program: Command): void {
  const command = program
    .command('classify')
    .description('say which class each text belongs to')
    .argument('[texts...]', 'the texts; lines of standard input when there are none')
    .option('--pair', 'texts come two by two; a line of standard input has a tab between them');
  addPolicyOption(addModelOptions(command)).addHelpText('after', EXAMPLES).action(classify);
}

async function classify(texts: string[], options: Options): Promise<void> {
  const model = await load(options.model, { build: options.build });
  const { labels, dimensions } = model.info;
  const isPairs = dimensions.segments === 2;
  if (options.pair && !isPairs) throw new UsageError(`${options.model} takes single texts, not pairs`);
  if (!options.pair && isPairs) throw new UsageError(`${options.model} takes pairs of texts: use --pair`);

  const labelWidth = Math.max(...labels.map((label) => label.length));
  let number = 0;
  for await (const input of inputs(texts, options.pair ?? false)) {
    number++;
    const start = performance.now();
    const result = model.classify(input, { policy: options.policy });
    const microseconds = Math.round(10_000 * (performance.now() - start)) / 10;
    if (result.cut) note(`note: text ${number} is too long and was cut to ${result.tokens} tokens`);
    if (options.json) await printJson(jsonForm(result, microseconds));
    else await print(line(result, input, labelWidth, dimensions.blocks));
  }
  model.dispose();
}

async function* inputs(texts: string[], pairs: boolean): AsyncGenerator<Input> {
  if (texts.length > 0) {
    yield* pairs ? inPairs(texts) : texts;
    return;
  }
  if (process.stdin.isTTY) note('Reading lines; Ctrl-D ends them.');
  let number = 0;
  for await (const text of inputLines()) {
    number++;
    if (!pairs) yield text;
    else {
      const parts = text.split('\t');
      if (parts.length !== 2) throw new UsageError(`line ${number} is not two texts with a tab between them`);
      yield [parts[0], parts[1]];
    }
  }
}

function jsonForm(result: Classification, microseconds: number) {
  const { label, index, probabilities, exit, entropies, tokens } = result;
  return { label, index, probabilities, exit, entropies, tokens, microseconds };
}

function line(result: Classification, input: Input, labelWidth: number, blocks: number): string {
  const probability = result.probabilities[result.index];
  const parts = [
    colors.bold(result.label.padEnd(labelWidth)),
    colors.cyan(bar(probability)),
    percent(probability).padStart(7),
    colors.dim(`exit ${result.exit} of ${blocks}`),
    shown(input),
  ];
  return parts.filter((part) => part !== '').join('  ');
}

/** The input on one line, without what would move a terminal's cursor. */
function shown(input: Input): string {
  const text = typeof input === 'string' ? input : (input as [string, string]).join(' | ');
  const oneLine = text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return oneLine.length > 60 ? `${oneLine.slice(0, 59)}…` : oneLine;
}
