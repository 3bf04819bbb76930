/** How encoders of BERT's family name their tensors. Matrices are [outputs, inputs], as ours. */
import type { OpenTensors, TensorEntry } from '../safetensors.ts';

const WORDS = /^(.*)embeddings\.word_embeddings\.weight$/;

export interface LayerNames {
  query: string;
  key: string;
  value: string;
  output: string;
  attentionNorm: string;
  outputNorm: string;
}

/** Of layer `i`, below the model's prefix: BERT's own names (ELECTRA has them too), and DistilBERT's. */
const LAYERS: ((i: number) => LayerNames)[] = [
  (i) => ({
    query: `encoder.layer.${i}.attention.self.query`,
    key: `encoder.layer.${i}.attention.self.key`,
    value: `encoder.layer.${i}.attention.self.value`,
    output: `encoder.layer.${i}.attention.output.dense`,
    attentionNorm: `encoder.layer.${i}.attention.output.LayerNorm`,
    outputNorm: `encoder.layer.${i}.output.LayerNorm`,
  }),
  (i) => ({
    query: `transformer.layer.${i}.attention.q_lin`,
    key: `transformer.layer.${i}.attention.k_lin`,
    value: `transformer.layer.${i}.attention.v_lin`,
    output: `transformer.layer.${i}.attention.out_lin`,
    attentionNorm: `transformer.layer.${i}.sa_layer_norm`,
    outputNorm: `transformer.layer.${i}.output_layer_norm`,
  }),
];

export interface BertTensors {
  /** [V, e] */
  words: TensorEntry;
  /** [512, e] or so; undefined where there are none of this width */
  positions: Float32Array | undefined;
  /** [2, e] */
  segments: Float32Array | undefined;
  /** Gamma and beta of a norm, under either pair of names. */
  norm(name: string): { gamma: Float32Array; beta: Float32Array } | undefined;
  linear(name: string): { weight: TensorEntry; bias: Float32Array } | undefined;
  /** Undefined where there is no such layer. */
  layer(i: number): LayerNames | undefined;
}

/** Undefined where the file has no word embeddings. */
export function bertTensors({ names, tensor }: OpenTensors): BertTensors | undefined {
  const prefix = names.map((name) => WORDS.exec(name)?.[1]).find((found) => found !== undefined);
  if (prefix === undefined) return undefined;
  const of = (name: string): TensorEntry | undefined => tensor(prefix + name);
  const layersOf = LAYERS.find((layer) => names.includes(`${prefix}${layer(0).query}.weight`));
  const words = of('embeddings.word_embeddings.weight') as TensorEntry;
  const alike = (name: string): Float32Array | undefined => {
    const entry = of(name);
    return entry?.shape[1] === words.shape[1] ? entry?.values : undefined;
  };
  return {
    words,
    positions: alike('embeddings.position_embeddings.weight'),
    segments: alike('embeddings.token_type_embeddings.weight'),
    norm(name) {
      const gamma = of(`${name}.weight`) ?? of(`${name}.gamma`);
      const beta = of(`${name}.bias`) ?? of(`${name}.beta`);
      return gamma && beta && { gamma: gamma.values, beta: beta.values };
    },
    linear(name) {
      const weight = of(`${name}.weight`);
      const bias = of(`${name}.bias`);
      return weight && bias && { weight, bias: bias.values };
    },
    layer(i) {
      const layer = layersOf?.(i);
      return layer && names.includes(`${prefix}${layer.query}.weight`) ? layer : undefined;
    },
  };
}
