/**
 * The way back from a model file's parts to latent weights, for training to go on from: pack.ts of these
 * gives the file's bits and limits again, and its scales but for rounding. Only the signs of latent
 * weights are in a file; their magnitudes start anew.
 */
import { FORGET_CENTRE, FORGET_SLOPE } from '../assembly/format.ts';
import { floatFromHalf } from '../host/model-file/half.ts';
import type {
  BinaryLinear,
  BlockParts,
  EmbeddingParts,
  Int8Rows,
  ModelParts,
  Norm,
  RecurrenceParts,
} from '../host/model-file/parts.ts';
import { qkvOrder, scoreStep } from './pack.ts';

/**
 * All magnitudes of a layer of K inputs are this over sqrt(K): half way to where the sign's gradient ends
 * (1 / sqrt(K), see layers/plain.ts), so every weight can still change its mind.
 */
const MAGNITUDE = 0.5;

/** Variables by name, as `Model.import` takes them. */
export function unpackModel(parts: ModelParts): Record<string, Float32Array> {
  const weights: Record<string, Float32Array> = { ...unpackEmbedding(parts) };
  const { hidden, slfn, heads } = parts.dimensions;
  parts.blocks.forEach((block, i) => {
    for (const [name, values] of Object.entries(unpackBlock(block, hidden, slfn, heads))) {
      weights[`block${i}.${name}`] = values;
    }
  });
  parts.exits.forEach(({ weight, bias }, i) => {
    weights[`exit${i}.weight`] = weight;
    weights[`exit${i}.bias`] = bias;
  });
  return weights;
}

function unpackEmbedding({ embedding, dimensions }: ModelParts): Record<string, Float32Array> {
  const { hidden } = dimensions;
  const { positions, segments, norm } = embedding;
  return {
    'embedding.rows': unpackRows(embedding, hidden),
    'embedding.position': unpackInt8(positions, hidden),
    ...(segments ? { 'embedding.segment': unpackInt8(segments, hidden) } : {}),
    ...named('embedding.norm', norm),
  };
}

/** [V, d] */
function unpackRows({ tokens }: EmbeddingParts, hidden: number): Float32Array {
  const scale = Array.from(tokens.scale, floatFromHalf);
  const length = scale.length * hidden;
  if ('values' in tokens) {
    return Float32Array.from({ length }, (_, i) => scale[Math.floor(i / hidden)] * tokens.values[i]);
  }
  return Float32Array.from({ length }, (_, i) => scale[Math.floor(i / hidden)] * signAt(tokens.bits, i));
}

function unpackInt8({ scale, values }: Int8Rows, hidden: number): Float32Array {
  return Float32Array.from(values, (value, i) => value * scale[Math.floor(i / hidden)]);
}

function unpackBlock(
  block: BlockParts,
  hidden: number,
  slfn: number,
  heads: number,
): Record<string, Float32Array> {
  return {
    ...(block.recurrence ? unpackRecurrence(block.recurrence, hidden) : {}),
    'attention.threshold': block.attentionThreshold,
    ...linear(
      'qkv',
      unpackSigned(
        block.scores ? unpackSigns(block, hidden, heads) : unpackQkv(block.qkv, hidden, heads),
        hidden,
      ),
    ),
    ...(block.scores
      ? { 'scores.scale': block.scores.step.map((step) => step / scoreStep(hidden / heads)) }
      : {}),
    'context.threshold': block.contextThreshold,
    ...linear('output', unpackSigned(block.output, hidden)),
    ...named('attentionNorm', block.attentionNorm),
    'slfn.threshold': block.slfnThreshold,
    ...linear('hidden', unpackHidden(block, hidden)),
    ...linear('gate', unpackGate(block.gate, slfn)),
    ...linear('value', unpackSigned(block.value, slfn)),
    ...named('slfnNorm', block.slfnNorm),
  };
}

/** The forget gate's rows without the hard sigmoid's line, y / 4 + 1/2. */
function unpackRecurrence(
  { threshold, gates, norm }: RecurrenceParts,
  hidden: number,
): Record<string, Float32Array> {
  const plain: BinaryLinear = {
    bits: gates.bits,
    scale: gates.scale.map((x, j) => (j < hidden ? x / FORGET_SLOPE : x)),
    offset: gates.offset.map((x, j) => (j < hidden ? (x - FORGET_CENTRE) / FORGET_SLOPE : x)),
  };
  return {
    'recurrence.threshold': threshold,
    ...linear('recurrence', unpackSigned(plain, hidden)),
    ...named('recurrenceNorm', norm),
  };
}

interface Latent {
  weight: Float32Array;
  gain: Float32Array;
  bias: Float32Array;
}

function linear(name: string, { weight, gain, bias }: Latent): Record<string, Float32Array> {
  return { [`${name}.weight`]: weight, [`${name}.gain`]: gain, [`${name}.bias`]: bias };
}

function named(name: string, { gamma, beta }: Norm): Record<string, Float32Array> {
  return { [`${name}.gamma`]: gamma, [`${name}.beta`]: beta };
}

/** Inputs in {-1,+1}: scale = -2 alpha, offset = b + alpha K. */
function unpackSigned({ bits, scale, offset }: BinaryLinear, columns: number): Latent {
  const alpha = Float64Array.from(scale, (x) => -x / 2);
  return latent(bits, columns, alpha, (j) => offset[j] - alpha[j] * columns);
}

/** Inputs in {0,1}: scale = -alpha, offset = b + alpha popcount(row). */
function unpackGate({ bits, scale, offset }: BinaryLinear, columns: number): Latent {
  const alpha = Float64Array.from(scale, (x) => -x);
  const ones = (row: number): number => {
    let count = 0;
    for (let k = 0; k < columns; k++) if (signAt(bits, row * columns + k) > 0) count++;
    return count;
  };
  return latent(bits, columns, alpha, (j) => offset[j] - alpha[j] * ones(j));
}

/**
 * Bit j is 1 when mis <= limit: alpha (K - 2 mis) + b >= 0 for b = alpha (2 limit + 1 - K), the middle of
 * all b that say so. Of alpha only the sign counts; it is what a fresh layer's would be.
 */
function unpackHidden({ hiddenBits, hiddenLimit }: BlockParts, columns: number): Latent {
  const alpha = new Float64Array(hiddenLimit.length).fill(1 / Math.sqrt(columns));
  return latent(hiddenBits, columns, alpha, (j) => alpha[j] * (2 * hiddenLimit[j] + 1 - columns));
}

function latent(
  bits: Uint8Array,
  columns: number,
  alpha: Float64Array,
  bias: (row: number) => number,
): Latent {
  const magnitude = MAGNITUDE / Math.sqrt(columns);
  return {
    weight: Float32Array.from({ length: alpha.length * columns }, (_, i) => magnitude * signAt(bits, i)),
    gain: Float32Array.from(alpha, (a) => a / magnitude),
    bias: Float32Array.from(alpha, (_, j) => bias(j)),
  };
}

/** From the file's order, per head its q, k, v, to all q, all k, all v; takes 1/sqrt(e) out of q. */
function unpackQkv({ bits, scale, offset }: BinaryLinear, hidden: number, heads: number): BinaryLinear {
  const out = reordered(bits, hidden, heads);
  for (const { to, from, part } of qkvOrder({ hidden, heads })) {
    const factor = part === 0 ? Math.sqrt(hidden / heads) : 1;
    out.scale[from] = scale[to] * factor;
    out.offset[from] = offset[to] * factor;
  }
  return out;
}

/** The same where scores are binary: of q and k there are limits, whose scales and offsets are as in unpackHidden. */
function unpackSigns({ qkv, scores }: BlockParts, hidden: number, heads: number): BinaryLinear {
  const out = reordered(qkv.bits, hidden, heads);
  const alpha = 1 / Math.sqrt(hidden);
  let sign = 0;
  let value = 0;
  for (const { from, part } of qkvOrder({ hidden, heads })) {
    if (part === 2) {
      out.scale[from] = qkv.scale[value];
      out.offset[from] = qkv.offset[value++];
    } else {
      out.scale[from] = -2 * alpha;
      out.offset[from] = alpha * (2 * scores!.limit[sign++] + 1);
    }
  }
  return out;
}

function reordered(bits: Uint8Array, hidden: number, heads: number): BinaryLinear {
  const rowBytes = hidden / 8;
  const out = {
    bits: new Uint8Array(bits.length),
    scale: new Float32Array(3 * hidden),
    offset: new Float32Array(3 * hidden),
  };
  for (const { to, from } of qkvOrder({ hidden, heads })) {
    out.bits.set(bits.subarray(to * rowBytes, (to + 1) * rowBytes), from * rowBytes);
  }
  return out;
}

/** Weight i of rows of bits: 1 is +1, 0 is -1. */
function signAt(bits: Uint8Array, i: number): number {
  return (bits[i >> 3] >> (i & 7)) & 1 ? 1 : -1;
}
