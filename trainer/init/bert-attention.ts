/**
 * The attention of a published encoder's layers as that of our blocks: q, k, v, the output and the norms.
 * Its feed-forward layers have no counterpart in an SLFN and are left.
 */
import type { BertTensors, LayerNames } from './bert-names.ts';
import type { StartTarget } from './start.ts';

export interface AttentionStart {
  values: Record<string, Float32Array>;
  /** How many blocks got theirs. */
  layers: number;
  /** Why it was left, where it was. */
  why: string | undefined;
}

/** Channels of one head in every BERT that its authors published. */
const BERT_HEAD = 64;

/** `heads` undefined: not known. */
export function attentionOf(
  bert: BertTensors,
  heads: number | undefined,
  { shape, recipe }: StartTarget,
): AttentionStart {
  const width = bert.words.shape[1];
  const none = (why: string | undefined): AttentionStart => ({ values: {}, layers: 0, why });
  if (!bert.layer(0)) return none(undefined);
  if (width !== shape.hidden) return none(`which is for ${width} channels, not ${shape.hidden}`);
  const has = heads ?? width / BERT_HEAD;
  if (has !== shape.heads) return none(`which has ${has} heads, not ${shape.heads}`);
  const values: Record<string, Float32Array> = {};
  let layers = 0;
  for (; layers < shape.blocks; layers++) {
    const names = bert.layer(layers);
    const found = names && layerValues(bert, names, shape.hidden, recipe.twin);
    if (!found) break;
    for (const [name, array] of Object.entries(found)) values[`block${layers}.${name}`] = array;
  }
  return { values, layers, why: layers === 0 ? 'whose tensors are of other shapes' : undefined };
}

/** Undefined where a tensor is missing or of another shape. */
function layerValues(
  bert: BertTensors,
  names: LayerNames,
  hidden: number,
  twin: boolean,
): Record<string, Float32Array> | undefined {
  const linears = [names.query, names.key, names.value, names.output].map((name) => bert.linear(name));
  const norms = [bert.norm(names.attentionNorm), bert.norm(names.outputNorm)];
  const fits = linears.every((linear) => linear?.weight.shape.join() === `${hidden},${hidden}`);
  if (!fits || norms.some((norm) => norm?.gamma.length !== hidden)) return undefined;
  const [q, k, v, output] = linears.map((linear) => {
    const { weight, bias } = linear as NonNullable<typeof linear>;
    return latent(weight.values, bias, hidden, twin);
  });
  const joined = (part: (linear: Latent) => Float32Array): Float32Array =>
    Float32Array.from([q, k, v].flatMap((linear) => [...part(linear)]));
  const [attentionNorm, slfnNorm] = norms as NonNullable<(typeof norms)[number]>[];
  return {
    'qkv.weight': joined(({ weight }) => weight),
    'qkv.bias': joined(({ bias }) => bias),
    'output.weight': output.weight,
    'output.bias': output.bias,
    ...(twin ? {} : { 'qkv.gain': joined(({ gain }) => gain), 'output.gain': output.gain }),
    'attentionNorm.gamma': attentionNorm.gamma,
    'attentionNorm.beta': attentionNorm.beta,
    'slfnNorm.gamma': slfnNorm.gamma,
    'slfnNorm.beta': slfnNorm.beta,
  };
}

interface Latent {
  weight: Float32Array;
  gain: Float32Array;
  bias: Float32Array;
}

/**
 * Weights become latent ones: scaled to the spread with which fresh ones begin (config.ts), as far from
 * changing sign as those, with gains that undo it: alpha = gain * mean |w| stays that of the encoder.
 */
function latent(weight: Float32Array, bias: Float32Array, hidden: number, twin: boolean): Latent {
  const deviation = Math.sqrt(weight.reduce((sum, w) => sum + w * w, 0) / weight.length);
  const factor = twin || deviation === 0 ? 1 : 1 / (Math.sqrt(hidden) * deviation);
  return {
    weight: weight.map((w) => w * factor),
    gain: new Float32Array(hidden).fill(1 / factor),
    bias,
  };
}
