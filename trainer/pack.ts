/**
 * From latent weights to a model file's parts: signs become bits, scales and biases fold into one
 * affine map of the mismatch count, and everything between two binarized layers into one limit a row.
 */
import { FORGET_CENTRE, FORGET_SLOPE, RowKind } from '../assembly/format.ts';
import { floatFromHalf, halfFromFloat } from '../host/model-file/half.ts';
import type {
  BinaryLinear,
  BlockParts,
  EmbeddingParts,
  ExitParts,
  Int8Rows,
  Norm,
  RecurrenceParts,
} from '../host/model-file/parts.ts';
import type { Shape } from './settings.ts';

/** A model's variables by name, as `Model.export` gives them. */
export type Weights = Readonly<Record<string, Float32Array>>;

/** @throws Error naming the tensor: weights of another shape or of a twin can't be packed. */
function values(weights: Weights, name: string): Float32Array {
  const found = weights[name];
  if (!found) throw new Error(`the checkpoint has no tensor ${name}`);
  return found;
}

/** [J, K] latent weights to rows of bits; 1 where w >= 0. `flip[j]` negates row j. */
export function packSigns(
  latent: Float32Array,
  rows: number,
  columns: number,
  flip?: Uint8Array,
): Uint8Array {
  const bits = new Uint8Array((rows * columns) / 8);
  for (let i = 0; i < rows * columns; i++) {
    const positive = latent[i] >= 0 ? 1 : 0;
    const bit = positive ^ (flip ? flip[Math.floor(i / columns)] : 0);
    bits[i >> 3] |= bit << (i & 7);
  }
  return bits;
}

interface LatentLinear {
  rows: number;
  columns: number;
  latent: Float32Array;
  bias: Float32Array;
  /** alpha_j = g_j * mean |W_j| */
  alpha: Float64Array;
}

function latentLinear(weights: Weights, name: string, columns: number): LatentLinear {
  const latent = values(weights, `${name}.weight`);
  const gain = values(weights, `${name}.gain`);
  const rows = gain.length;
  const alpha = new Float64Array(rows);
  for (let j = 0; j < rows; j++) {
    let sum = 0;
    for (let k = 0; k < columns; k++) sum += Math.abs(latent[j * columns + k]);
    alpha[j] = (gain[j] * sum) / columns;
  }
  return { rows, columns, latent, bias: values(weights, `${name}.bias`), alpha };
}

/** Inputs in {-1,+1}: alpha (K - 2 mis) + b. */
function packSigned(layer: LatentLinear): BinaryLinear {
  const { rows, columns, latent, bias, alpha } = layer;
  return {
    bits: packSigns(latent, rows, columns),
    scale: Float32Array.from(alpha, (a) => -2 * a),
    offset: Float32Array.from(alpha, (a, j) => bias[j] + a * columns),
  };
}

/** Inputs in {0,1}: alpha (popcount(row) - mis) + b. */
function packGate(layer: LatentLinear): BinaryLinear {
  const { rows, columns, latent, bias, alpha } = layer;
  return {
    bits: packSigns(latent, rows, columns),
    scale: Float32Array.from(alpha, (a) => -a),
    offset: Float32Array.from(alpha, (a, j) => {
      let ones = 0;
      for (let k = 0; k < columns; k++) if (latent[j * columns + k] >= 0) ones++;
      return bias[j] + a * ones;
    }),
  };
}

/**
 * The hidden layer's only use is the sign of alpha (K - 2 mis) + b. For alpha > 0 that is
 * mis <= (K + b/alpha) / 2; a row with alpha < 0 is negated first, which turns mis into K - mis.
 */
function packHidden(layer: LatentLinear): { bits: Uint8Array; limit: Int16Array } {
  const { rows, columns, latent, bias, alpha } = layer;
  const flip = Uint8Array.from(alpha, (a) => (a < 0 ? 1 : 0));
  const limit = Int16Array.from(alpha, (a, j) => {
    if (a === 0) return bias[j] >= 0 ? columns : -1;
    return Math.max(-1, Math.min(columns, Math.floor((columns + bias[j] / Math.abs(a)) / 2)));
  });
  return { bits: packSigns(latent, rows, columns, flip), limit };
}

/** Rows of qkv stand as q (all heads), k, v; in the file's order: per head its q (part 0), k and v. */
export function qkvOrder({ hidden, heads }: Pick<Shape, 'hidden' | 'heads'>) {
  const width = hidden / heads;
  return Array.from({ length: 3 * hidden }, (_, to) => {
    const head = Math.floor(to / (3 * width));
    const part = Math.floor(to / width) % 3;
    return { to, from: part * hidden + head * width + (to % width), part, head };
  });
}

/** In the file's order; scales q by 1/sqrt(e). */
function packQkv(layer: LatentLinear, shape: Shape): BinaryLinear {
  const plain = packSigned(layer);
  const rowBytes = shape.hidden / 8;
  const out: BinaryLinear = {
    bits: new Uint8Array(plain.bits.length),
    scale: new Float32Array(layer.rows),
    offset: new Float32Array(layer.rows),
  };
  for (const { to, from, part } of qkvOrder(shape)) {
    const factor = part === 0 ? 1 / Math.sqrt(shape.hidden / shape.heads) : 1;
    out.bits.set(plain.bits.subarray(from * rowBytes, (from + 1) * rowBytes), to * rowBytes);
    out.scale[to] = plain.scale[from] * factor;
    out.offset[to] = plain.offset[from] * factor;
  }
  return out;
}

/**
 * The same for binary scores s_h (sign(q) . sign(k)) / sqrt(e): of q and k the limits of their signs, of s_h the
 * power of two that one bit stands for. Where s_h is negative, the signs of q are turned instead: no mis <= limit
 * is K - mis <= K - limit - 1.
 */
function packSignScores(
  layer: LatentLinear,
  s: Float32Array,
  shape: Shape,
): Pick<BlockParts, 'qkv' | 'scores'> {
  const { hidden, heads } = shape;
  const signs = packHidden(layer);
  const plain = packSigned(layer);
  const rowBytes = hidden / 8;
  const bits = new Uint8Array(plain.bits.length);
  const limit: number[] = [];
  const valueRows: number[] = [];
  for (const { to, from, part, head } of qkvOrder(shape)) {
    const isTurned = part === 0 && s[head] < 0;
    const row = (part < 2 ? signs : plain).bits.subarray(from * rowBytes, (from + 1) * rowBytes);
    bits.set(isTurned ? row.map((byte) => ~byte) : row, to * rowBytes);
    if (part === 2) valueRows.push(from);
    else limit.push(isTurned ? hidden - 1 - signs.limit[from] : signs.limit[from]);
  }
  return {
    qkv: {
      bits,
      scale: Float32Array.from(valueRows, (from) => plain.scale[from]),
      offset: Float32Array.from(valueRows, (from) => plain.offset[from]),
    },
    scores: {
      limit: Int16Array.from(limit),
      step: s.map((scale) => Math.abs(scale) * scoreStep(hidden / heads)),
    },
  };
}

/** The binary logarithm of e to what one bit of a score stands for, in a head of this width whose scale is 1. */
export function scoreStep(headWidth: number): number {
  return (2 / Math.sqrt(headWidth)) * Math.LOG2E;
}

function norm(weights: Weights, name: string): Norm {
  return { gamma: values(weights, `${name}.gamma`).slice(), beta: values(weights, `${name}.beta`).slice() };
}

/** The hard sigmoid's line, y / 4 + 1/2, goes into the forget gate's rows; what is left of it is a clamp. */
function packRecurrence(weights: Weights, name: string, { hidden }: Shape): RecurrenceParts {
  const gates = packSigned(latentLinear(weights, name, hidden));
  for (let j = 0; j < hidden; j++) {
    gates.scale[j] *= FORGET_SLOPE;
    gates.offset[j] = gates.offset[j] * FORGET_SLOPE + FORGET_CENTRE;
  }
  return {
    threshold: values(weights, `${name}.threshold`).slice(),
    gates,
    norm: norm(weights, `${name}Norm`),
  };
}

export function packBlock(weights: Weights, index: number, shape: Shape): BlockParts {
  const of = (name: string): string => `block${index}.${name}`;
  const hidden = packHidden(latentLinear(weights, of('hidden'), shape.hidden));
  const qkv = latentLinear(weights, of('qkv'), shape.hidden);
  return {
    ...(shape.lightRecurrence ? { recurrence: packRecurrence(weights, of('recurrence'), shape) } : {}),
    attentionThreshold: values(weights, of('attention.threshold')).slice(),
    ...(shape.binaryScores
      ? packSignScores(qkv, values(weights, of('scores.scale')), shape)
      : { qkv: packQkv(qkv, shape) }),
    contextThreshold: values(weights, of('context.threshold')).slice(),
    output: packSigned(latentLinear(weights, of('output'), shape.hidden)),
    attentionNorm: norm(weights, of('attentionNorm')),
    slfnThreshold: values(weights, of('slfn.threshold')).slice(),
    hiddenBits: hidden.bits,
    hiddenLimit: hidden.limit,
    gate: packGate(latentLinear(weights, of('gate'), shape.slfn)),
    value: packSigned(latentLinear(weights, of('value'), shape.slfn)),
    slfnNorm: norm(weights, of('slfnNorm')),
  };
}

export function packExit(weights: Weights, index: number): ExitParts {
  return {
    weight: values(weights, `exit${index}.weight`).slice(),
    bias: values(weights, `exit${index}.bias`).slice(),
  };
}

/** Signed bytes with one scale a row, largest magnitude at 127. */
export function int8Rows(rows: Float32Array, width: number): Int8Rows {
  const count = rows.length / width;
  const scale = new Float32Array(count);
  const quantized = new Int8Array(rows.length);
  for (let r = 0; r < count; r++) {
    const row = rows.subarray(r * width, (r + 1) * width);
    const largest = row.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    scale[r] = largest / 127;
    if (largest > 0) for (let c = 0; c < width; c++) quantized[r * width + c] = Math.round(row[c] / scale[r]);
  }
  return { scale, values: quantized };
}

/** The rows, projected to d where the checkpoint has a projection. [V, d] */
function projectedRows(weights: Weights, hidden: number): Float32Array {
  const rows = values(weights, 'embedding.rows');
  const projection = weights['embedding.projection'];
  if (!projection) return rows;
  const width = projection.length / hidden;
  const count = rows.length / width;
  const out = new Float32Array(count * hidden);
  for (let r = 0; r < count; r++) {
    const to = out.subarray(r * hidden, (r + 1) * hidden);
    for (let k = 0; k < width; k++) {
      const x = rows[r * width + k];
      for (let c = 0; c < hidden; c++) to[c] += x * projection[k * hidden + c];
    }
  }
  return out;
}

/** Token rows as one bit a weight: s_t = mean |row| is the scale that loses least (XNOR-Net, eq. 6). */
export function packEmbedding(weights: Weights, shape: Shape): EmbeddingParts {
  const rows = projectedRows(weights, shape.hidden);
  const count = rows.length / shape.hidden;
  const scale = new Uint16Array(count);
  for (let r = 0; r < count; r++) {
    const row = rows.subarray(r * shape.hidden, (r + 1) * shape.hidden);
    scale[r] = halfFromFloat(row.reduce((sum, x) => sum + Math.abs(x), 0) / shape.hidden);
  }
  const segments = weights['embedding.segment'];
  return {
    tokens: { kind: RowKind.Bits, scale, bits: packSigns(rows, count, shape.hidden) },
    positions: int8Rows(values(weights, 'embedding.position'), shape.hidden),
    ...(segments ? { segments: int8Rows(segments, shape.hidden) } : {}),
    norm: norm(weights, 'embedding.norm'),
  };
}

/**
 * The same weights with the embedding as the file will hold it: rows signed, positions and segments
 * rounded, the projection folded away. A forward pass of these is what the packed model computes.
 */
export function withPackedEmbedding(weights: Weights, shape: Shape): Weights {
  const packed = packEmbedding(weights, shape);
  const { 'embedding.projection': _, ...out } = weights;
  const { tokens } = packed;
  if (tokens.kind !== RowKind.Bits) throw new Error('only one-bit rows are packed here');
  const rows = new Float32Array(tokens.scale.length * shape.hidden);
  for (let i = 0; i < rows.length; i++) {
    const scale = floatFromHalf(tokens.scale[Math.floor(i / shape.hidden)]);
    rows[i] = (tokens.bits[i >> 3] >> (i & 7)) & 1 ? scale : -scale;
  }
  const widen = (part: Int8Rows): Float32Array =>
    Float32Array.from(part.values, (x, i) => x * part.scale[Math.floor(i / shape.hidden)]);
  return {
    ...out,
    'embedding.rows': rows,
    'embedding.position': widen(packed.positions),
    ...(packed.segments ? { 'embedding.segment': widen(packed.segments) } : {}),
  };
}
