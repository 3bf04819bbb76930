/** A start from a packed model: a published file is enough to fine-tune it for a task of one's own. */
import { createHash } from 'node:crypto';
import { ModelFileError, readModel } from '../../host/model-file/index.ts';
import { modelBytes } from '../../host/node/models.ts';
import { DataError } from '../data/record.ts';
import type { Shape } from '../settings.ts';
import { unpackModel } from '../unpack.ts';
import type { Start, StartTarget } from './start.ts';
import { takeEncoder } from './take.ts';

/**
 * `source` is a path, or the name of one of the package's models.
 * @throws NoSuchModelError, DataError for a damaged file and for one of another shape
 */
export async function startFromModel(source: string, target: StartTarget): Promise<Start> {
  if (target.recipe.twin) {
    throw new DataError(`${source}: has one bit a weight; a float twin can't start from it`);
  }
  const bytes = await modelBytes(source);
  const parts = read(source, bytes);
  return takeEncoder(
    {
      path: source,
      kind: 'model file',
      digest: createHash('sha256').update(bytes).digest('hex'),
      shape: shapeOf(parts),
      labels: parts.labels,
      pieces: parts.pieces,
      normalizer: parts.normalizer,
      weights: unpackModel(parts),
    },
    target,
  );
}

/** The shape of the model in this file. @throws as startFromModel */
export async function modelShape(source: string): Promise<Shape> {
  return shapeOf(read(source, await modelBytes(source)));
}

function read(source: string, bytes: Uint8Array): ReturnType<typeof readModel> {
  try {
    return readModel(bytes);
  } catch (error) {
    throw error instanceof ModelFileError ? new DataError(`${source}: ${error.message}`) : error;
  }
}

function shapeOf({ dimensions }: ReturnType<typeof readModel>): Shape {
  const { hidden, slfn, blocks, heads, tokens, recurrence, binaryScores } = dimensions;
  return {
    ...{ hidden, slfn, blocks, heads, tokens },
    ...(recurrence ? { lightRecurrence: true } : {}),
    ...(binaryScores ? { binaryScores: true } : {}),
  };
}
