/** Takes from an encoder of ours what fits another run: all but exits of other labels. */
import { SPECIAL_TOKENS } from '../../assembly/format.ts';
import { DataError } from '../data/record.ts';
import { type ModelConfig, variableShapes } from '../layers/config.ts';
import type { Weights } from '../pack.ts';
import { createRandom } from '../random.ts';
import type { Shape } from '../settings.ts';
import type { Start, StartRecord, StartTarget } from './start.ts';

/** A trained encoder, whichever file it comes from. */
export interface Encoder {
  /** For messages. */
  path: string;
  kind: StartRecord['kind'];
  digest: string;
  shape: Shape;
  labels: readonly string[];
  pieces: string[];
  normalizer: number;
  weights: Weights;
}

/** Deviation of a position that the encoder never had; that of a fresh model's. */
const NEW_POSITION = 0.02;

/** @throws DataError naming the first field of the shape that does not fit */
export function takeEncoder(encoder: Encoder, target: StartTarget): Start {
  checkShape(encoder, target.shape);
  const { pieces, normalizer, weights, kind, digest } = encoder;
  const vocabulary = pieces.length + SPECIAL_TOKENS;
  const rowWidth = weights['embedding.rows'].length / vocabulary;
  const exitsAgree = encoder.labels.join('\n') === target.labels.join('\n');
  const values: Record<string, Float32Array> = {};
  for (const [name, { shape }] of variableShapes(configOf(target, vocabulary, rowWidth))) {
    const found = weights[name];
    if (!found || (name.startsWith('exit') && !exitsAgree)) continue;
    values[name] = found;
    if (name === 'embedding.position') values[name] = positions(found, target);
    if (name === 'embedding.segment') values[name] = repeated(found, shape[0] * shape[1]);
  }
  const record: StartRecord = {
    kind,
    digest,
    taken: ['vocabulary', 'embedding', `${target.shape.blocks} blocks`, ...(exitsAgree ? ['exits'] : [])],
    left: exitsAgree ? [] : [`exits, whose labels differ (${encoder.labels.join(', ')})`],
  };
  return { pieces, normalizer, rowWidth, values, record };
}

function checkShape({ path, shape }: Encoder, wanted: Shape): void {
  for (const field of ['hidden', 'slfn', 'heads'] as const) {
    if (shape[field] === wanted[field]) continue;
    throw new DataError(
      `${path}: its ${field} is ${shape[field]} and this run's ${wanted[field]}; give --${field} ${shape[field]}`,
    );
  }
  if (Boolean(shape.lightRecurrence) !== Boolean(wanted.lightRecurrence)) {
    const [has, remedy] = shape.lightRecurrence
      ? ['begin', 'give --light-recurrence']
      : ['do not begin', 'leave out --light-recurrence'];
    throw new DataError(`${path}: its blocks ${has} with a light recurrence; ${remedy}`);
  }
  if (Boolean(shape.binaryScores) !== Boolean(wanted.binaryScores)) {
    const [are, remedy] = shape.binaryScores
      ? ['are', 'give --binary-scores']
      : ['are not', 'leave out --binary-scores'];
    throw new DataError(`${path}: its scores ${are} binary; ${remedy}`);
  }
  if (wanted.blocks > shape.blocks) {
    throw new DataError(
      `${path}: its blocks are ${shape.blocks} and this run's ${wanted.blocks}; give --blocks ${shape.blocks} or fewer`,
    );
  }
}

function configOf({ shape, recipe, labels, pair }: StartTarget, vocabulary: number, rowWidth: number) {
  const config: ModelConfig = {
    ...shape,
    classes: labels.length,
    vocabulary,
    segments: pair ? 2 : 1,
    rowWidth,
    twin: recipe.twin,
    dropout: { embedding: 0, block: 0, exit: 0 },
  };
  return config;
}

/** Segments of tokens that both texts have start as the others do where the encoder did not tell them apart. */
function repeated(rows: Float32Array, length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => rows[i % rows.length]);
}

/** [n, d] the encoder's positions, cut or followed by fresh ones. */
function positions(known: Float32Array, { shape, recipe }: StartTarget): Float32Array {
  const random = createRandom(recipe.seed);
  return Float32Array.from(
    { length: shape.tokens * shape.hidden },
    (_, i) => known[i] ?? random.normal() * NEW_POSITION,
  );
}
