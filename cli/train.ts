/** beex train: from labelled texts to a packed model. */
import { existsSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { load } from '../host/node/index.ts';
import { BACKENDS, type Backend } from '../trainer/backend/index.ts';
import { bagOfWordsBaseline } from '../trainer/baseline.ts';
import { CLASS_WEIGHTS, type ClassWeighting } from '../trainer/class-weights.ts';
import type { TextRecord } from '../trainer/data/record.ts';
import type { encode } from '../trainer/encode.ts';
import { evaluate } from '../trainer/evaluate.ts';
import { startShape } from '../trainer/init/index.ts';
import { type RunFile, readRunFile } from '../trainer/run-file.ts';
import {
  checkSettings,
  DEFAULT_RECIPE,
  PRESETS,
  type PresetName,
  type Recipe,
  type Shape,
} from '../trainer/settings.ts';
import { loadTrainingData, type Source } from '../trainer/sources.ts';
import { trainerScores } from '../trainer/trainer-scores.ts';
import type { BackendChoice } from './backend.ts';
import { addDataOptions, type DataOptions, sourceOf } from './data-options.ts';
import { UsageError } from './errors.ts';
import { evaluationText, shownScore } from './eval-table.ts';
import { wholeNumber } from './options.ts';
import { note, print, printJson } from './output.ts';
import { INTERRUPTED, runTraining } from './training.ts';

/** Recipe fields that have an option of the same name, with what help says of them. */
const NUMBERS = {
  seed: 'fixes first weights, order, dropout and split',
  vocabularySize: 'most tokens of the vocabulary',
  rowNoise: 'noise in the first embedding rows, of pieces without a vector',
  rowRate: 'factor on the learning rate of embedding rows',
  batchSize: 'texts a step',
  epochs: 'passes over the training texts',
  warmStartEpochs: 'passes over the reviews and soft labels before',
  warmStartRate: 'peak of the schedule, over those',
  reviewWeight: "what a sentence under its review's rating counts for beside a labelled text",
  mixTask: "times that the task's texts are mixed in among those",
  settleEpochs: 'passes after the embedding was signed',
  averageShare: "last share of the task's steps whose weights are averaged",
  learningRate: 'peak of the schedule',
  settleRate: 'the same, while settling',
  warmUp: 'share of the steps in which the rate rises',
  weightDecay: 'of matrices',
  clipNorm: 'most that the norm of a gradient may be',
  dropout: 'share of activations',
  tokenDropout: 'share of tokens that are hidden while training',
  warmStartDropout: 'share of activations, while learning the reviews',
  warmStartTokenDropout: 'share of tokens, while learning the reviews',
  labelSmoothing: 'share of the target spread over all classes',
  lambda: 'soft routing: 1 is the plain mean over exits, 0 routing alone',
  kappa: 'soft routing: sharpness of the stop',
  tau: 'soft routing: share of the entropy gone at which stopping is even',
  distillation: 'weight with which earlier exits learn from the last',
} as const satisfies Partial<Record<keyof Recipe, string>>;

type NumberName = keyof typeof NUMBERS;

type Options = DataOptions &
  Partial<Record<NumberName, number>> & {
    out?: string;
    resume?: string;
    preset?: PresetName;
    twin?: boolean;
    recurrent?: boolean;
    exitScaling?: boolean;
    backend?: BackendChoice;
    checkpointEvery: number;
    reviews?: string[];
    softLabels?: string[];
    vectors?: string;
    init?: string;
    classWeights?: ClassWeighting;
    json?: boolean;
  } & Partial<Shape>;

const EXAMPLES = `
Examples:
  $ beex train --task sst2 --data glue --out runs/sst2
  $ beex train --train mails.csv --dev more.csv --text body --label folder --out runs/mails
  $ beex train --task mrpc --data glue --init runs/sst2 --out runs/mrpc
  $ beex train --resume runs/sst2

The folder then holds run.json (settings), vocabulary.beex, checkpoint.safetensors, metrics.jsonl and,
at the end, model.beex and report.html. Ctrl-C stops after the step at hand, saves, and exits with ${INTERRUPTED}.`;

export function register(program: Command): void {
  const command = program.command('train').description('train a model from labelled texts, and pack it');
  addDataOptions(command)
    .option('-o, --out <folder>', 'where the run is kept')
    .option('--resume <folder>', 'go on with the run in this folder, with its own settings')
    .addOption(
      new Option('--preset <name>', "shape of the model: micro, or --init's, unless given").choices(
        Object.keys(PRESETS),
      ),
    )
    .option('--light-recurrence', 'begin every block with a light recurrence, which tells word order')
    .option('--binary-scores', 'attention scores of the signs of queries and keys: faster on long texts')
    .option('--twin', 'train the float32 twin, by the same recipe')
    .option(
      '--recurrent',
      'train a recurrent teacher, which `beex label` takes, with --hidden units a direction',
    )
    .option('--exit-scaling', 'scale and shift each exit to the held-out part at the end, so that none leans')
    .addOption(
      new Option(
        '--backend <name>',
        'what to compute on; auto, the default: the fastest that works here',
      ).choices(['auto', ...BACKENDS]),
    )
    .option(
      '--reviews <path...>',
      'reviews whose sentences are learned first, under the rating (columns text, rating)',
    )
    .option('--soft-labels <file...>', 'texts that `beex label` labelled, learned first')
    .option(
      '--vectors <path>',
      'word vectors that the embedding starts from (GloVe text, or a folder of .npy)',
    )
    .option(
      '--init <path>',
      "a start: a run's folder, a model, or an encoder of BERT's family (.safetensors, vocab.txt)",
    )
    .addOption(
      new Option(
        '--class-weights <how>',
        'weigh texts by the rarity of their class, where classes are unequal',
      )
        .choices([...CLASS_WEIGHTS])
        .default(DEFAULT_RECIPE.classWeights),
    )
    .option('--checkpoint-every <seconds>', 'time between checkpoints', wholeNumber(1), 120)
    .option('--json', 'print the evaluation on the development split as JSON');
  for (const field of ['hidden', 'slfn', 'blocks', 'heads', 'tokens'] as const) {
    command.option(`--${field} <number>`, `of the shape, in place of the preset's`, wholeNumber(1));
  }
  for (const [name, help] of Object.entries(NUMBERS)) {
    const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    command.option(`--${flag} <number>`, `${help} (${DEFAULT_RECIPE[name as NumberName]})`, number);
  }
  command.addHelpText('after', EXAMPLES).action(run);
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
}

async function run(options: Options): Promise<void> {
  const resumed = options.resume === undefined ? undefined : readRunFile(options.resume);
  const folder = options.resume ?? options.out;
  if (folder === undefined)
    throw new UsageError('say where the run is to be kept with --out, or --resume one');
  const source = (resumed?.source as Source | undefined) ?? {
    ...sourceOf(options),
    reviews: options.reviews,
    softLabels: options.softLabels,
    vectors: options.vectors,
    init: options.init,
  };
  if (!resumed && existsSync(`${folder}/checkpoint.safetensors`)) {
    throw new UsageError(
      `${folder} holds a run already: go on with --resume ${folder}, or choose another --out`,
    );
  }
  const shape = resumed?.shape ?? (await shapeOf(options));
  // A run of before a setting existed did as its default does.
  const recipe = resumed ? { ...DEFAULT_RECIPE, ...resumed.recipe } : recipeOf(options);
  requireSound(shape, recipe);
  const { data, dev } = loadTrainingData(source);
  const result = await runTraining({
    folder,
    data,
    shape,
    recipe,
    backend: options.backend ?? (resumed ? (resumed.backend ?? 'wasm') : 'auto'),
    resume: resumed !== undefined,
    checkpointEvery: options.checkpointEvery,
  });
  if (!result.finished) {
    process.exitCode = INTERRUPTED;
    return;
  }
  if (result.modelFile === undefined) await reportFloat(folder, result, dev, options);
  else await reportModel(result.modelFile, result.run, data.dataset.train, dev, options);
}

/** @throws UsageError naming the first setting that can't be trained with */
function requireSound(shape: Shape, recipe: Recipe): void {
  try {
    checkSettings(shape, recipe);
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
}

async function shapeOf(options: Options): Promise<Shape> {
  const { preset, init } = options;
  const ofInit = preset === undefined && init !== undefined ? await startShape(init) : undefined;
  const { hidden, slfn, blocks, heads, tokens, lightRecurrence, binaryScores } = {
    ...(ofInit ?? PRESETS[preset ?? 'micro']),
    ...(options.recurrent ? { blocks: 1 } : {}),
    ...options,
  };
  return {
    ...{ hidden, slfn, blocks, heads, tokens },
    ...(lightRecurrence ? { lightRecurrence } : {}),
    ...(binaryScores ? { binaryScores } : {}),
  };
}

function recipeOf(options: Options): Recipe {
  const {
    twin = false,
    recurrent = false,
    exitScaling = false,
    classWeights = DEFAULT_RECIPE.classWeights,
  } = options;
  const settleEpochs = recurrent ? 0 : DEFAULT_RECIPE.settleEpochs;
  const recipe: Recipe = {
    ...DEFAULT_RECIPE,
    twin,
    recurrent,
    exitScaling,
    settleEpochs,
    classWeights,
  };
  for (const name of Object.keys(NUMBERS) as NumberName[]) {
    const given = options[name];
    if (given !== undefined) recipe[name] = given;
  }
  return recipe;
}

async function reportModel(
  file: string,
  run: RunFile,
  train: readonly TextRecord[],
  dev: readonly TextRecord[],
  options: Options,
) {
  const model = await load(file);
  const policy = model.info.policies[0].name;
  const evaluation = evaluate(model, {
    task: run.name,
    metric: run.metric,
    labels: run.labels,
    records: dev,
    policy,
    bagOfWords: bagOfWordsBaseline(train, dev, run.labels, run.metric),
  });
  model.dispose();
  if (options.json) await printJson(evaluation);
  else await print(evaluationText(evaluation));
  note(`\npacked as ${file}; try: beex classify --model ${file} "some text"`);
}

async function reportFloat(
  folder: string,
  { run, backend }: { run: RunFile; backend: Backend },
  dev: Parameters<typeof encode>[1],
  options: Options,
) {
  const scores = await trainerScores(folder, backend, dev);
  if (options.json)
    await printJson({
      task: run.name,
      metric: run.metric,
      n: dev.length,
      [run.recipe.twin ? 'twin' : 'recurrent']: true,
      exits: scores,
    });
  else {
    const what = run.recipe.twin ? 'float32 twin' : 'recurrent teacher';
    await print(`${what}, ${run.name}, ${dev.length} texts, ${run.metric} of each exit:`);
    await print(scores.map((score, i) => `  exit ${i + 1}  ${shownScore(score, run.metric)}`).join('\n'));
  }
}
