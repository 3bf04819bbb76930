/** From a run's folder to a model file. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Normalizer, PolicyKind } from '../assembly/format.ts';
import { readVocabulary, writeModel } from '../host/model-file/index.ts';
import type { OperatingPoint, VocabularyParts } from '../host/model-file/parts.ts';
import { load } from '../host/node/index.ts';
import { type CalibratedPoint, calibrate } from './calibrate.ts';
import { CheckpointError, readCheckpoint, VOCABULARY_FILE, writeAtomically } from './checkpoint.ts';
import { score } from './data/metrics.ts';
import type { TextRecord } from './data/record.ts';
import { trace } from './evaluate.ts';
import { packBlock, packEmbedding, packExit, type Weights } from './pack.ts';
import { type RunFile, readRunFile } from './run-file.ts';
import { isFloat, type Recipe } from './settings.ts';

export const CALIBRATION_FILE = 'calibration.json';
/** Of vocabularies that are learned here. */
export const NORMALIZER = Normalizer.Lowercase | Normalizer.StripAccents;

/** Used until thresholds are calibrated: every block runs. */
function uncalibrated(blocks: number): OperatingPoint[] {
  return [{ name: 'full', kind: PolicyKind.Full, parameter: 0, thresholds: new Float32Array(blocks) }];
}

/** Packs weights as they are; rows of `rare` tokens come behind exit 1. */
export function packModel(
  run: RunFile,
  weights: Weights,
  { pieces, normalizer }: Pick<VocabularyParts, 'pieces' | 'normalizer'>,
  points?: CalibratedPoint[],
  rare?: Uint32Array,
): Uint8Array {
  const { shape } = run;
  return writeModel({
    dimensions: {
      hidden: shape.hidden,
      slfn: shape.slfn,
      blocks: shape.blocks,
      heads: shape.heads,
      tokens: shape.tokens,
      classes: run.labels.length,
      vocabulary: run.vocabulary,
      segments: run.pair ? 2 : 1,
      ...(shape.lightRecurrence ? { recurrence: 1 } : {}),
      ...(shape.binaryScores ? { binaryScores: 1 } : {}),
    },
    normalizer,
    policies: points ?? uncalibrated(shape.blocks),
    labels: run.labels,
    pieces,
    rareTokens: rare,
    embedding: packEmbedding(weights, shape),
    blocks: Array.from({ length: shape.blocks }, (_, i) => packBlock(weights, i, shape)),
    exits: Array.from({ length: shape.blocks }, (_, i) => packExit(weights, i)),
    card: {
      task: run.name,
      metric: run.metric,
      records: run.counts,
      recipe: recorded(run.recipe),
      ...(run.init ? { init: run.init } : {}),
      ...(points
        ? {
            calibration: points.map(({ name, score: reached, meanOperations }) => ({
              policy: name,
              score: reached,
              meanOperations,
            })),
          }
        : {}),
    },
  });
}

/**
 * Of a recipe what a file says: not that it is no teacher's, which no file is, nor what came later and was not used, so
 * that runs without it give the bytes that they gave before there was such a setting.
 */
function recorded({ recurrent: _, reviewWeight, exitScaling, ...recipe }: Recipe): Partial<Recipe> {
  return {
    ...recipe,
    ...(reviewWeight === 1 ? {} : { reviewWeight }),
    ...(exitScaling ? { exitScaling } : {}),
  };
}

/**
 * Packs the last checkpoint of a run, with the thresholds that were calibrated at its end. Rows of `rare`
 * tokens come behind exit 1.
 * @throws CheckpointError for a folder that holds no run, a float twin's or a teacher's
 */
export function packRun(folder: string, rare?: Uint32Array): Uint8Array {
  const run = readRunFile(folder);
  if (isFloat(run.recipe)) {
    const [what, option] = run.recipe.twin
      ? ['a float32 twin', '--twin']
      : ['a recurrent teacher', '--recurrent'];
    throw new CheckpointError(`${folder}: holds ${what}, which has no one-bit form; train without ${option}`);
  }
  const { weights } = readCheckpoint(folder);
  const vocabulary = readVocabulary(readFileSync(join(folder, VOCABULARY_FILE)));
  const values = Object.fromEntries([...weights].map(([name, entry]) => [name, entry.values]));
  return packModel(run, values, vocabulary, readCalibration(folder), rare);
}

/** Runs the packed model over the calibration part, chooses thresholds and keeps them in the folder. */
export async function calibrateRun(
  folder: string,
  records: readonly TextRecord[],
): Promise<CalibratedPoint[]> {
  const run = readRunFile(folder);
  const model = await load(packRun(folder));
  const traces = trace(model, records, run.labels);
  model.dispose();
  const points = calibrate(
    traces,
    run.labels.length,
    (predicted, expected) => score(run.metric, predicted, expected).score,
  );
  const plain = points.map((point) => ({ ...point, thresholds: [...point.thresholds] }));
  writeAtomically(join(folder, CALIBRATION_FILE), `${JSON.stringify(plain, null, 2)}\n`);
  return points;
}

function readCalibration(folder: string): CalibratedPoint[] | undefined {
  const path = join(folder, CALIBRATION_FILE);
  if (!existsSync(path)) return undefined;
  const points = JSON.parse(readFileSync(path, 'utf8')) as (Omit<CalibratedPoint, 'thresholds'> & {
    thresholds: number[];
  })[];
  return points.map((point) => ({ ...point, thresholds: Float32Array.from(point.thresholds) }));
}
