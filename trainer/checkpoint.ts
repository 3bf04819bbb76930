/**
 * A training run on disk: one folder with `run.json` (settings), `vocabulary.beex` and
 * `checkpoint.safetensors` (weights, optimizer state, where in the run they stand).
 * Written beside the old file and renamed over it, so that a crash leaves the old or the new, never half. The
 * checkpoint before the last is kept until the run has ended: should the last be damaged, there is that one.
 */
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from '../host/model-file/crc32.ts';
import { decodeTensors, encodeTensors, type TensorEntry, TensorFileError } from './safetensors.ts';

export const CHECKPOINT_FILE = 'checkpoint.safetensors';
/** The checkpoint before the last. */
export const PREVIOUS_FILE = 'checkpoint.previous.safetensors';
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

/** The weights, or the loss, ran away or became no numbers. */
export class DivergedError extends Error {
  override name = 'DivergedError';
}

/** What a file is called while it is being written; a run that was killed may leave one behind. */
export const UNFINISHED = /\.\d+\.tmp$/;

/** @throws CheckpointError naming the file; what was there before is kept */
export function writeAtomically(path: string, bytes: Uint8Array | string, beforeRename?: () => void): void {
  const beside = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(beside, 'w');
    try {
      const data = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
      for (let done = 0; done < data.length; ) done += writeSync(file, data, done);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    beforeRename?.();
    renameSync(beside, path);
    syncFolder(dirname(path));
  } catch (error) {
    rmSync(beside, { force: true });
    throw writeError(path, error);
  }
}

/** Names what hinders writing, in words. */
export function writeError(path: string, error: unknown): CheckpointError {
  const { code, message } = error as NodeJS.ErrnoException;
  const why: Record<string, string> = {
    ENOSPC: 'the disk is full',
    EDQUOT: 'the disk quota is used up',
    EACCES: 'it may not be written to',
    EPERM: 'it may not be written to',
    EROFS: 'it is on a read-only disk',
  };
  const reason = why[code ?? ''] ?? message;
  return new CheckpointError(
    `${path}: ${reason}; what was there before is kept. Mend that, then go on with --resume`,
    { cause: error },
  );
}

/** So that the new name, too, outlives a power cut; where folders can't be opened, it has to do without. */
function syncFolder(folder: string): void {
  let handle: number;
  try {
    handle = openSync(folder, 'r');
  } catch {
    return;
  }
  try {
    fsyncSync(handle);
  } catch {
    // Some file systems refuse it.
  } finally {
    closeSync(handle);
  }
}

/** Trained weights are small numbers; beyond this, what comes next is no number any more. */
const WEIGHT_MOST = 1e6;

/** @throws DivergedError rather than write weights that ran away, CheckpointError */
export function writeCheckpoint(folder: string, checkpoint: Checkpoint): void {
  for (const [name, { values }] of checkpoint.weights) {
    const far = values.find((value) => !(Math.abs(value) < WEIGHT_MOST));
    if (far !== undefined) throw new DivergedError(`the weights ${name} became ${far}`);
  }
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
    headerChecksum: '',
  };
  metadata.headerChecksum = String(headerChecksum(tensors, metadata));
  const path = join(folder, CHECKPOINT_FILE);
  const previous = join(folder, PREVIOUS_FILE);
  writeAtomically(path, encodeTensors({ tensors, metadata }), () => keepAs(path, previous));
  if (checkpoint.progress.finished) rmSync(previous, { force: true });
}

/** A second name for what is there, so that at no moment there is nothing under the first. */
function keepAs(path: string, other: string): void {
  if (!existsSync(path)) return;
  rmSync(other, { force: true });
  try {
    linkSync(path, other);
  } catch {
    copyFileSync(path, other);
  }
}

/** @throws CheckpointError naming the file when it is missing or damaged, and what can be done. */
export function readCheckpoint(folder: string): Checkpoint {
  const path = join(folder, CHECKPOINT_FILE);
  try {
    return decodeCheckpoint(readBytes(path));
  } catch (error) {
    if (error instanceof CheckpointError) throw error;
    const what = error instanceof TensorFileError ? error.message : 'its header makes no sense';
    throw new CheckpointError(`${path}: damaged, ${what}; ${remedy(folder)}`, { cause: error });
  }
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new NoRunError(`${path}: cannot be read (${code}); is this a run's folder?`);
  }
}

function remedy(folder: string): string {
  const previous = join(folder, PREVIOUS_FILE);
  try {
    const { stage, step } = decodeCheckpoint(readFileSync(previous)).progress;
    return `${previous} is sound and stands at step ${step} of stage ${stage + 1}: rename it to ${CHECKPOINT_FILE}, and go on`;
  } catch {
    return 'start the run again in another folder';
  }
}

/** @throws TensorFileError and whatever a damaged header leads to */
function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const { tensors, metadata } = decodeTensors(bytes);
  if (metadata['format'] !== 'beexformer-checkpoint-1')
    throw new TensorFileError('it is not a checkpoint of this trainer');
  if (metadata['checksum'] !== String(checksum(tensors))) throw new TensorFileError('its checksum differs');
  // Checkpoints of earlier versions have none.
  const header = metadata['headerChecksum'];
  if (header !== undefined && header !== String(headerChecksum(tensors, metadata)))
    throw new TensorFileError("its header's checksum differs");
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
}

/** Of what the other one leaves out: names, shapes, and where in the run this is. */
function headerChecksum(tensors: Map<string, TensorEntry>, metadata: Record<string, string>): number {
  const { progress, optimizerStep, averaged } = metadata;
  const shapes = [...tensors].map(([name, { shape }]) => [name, shape]);
  return crc32(new TextEncoder().encode(JSON.stringify([progress, optimizerStep, averaged, shapes])));
}

function checksum(tensors: Map<string, TensorEntry>): number {
  let sum = 0;
  for (const { values } of tensors.values()) {
    sum =
      (Math.imul(sum, 31) + crc32(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))) >>> 0;
  }
  return sum;
}
