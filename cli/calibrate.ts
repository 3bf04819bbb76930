/** beex calibrate: thresholds for a user's own target, written into a model file under a name. */
import { type Command, InvalidArgumentError } from 'commander';
import { PolicyKind } from '../assembly/format.ts';
import { exitTimes } from '../host/bench/index.ts';
import type { Classifier } from '../host/classifier.ts';
import { policyProblem } from '../host/model-file/check-policy.ts';
import { type ModelParts, readModel, writeModel } from '../host/model-file/index.ts';
import type { OperatingPoint } from '../host/model-file/parts.ts';
import { load } from '../host/node/index.ts';
import { modelBytes } from '../host/node/models.ts';
import { calibrateTarget, type Target, type TargetResult } from '../trainer/calibrate-target.ts';
import { writeAtomically } from '../trainer/checkpoint.ts';
import { score } from '../trainer/data/metrics.ts';
import { evaluate, inputOf, trace } from '../trainer/evaluate.ts';
import type { Trace } from '../trainer/thresholds.ts';
import { calibrationJson, calibrationText, unmetText } from './calibrate-text.ts';
import { addDataOptions, type DataOptions } from './data-options.ts';
import { UsageError } from './errors.ts';
import { type LabelledTexts, readLabelled } from './labelled-data.ts';
import { addModelOptions, type ModelOptions } from './options.ts';
import { note, print, printJson } from './output.ts';
import { createProgress } from './progress.ts';

interface Options extends ModelOptions, DataOptions, Target {
  name: string;
  first?: boolean;
  out: string;
}

/** Fewer texts than this say little: one of them is more than a point. */
const FEW_TEXTS = 100;
/** Runs of a text whose median is its time. */
const ROUNDS = 5;

const EXAMPLES = `
Examples:
  $ beex calibrate --model mine.beex --dev held-out.csv --text body --label topic \\
      --within 0.5 --name thrifty --out mine-thrifty.beex
  $ beex calibrate --model mine.beex --dev held-out.csv --text body --label topic \\
      --operations 0.4 --name third --out mine.beex
  $ beex classify --model mine.beex --policy third "some text"

The texts must be held out from training, and must not be those that are reported on afterwards: a score
on the texts that chose the thresholds flatters. --task reads the task's dev split, so report on others.

With --within the fewest operations within all targets are taken, without it the best score within them.
Times are those of this machine. Where a target can't be met nothing is written, and the exit code is 1.

With --json: {"file", "policy", "kind", "thresholds", "texts", "metric", "target", "reached", "fullDepth",
"exits": [{"exit", "share"}]}; reached and fullDepth are {"score", "operations", "p95"}, operations a share
of full depth's, p95 in microseconds and only with --p95.`;

export function register(program: Command): void {
  const command = program
    .command('calibrate')
    .description("choose a model's thresholds for a target of one's own");
  addDataOptions(addModelOptions(command), {
    dev: 'own labelled texts to choose by; held out, and not reported on',
  })
    .option('--within <points>', 'lose at most so many points of 100 against full depth; 0 is none', points)
    .option('--operations <share>', "take at most this share of full depth's operations, as 0.4", share)
    .option('--p95 <microseconds>', 'answer 95 of 100 texts within this time, on this machine', microseconds)
    .requiredOption(
      '--name <policy>',
      'the operating point to write: one of the model is replaced, a new one added',
    )
    .option('--first', "make it the model's first, which is taken where none is named")
    .requiredOption('-o, --out <file>', 'the model file to write; may be the one that is read')
    .addHelpText('after', EXAMPLES)
    .action(run);
}

async function run(options: Options): Promise<void> {
  const target = targetOf(options);
  const bytes = await modelBytes(options.model);
  const model = await load(bytes, { build: options.build });
  const { labels, dimensions } = model.info;
  checkName(options.name, dimensions.blocks);
  const texts = await readLabelled(options, 'dev', labels);
  const { metric, records } = texts;
  if (records.length < FEW_TEXTS)
    note(`only ${records.length} texts: their choice will hold for little else`);
  const traces = record(model, texts, target.p95 !== undefined);
  model.dispose();
  const scoreOf = (given: ArrayLike<number>, expected: ArrayLike<number>): number =>
    score(metric, given, expected).score;
  const result = calibrateTarget(traces, labels.length, scoreOf, target, options.name);
  if (!result.met) throw new Error(unmetText(target, result, metric));

  const written = writeModel(withPoint(readModel(bytes), result, texts, options));
  const evaluation = await checked(written, texts, options.name);
  writeAtomically(options.out, written);
  const { out: file, json } = options;
  if (json) await printJson(calibrationJson(file, target, result, evaluation));
  else await print(calibrationText(file, result, evaluation));
}

function targetOf({ within, operations, p95 }: Options): Target {
  if (within === undefined && operations === undefined && p95 === undefined) {
    throw new UsageError('say what to reach: --within, --operations, --p95, or several of them');
  }
  return {
    ...(within === undefined ? {} : { within }),
    ...(operations === undefined ? {} : { operations }),
    ...(p95 === undefined ? {} : { p95 }),
  };
}

function checkName(name: string, blocks: number): void {
  const point = { name, kind: PolicyKind.Full, parameter: 0, thresholds: new Float32Array(blocks) };
  const problem = name === 'full' ? 'always means every block; choose another' : policyProblem(point, blocks);
  if (problem) throw new UsageError(`--name ${name}: ${problem}`);
}

/** Every text through every exit, with times where a target needs them. */
function record(model: Classifier, { records }: LabelledTexts, timed: boolean): Trace[] {
  const progress = createProgress();
  const total = records.length * (timed ? 2 : 1);
  const traces = trace(model, records, model.info.labels, (done) => progress.update(done, total, ''));
  const times = timed
    ? exitTimes(model.core, records.map(inputOf), ROUNDS, (done) =>
        progress.update(records.length + done, total, 'timing'),
      )
    : [];
  progress.end();
  return traces.map((each, i) => (timed ? { ...each, microseconds: times[i] } : each));
}

/** The model with the operating point in the place of the one of its name, or added. */
function withPoint(parts: ModelParts, { point }: TargetResult, texts: LabelledTexts, options: Options) {
  const replaced = parts.policies.some(({ name }) => name === point.name);
  const others = parts.policies.filter(({ name }) => name !== point.name);
  const policies: OperatingPoint[] = options.first
    ? [point, ...others]
    : replaced
      ? parts.policies.map((each) => (each.name === point.name ? point : each))
      : [...parts.policies, point];
  const entry = {
    policy: point.name,
    score: point.score,
    meanOperations: point.meanOperations,
    texts: texts.records.length,
    target: targetOf(options),
  };
  const before = Array.isArray(parts.card.calibration) ? parts.card.calibration : [];
  const calibration = [...before.filter(({ policy }) => policy !== point.name), entry];
  return { ...parts, policies, card: { ...parts.card, calibration } };
}

/** Runs the new file by its own policy: what is said of it is what the core does. */
async function checked(file: Uint8Array, { name, metric, records }: LabelledTexts, policy: string) {
  const model = await load(file);
  const evaluation = evaluate(model, { task: name, metric, labels: model.info.labels, records, policy });
  model.dispose();
  return evaluation;
}

function number(text: string, isSound: (value: number) => boolean, rule: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!isSound(value)) throw new InvalidArgumentError(`It must be ${rule}.`);
  return value;
}

/** Points of 100 as a fraction. */
function points(text: string): number {
  return number(text, (value) => value >= 0 && value <= 100, 'a number from 0 to 100') / 100;
}

function share(text: string): number {
  return number(text, (value) => value > 0 && value <= 1, 'a number above 0, at most 1');
}

function microseconds(text: string): number {
  return number(text, (value) => value > 0 && Number.isFinite(value), 'a number above 0');
}
