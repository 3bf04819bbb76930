/** beex bench: how long each exit takes on this machine, and what it computes meanwhile. */
import { cpus } from 'node:os';
import type { Command } from 'commander';
import { measure, operations, textOfTokens } from '../host/bench/index.ts';
import { readVocabulary } from '../host/model-file/index.ts';
import { type Build, load } from '../host/node/index.ts';
import { modelBytes } from '../host/node/models.ts';
import { UsageError } from './errors.ts';
import { addModelOptions, inPairs, type ModelOptions, wholeNumber } from './options.ts';
import { bar, colors, count, digits, print, printJson, table } from './output.ts';

interface Options extends ModelOptions {
  tokens?: number;
  text?: string[];
  samples: number;
}

const EXAMPLES = `
Examples:
  $ beex bench
  $ beex bench --model my.beex --tokens 24 --build scalar
  $ beex bench --text "a film to fall in love with" --json

An exit's time runs from handing over the text to that exit's answer; its step is the block alone.
With --json, in microseconds:
  {"host", "build", "tokens", "exits": [{"exit", "p50", "p95", "step", "operations"}], "begin", ...}`;

export function register(program: Command): void {
  const command = program
    .command('bench')
    .description('measure how long each exit takes')
    .option('--tokens <n>', 'length of the input; as many as the model takes unless given', wholeNumber(1))
    .option('--text <texts...>', 'an input of your own, two texts for a model of pairs')
    .option('--samples <n>', 'measurements', wholeNumber(1), 200);
  addModelOptions(command).addHelpText('after', EXAMPLES).action(bench);
}

async function bench(options: Options): Promise<void> {
  if (options.text && options.tokens) throw new UsageError('--text and --tokens exclude each other');
  const report = await measureModel(options);
  await (options.json ? printJson(report) : print(textForm(report)));
}

async function measureModel(options: Options) {
  const file = await modelBytes(options.model);
  const model = await load(file, { build: options.build });
  const { dimensions, build } = model.info;
  const { core } = model;
  const tokens = options.tokens ?? dimensions.tokens;
  if (tokens > dimensions.tokens) {
    throw new UsageError(`--tokens ${tokens}: this model takes 1 to ${dimensions.tokens}`);
  }
  const input = options.text
    ? ownInput(options.text, dimensions.segments)
    : textOfTokens(core, readVocabulary(file).pieces, tokens);
  const timing = measure(core, input, { samples: options.samples });
  const perExit = operations(dimensions, timing.tokens);
  model.dispose();
  return {
    host: `Node ${process.versions.node}, V8 ${process.versions.v8}`,
    machine: `${cpus()[0]?.model.trim() ?? 'unknown'}, ${process.platform} ${process.arch}`,
    model: options.model,
    build: build as Build,
    tokens: timing.tokens,
    begin: timing.begin,
    exits: timing.exits.map((exit, i) => {
      const { float, binary, total } = perExit[i];
      return { ...exit, operations: { float, binary, total } };
    }),
    runs: timing.runs,
    runsPerSample: timing.runsPerSample,
    clockResolution: timing.clockResolution,
  };
}

function ownInput(texts: string[], segments: number): string | [string, string] {
  if (segments === 2 && texts.length === 2) return inPairs(texts)[0];
  if (texts.length === 1) return texts[0];
  throw new UsageError(`--text takes one text${segments === 2 ? ', or two' : ''}, and got ${texts.length}`);
}

function textForm(report: Awaited<ReturnType<typeof measureModel>>): string {
  const { begin, exits } = report;
  const last = exits.at(-1)!;
  const rows = exits.map(({ exit, p50, p95, step, operations: { float, binary, total } }) => [
    `exit ${exit}`,
    digits(p50),
    digits(p95),
    digits(step.p50),
    count(float),
    count(binary),
    count(total),
    colors.cyan(bar(p50 / last.p50)),
  ]);
  return [
    `${colors.bold(report.model)}, ${report.tokens} tokens, build ${report.build}`,
    colors.dim(`${report.host}; ${report.machine}; ${count(report.runs)} runs`),
    '',
    table(
      ['', 'p50 µs', 'p95 µs', 'step µs', 'float', 'binary', 'float + binary / 64', ''],
      [['begin', digits(begin.p50), digits(begin.p95), '', '', '', '', ''], ...rows],
      [0, 7],
    ),
    '',
    'p50, p95: from handing over the text until that exit has answered. step: its block alone (p50).',
    'begin: tokenizing and embedding. float, binary: operations until then, counted, not measured.',
  ].join('\n');
}
