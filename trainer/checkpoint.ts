/**
 * A training run on disk: one folder with `run.json` (settings), `vocabulary.beex` and
 * `checkpoint.safetensors` (weights, optimizer state, where in the run they stand).
 * Written beside the old file and renamed over it, so that a crash leaves the old or the new, never half.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from '../host/model-file/crc32.ts';
import { decodeTensors, encodeTensors, type TensorEntry, TensorFileError } from './safetensors.ts';

export const CHECKPOINT_FILE = 'checkpoint.safetensors';
export const RUN_FILE = 'run.json';
export const VOCABULARY_FILE = 'vocabulary.beex';
export const MODEL_FILE = 'model.beex';

/** Where in a run a checkpoint was taken: everything before it need not be done again. */
export interface Progress {
  /** Which stage of the run, in order. */
  stage: number;
  /** Steps done in that stage. */
  step: number;
  /** Whether the run has come to its end. */
  finished: boolean;
}

export interface Checkpoint {
  progress: Progress;
  /** Optimizer's own step count (bias correction). */
  optimizerStep: number;
  weights: Map<string, TensorEntry>;
  /** First and second moments, 'm/NAME' and 'v/NAME'. Empty once finished. */
  moments: Map<string, TensorEntry>;
  /** Mean of the stage's last weights, and of how many samples; see weight-average.ts. */
  averages: Map<string, TensorEntry>;
  averaged: number;
}

/** Says which file can't be used and what to do about it. */
export class CheckpointError extends Error {
  override name = 'CheckpointError';
}

/** The folder named holds no run. */
export class NoRunError extends CheckpointError {
  override name = 'NoRunError';
}

export function writeAtomically(path: string, bytes: Uint8Array | string): void {
  const beside = `${path}.${process.pid}.tmp`;
  const file = openSync(beside, 'w');
  try {
    const data = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
    for (let done = 0; done < data.length; ) done += writeSync(file, data, done);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
}

export function writeCheckpoint(folder: string, checkpoint: Checkpoint): void {
  mkdirSync(folder, { recursive: true });
  const tensors = new Map<string, TensorEntry>();
  for (const [name, entry] of checkpoint.weights) tensors.set(`weights/${name}`, entry);
  for (const [name, entry] of checkpoint.moments) tensors.set(`moments/${name}`, entry);
  for (const [name, entry] of checkpoint.averages) tensors.set(`averages/${name}`, entry);
  const metadata = {
    format: 'beexformer-checkpoint-1',
    progress: JSON.stringify(checkpoint.progress),
    optimizerStep: String(checkpoint.optimizerStep),
    averaged: String(checkpoint.averaged),
    checksum: String(checksum(tensors)),
  };
  writeAtomically(join(folder, CHECKPOINT_FILE), encodeTensors({ tensors, metadata }));
}

/** @throws CheckpointError naming the file when it is missing or damaged. */
export function readCheckpoint(folder: string): Checkpoint {
  const path = join(folder, CHECKPOINT_FILE);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new NoRunError(
      `${path}: cannot be read (${(error as NodeJS.ErrnoException).code}); is this a run's folder?`,
    );
  }
  try {
    const { tensors, metadata } = decodeTensors(bytes);
    if (metadata['format'] !== 'beexformer-checkpoint-1')
      throw new TensorFileError('it is not a checkpoint of this trainer');
    if (metadata['checksum'] !== String(checksum(tensors))) throw new TensorFileError('its checksum differs');
    const part = (prefix: string): Map<string, TensorEntry> =>
      new Map(
        [...tensors]
          .filter(([name]) => name.startsWith(prefix))
          .map(([name, entry]) => [name.slice(prefix.length), entry]),
      );
    return {
      progress: JSON.parse(metadata['progress']) as Progress,
      optimizerStep: Number(metadata['optimizerStep']),
      weights: part('weights/'),
      moments: part('moments/'),
      averages: part('averages/'),
      averaged: Number(metadata['averaged'] ?? 0),
    };
  } catch (error) {
    if (!(error instanceof TensorFileError)) throw error;
    throw new CheckpointError(`${path}: damaged, ${error.message}; that run has to be begun anew`);
  }
}

function checksum(tensors: Map<string, TensorEntry>): number {
  let sum = 0;
  for (const { values } of tensors.values()) {
    sum =
      (Math.imul(sum, 31) + crc32(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))) >>> 0;
  }
  return sum;
}
