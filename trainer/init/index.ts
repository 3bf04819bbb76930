/**
 * Starting points: `beex train --init PATH`.
 *
 *   from-run.ts       a run's folder                        take.ts        what fits of an encoder of ours
 *   from-model.ts     a model file                          ../unpack.ts   from its bits to latent weights
 *   from-encoder.ts   a published encoder of BERT's family  wordpieces.ts  its vocabulary, as ours
 *                                                           projection.ts  its rows, d wide
 */
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CHECKPOINT_FILE, RUN_FILE } from '../checkpoint.ts';
import { DataError } from '../data/record.ts';
import { readRunFile } from '../run-file.ts';
import type { Shape } from '../settings.ts';
import { startFromEncoder } from './from-encoder.ts';
import { modelShape, startFromModel } from './from-model.ts';
import { startFromRun } from './from-run.ts';
import type { Start, StartTarget } from './start.ts';

export type { Start, StartRecord, StartTarget } from './start.ts';

/** How model hubs name the file in an encoder's folder. */
const PUBLISHED_FILE = 'model.safetensors';

/** Reads the starting point at `path`. @throws DataError, NoSuchModelError, CheckpointError */
export async function loadStart(path: string, target: StartTarget): Promise<Start> {
  const folder = runFolder(path);
  if (folder !== undefined) return startFromRun(folder, target);
  if (path.endsWith('.safetensors')) return startFromEncoder(path, target);
  if (!isFolder(path)) return startFromModel(path, target);
  const encoder = join(path, PUBLISHED_FILE);
  if (existsSync(encoder)) return startFromEncoder(encoder, target);
  throw new DataError(`${path}: this folder holds neither a run nor a published encoder's ${PUBLISHED_FILE}`);
}

/** The shape that a run from here has unless told otherwise; undefined for encoders that are not ours. */
export async function startShape(path: string): Promise<Shape | undefined> {
  const folder = runFolder(path);
  if (folder !== undefined) return readRunFile(folder).shape;
  return path.endsWith('.safetensors') || isFolder(path) ? undefined : modelShape(path);
}

/** The folder of the run that is meant, by itself or by its checkpoint. */
function runFolder(path: string): string | undefined {
  const folder = isFolder(path) ? path : basename(path) === CHECKPOINT_FILE ? dirname(path) : undefined;
  return folder !== undefined && existsSync(join(folder, RUN_FILE)) ? folder : undefined;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
