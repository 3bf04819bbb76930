/** Small made-up encoders in the form in which BERT's family is published. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { halfFromFloat } from '../../../host/model-file/half.ts';
import { createRandom } from '../../../trainer/random.ts';
import { encodeTensors, type TensorEntry } from '../../../trainer/safetensors.ts';

export interface MadeUpBert {
  /** e */
  width: number;
  vocabulary: string[];
  layers?: number;
  positions?: number;
  /** What tensor names begin with. */
  prefix?: string;
  /** DistilBERT's names in place of BERT's. */
  distil?: boolean;
  seed?: number;
  /** Rows that are not random. */
  rows?: Record<string, Float32Array>;
}

const SPECIALS = ['[PAD]', '[unused0]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];

/** Special tokens in front, as published vocabularies have them. */
export function vocabularyOf(...pieces: string[]): string[] {
  return [...SPECIALS, ...pieces];
}

export function bertTensorsOf(made: MadeUpBert): Map<string, TensorEntry> {
  const { width, vocabulary, layers = 0, positions = 32, prefix = 'bert.', distil, seed = 1 } = made;
  const random = createRandom(seed);
  const tensors = new Map<string, TensorEntry>();
  const add = (name: string, shape: number[], deviation: number, centre = 0) => {
    const size = shape.reduce((product, n) => product * n, 1);
    const values = Float32Array.from({ length: size }, () => centre + random.normal() * deviation);
    tensors.set(prefix + name, { shape, values });
    return values;
  };
  // All rows lean one way, as published ones do.
  const words = add('embeddings.word_embeddings.weight', [vocabulary.length, width], 0.05, 0.02);
  for (const [piece, row] of Object.entries(made.rows ?? {}))
    words.set(row, vocabulary.indexOf(piece) * width);
  add('embeddings.position_embeddings.weight', [positions, width], 0.02);
  if (!distil) add('embeddings.token_type_embeddings.weight', [2, width], 0.02);
  add('embeddings.LayerNorm.weight', [width], 0.1, 1);
  add('embeddings.LayerNorm.bias', [width], 0.1);
  for (let i = 0; i < layers; i++) {
    const layer = distil ? `transformer.layer.${i}` : `encoder.layer.${i}`;
    const names = distil
      ? ['attention.q_lin', 'attention.k_lin', 'attention.v_lin', 'attention.out_lin']
      : ['query', 'key', 'value'].map((part) => `attention.self.${part}`).concat('attention.output.dense');
    for (const name of names) {
      add(`${layer}.${name}.weight`, [width, width], 0.04);
      add(`${layer}.${name}.bias`, [width], 0.01);
    }
    const norms = distil
      ? ['sa_layer_norm', 'output_layer_norm']
      : ['attention.output.LayerNorm', 'output.LayerNorm'];
    for (const norm of norms) {
      add(`${layer}.${norm}.weight`, [width], 0.1, 1);
      add(`${layer}.${norm}.bias`, [width], 0.1);
    }
  }
  return tensors;
}

/** Writes model.safetensors and vocab.txt into `folder`; gives the path of the first. */
export function writeBert(folder: string, made: MadeUpBert, bytes?: Uint8Array): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'vocab.txt'), `${made.vocabulary.join('\n')}\n`);
  const path = join(folder, 'model.safetensors');
  writeFileSync(path, bytes ?? encodeTensors({ tensors: bertTensorsOf(made), metadata: { format: 'pt' } }));
  return path;
}

/** The same tensors in a type of two bytes, and a tensor of whole numbers, as older files have it. */
export function encodeHalves(tensors: Map<string, TensorEntry>, dtype: 'F16' | 'BF16'): Uint8Array {
  const header: Record<string, unknown> = {};
  const parts: Uint8Array[] = [];
  let at = 0;
  const add = (name: string, type: string, shape: number[], data: Uint8Array) => {
    header[name] = { dtype: type, shape, data_offsets: [at, at + data.length] };
    parts.push(data);
    at += data.length;
  };
  add('embeddings.position_ids', 'I64', [1], new Uint8Array(8));
  for (const [name, { shape, values }] of tensors) {
    const bits = new Uint32Array(values.slice().buffer);
    const halves = Uint16Array.from(values, (value, i) =>
      dtype === 'F16' ? halfFromFloat(value) : bits[i] >>> 16,
    );
    add(name, dtype, shape, new Uint8Array(halves.buffer));
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(json.length), true);
  return Buffer.concat([length, json, ...parts]);
}
