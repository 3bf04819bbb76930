/**
 * A whole training run in one folder: vocabulary, stages, signing of the embedding, calibration,
 * packing. It can be stopped at any step and goes on from its last checkpoint.
 *
 *   warm start   weakly labelled texts, where there are any   rows e wide, float
 *   task         the training split                            rows e wide, float
 *   settle       the training split, embedding held            rows d wide, signed
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SPECIAL_TOKENS } from '../assembly/format.ts';
import { readVocabulary, writeVocabulary } from '../host/model-file/index.ts';
import { loadTokenizer } from '../host/node/index.ts';
import type { Backend } from './backend/index.ts';
import {
  CHECKPOINT_FILE,
  CheckpointError,
  MODEL_FILE,
  type Progress,
  readCheckpoint,
  VOCABULARY_FILE,
  writeAtomically,
  writeCheckpoint,
} from './checkpoint.ts';
import { DataError, type Dataset, type TextRecord } from './data/record.ts';
import type { WordVectors } from './data/vectors.ts';
import { encode } from './encode.ts';
import { scaleExits } from './exit-scaling.ts';
import { guardRun } from './guard.ts';
import { holdOutCalibration } from './hold-out.ts';
import type { Start, StartTarget } from './init/index.ts';
import { type InitialRows, rowsAlike, rowsFromVectors } from './initial-rows.ts';
import { createModel, type Model } from './model.ts';
import { checkpointOf, valuesOf } from './model-checkpoint.ts';
import { withPackedEmbedding } from './pack.ts';
import { calibrateRun, NORMALIZER, packRun } from './pack-run.ts';
import { measureExits } from './report/exits.ts';
import { writeReport } from './report/report.ts';
import { digestOf, modelConfig, type RunFile, readRunFile, writeRunFile } from './run-file.ts';
import { checkSettings, isFloat, type Recipe, type Shape } from './settings.ts';
import { isAveraged, planStages } from './stages.ts';
import { stageSteps, trainStage } from './train-stage.ts';
import { learnVocabulary, loadSplitter } from './vocabulary/index.ts';
import { type RunHooks, watch } from './watch.ts';
import { WeightAverage } from './weight-average.ts';

export type { RunHooks } from './watch.ts';

/** Records that a run learns from; the development split is not among them. */
export interface TrainingData {
  dataset: Pick<Dataset, 'name' | 'labels' | 'pair' | 'metric' | 'train'>;
  /** Held out already; otherwise a part of the training split is. */
  calibration?: TextRecord[];
  /** Weakly labelled texts with the same labels, for a first pass. */
  warmStart?: TextRecord[];
  /** For the embedding's first rows; read only when a run starts. */
  vectors?: () => Promise<WordVectors>;
  /** Vocabulary and first weights in place of learned and random ones; read only when a run starts. */
  init?: (target: StartTarget) => Promise<Start>;
  /** How the data was found, to be found again at a resume. */
  source?: unknown;
}

export interface RunEvents extends RunHooks {
  backend: Backend;
  /** Goes on from the folder's checkpoint. */
  resume?: boolean;
}

export interface RunResult {
  /** False when the signal stopped it: the checkpoint can be resumed. */
  finished: boolean;
  run: RunFile;
  /** The packed model's file; undefined for a twin, a teacher and an unfinished run. */
  modelFile?: string;
}

export async function train(
  folder: string,
  data: TrainingData,
  shape: Shape,
  recipe: Recipe,
  events: RunEvents,
): Promise<RunResult> {
  checkSettings(shape, recipe);
  return guardRun(folder, () => trainGuarded(folder, data, shape, recipe, events));
}

async function trainGuarded(
  folder: string,
  data: TrainingData,
  shape: Shape,
  recipe: Recipe,
  events: RunEvents,
): Promise<RunResult> {
  const started = existsSync(join(folder, CHECKPOINT_FILE));
  if (started && !events.resume) {
    throw new CheckpointError(
      `${folder}: holds a run already; go on with --resume, or name another folder with --out`,
    );
  }
  const warmStart = data.warmStart ?? [];
  const split = data.calibration
    ? { train: data.dataset.train, calibration: data.calibration }
    : holdOutCalibration(data.dataset.train);
  checkWarmStart(warmStart, data.dataset.labels);
  const digest = digestOf(split.train, split.calibration, warmStart);

  const resumed = started ? readCheckpoint(folder) : undefined;
  const learned = [...split.train, ...warmStart];
  const start = resumed ? undefined : await findStart(data, shape, recipe, learned, events);
  const pieces = resumed
    ? readVocabulary(readFileSync(join(folder, VOCABULARY_FILE))).pieces
    : await makeVocabulary(folder, learned, shape, recipe, data.dataset.pair, events, start);
  const initial = resumed || start ? undefined : await firstRows(pieces, data, shape, recipe);
  const run = resumed ? readRunFile(folder) : startRun();
  if (run.digest !== digest) {
    throw new DataError(
      `${folder}: the data differ from those that this run began with; start anew with another --out`,
    );
  }

  function startRun(): RunFile {
    const begun: RunFile = {
      backend: events.backend.name,
      name: data.dataset.name,
      labels: data.dataset.labels,
      pair: data.dataset.pair,
      metric: data.dataset.metric,
      shape,
      recipe,
      vocabulary: pieces.length + SPECIAL_TOKENS,
      rowWidth: start?.rowWidth ?? initial?.width ?? shape.hidden,
      counts: {
        train: split.train.length,
        calibration: split.calibration.length,
        warmStart: warmStart.length,
      },
      digest,
      source: data.source,
      ...(start ? { init: start.record } : {}),
    };
    writeRunFile(folder, begun);
    return begun;
  }

  events.onPhase?.('reading texts as tokens');
  const tokenizer = await loadTokenizer(readFileSync(join(folder, VOCABULARY_FILE)));
  const examples = encode(tokenizer, split.train, run.labels);
  const calibration = encode(tokenizer, split.calibration, run.labels);
  const stages = planStages(recipe, examples, encode(tokenizer, warmStart, run.labels));
  tokenizer.dispose();
  const signedFrom = stages.length - (recipe.settleEpochs > 0 ? 1 : 0);

  const progress: Progress = resumed?.progress ?? { stage: 0, step: 0, finished: false };
  const isSigned = (stage: number): boolean => !isFloat(recipe) && stage >= signedFrom;
  const modelOf = (stage: number): Model =>
    createModel(events.backend, modelConfig(run, isSigned(stage), stages[stage]?.dropout ?? 0), recipe.seed);
  let model = modelOf(progress.stage);
  if (initial) model.import({ 'embedding.rows': initial.rows });
  if (start) model.import(start.values);
  if (resumed) {
    model.import(valuesOf(resumed.weights));
    if (!progress.finished) model.importOptimizer(valuesOf(resumed.moments), resumed.optimizerStep);
  }
  let average = resumed
    ? new WeightAverage(resumed.averaged, valuesOf(resumed.averages))
    : new WeightAverage();
  const save = (): void => writeCheckpoint(folder, checkpointOf(model, progress, average));

  const totals = stages.map((stage) => stageSteps(stage, recipe.batchSize));
  const total = totals.reduce((sum, steps) => sum + steps, 0);
  while (!progress.finished) {
    const stage = stages[progress.stage];
    const before = totals.slice(0, progress.stage).reduce((sum, steps) => sum + steps, 0);
    const watcher = watch(model, calibration, run, folder, events, save, progress, before, total);
    events.onPhase?.(stage.name);
    const ended = await trainStage(model, stage, recipe, progress.step, {
      signal: events.signal,
      onStep(report) {
        if (isAveraged(stage, report, recipe)) average.add(model.export());
        watcher(report);
      },
    });
    if (!ended) {
      save();
      model.dispose();
      return { finished: false, run };
    }
    if (average.count > 0) {
      model.import(average.means);
      average = new WeightAverage();
    }
    progress.stage++;
    progress.step = 0;
    const turnsSigned = progress.stage === signedFrom && !isFloat(recipe);
    model = handOver(model, modelOf(progress.stage), turnsSigned ? run : undefined);
    progress.finished = progress.stage === stages.length;
    if (progress.finished && recipe.exitScaling) scaleExits(model, calibration, recipe.classWeights);
    save();
  }
  model.dispose();
  if (isFloat(recipe)) {
    await writeReport(folder);
    return { finished: true, run };
  }

  events.onPhase?.('calibrating thresholds');
  await calibrateRun(folder, split.calibration);
  const modelFile = join(folder, MODEL_FILE);
  writeAtomically(modelFile, packRun(folder));
  await measureExits(folder, split.calibration);
  await writeReport(folder);
  return { finished: true, run, modelFile };
}

function checkWarmStart(records: readonly TextRecord[], labels: readonly string[]): void {
  const other = records.find(({ label }) => !labels.includes(label));
  if (!other) return;
  throw new DataError(
    `the warm start's label "${other.label}" is none of the task's (${labels.join(', ')}); give texts with those labels`,
  );
}

/** What the data say to start from, where they do. */
async function findStart(
  { dataset, init }: TrainingData,
  shape: Shape,
  recipe: Recipe,
  records: readonly TextRecord[],
  { onPhase }: RunEvents,
): Promise<Start | undefined> {
  if (!init) return undefined;
  onPhase?.('reading the starting point');
  const { labels, pair } = dataset;
  const start = await init({ shape, recipe, labels, pair, texts: () => textsOf(records) });
  const { taken, left } = start.record;
  onPhase?.(`starting from its ${taken.join(', ')}${left.length > 0 ? `; not its ${left.join(', ')}` : ''}`);
  return start;
}

async function makeVocabulary(
  folder: string,
  records: readonly TextRecord[],
  shape: Shape,
  recipe: Recipe,
  pair: boolean,
  events: RunEvents,
  start: Start | undefined,
): Promise<string[]> {
  const learn = async (): Promise<string[]> => {
    events.onPhase?.('learning the vocabulary');
    const split = await loadSplitter(NORMALIZER);
    return learnVocabulary(textsOf(records), { split, size: recipe.vocabularySize });
  };
  const { pieces, normalizer } = start ?? { pieces: await learn(), normalizer: NORMALIZER };
  mkdirSync(folder, { recursive: true });
  writeAtomically(
    join(folder, VOCABULARY_FILE),
    writeVocabulary({ normalizer, pieces, tokens: shape.tokens, segments: pair ? 2 : 1 }),
  );
  return pieces;
}

function textsOf(records: readonly TextRecord[]): string[] {
  return records.flatMap(({ text, pair }) => (pair === undefined ? [text] : [text, pair]));
}

async function firstRows(
  pieces: readonly string[],
  data: TrainingData,
  shape: Shape,
  { seed, rowNoise }: Recipe,
): Promise<InitialRows> {
  if (!data.vectors) return rowsAlike(pieces, shape.hidden, seed, rowNoise);
  return rowsFromVectors(pieces, await data.vectors(), seed, rowNoise);
}

/**
 * From one stage's model to the next one's. With `run`, the embedding becomes what the file will hold,
 * and the optimizer starts anew, as its moments are those of other rows.
 */
function handOver(from: Model, to: Model, run: RunFile | undefined): Model {
  if (run) to.import(withPackedEmbedding(from.export(), run.shape));
  else {
    to.import(from.export());
    to.importOptimizer(from.exportOptimizer(), from.steps);
  }
  from.dispose();
  return to;
}
