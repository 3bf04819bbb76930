/**
 * A model of DistilBERT's shape with random weights, twice: as transformers.js takes it (ONNX, weights in
 * int8 as onnxruntime's dynamic quantization leaves them) and as a .beex file. Time depends on the shape, not
 * on what the weights know.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DataType, OnnxGraph } from '../../../host/bench/peers/onnx-format.ts';
import { writeModel } from '../../../host/model-file/index.ts';
import { randomModel } from '../../support/random-model.ts';

const HIDDEN = 768;
const FEED_FORWARD = 3072;
const HEADS = 12;
const LAYERS = 6;
const VOCABULARY = 30_522;
/** Tokens of the text, [CLS] and [SEP] included. */
export const TOKENS = 32;
const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]'];
const STEP = 0.002;

const WORDS = Array.from({ length: VOCABULARY - SPECIAL.length }, (_, i) => {
  const letter = (place: number) => String.fromCharCode(97 + (Math.floor(i / 26 ** place) % 26));
  return letter(3) + letter(2) + letter(1) + letter(0);
});

/** A text of `words` words, each one token. */
export function textOf(words: number): string {
  return Array.from({ length: words }, (_, i) => WORDS[(i * 977) % WORDS.length]).join(' ');
}

/** The same shape in one bit a weight; SLFN branches are as wide as the feed-forward layer. */
export function beexFile(): Uint8Array {
  const shape = { hidden: HIDDEN, slfn: FEED_FORWARD, heads: HEADS, blocks: LAYERS, tokens: TOKENS };
  return writeModel(randomModel(1, { ...shape, pieces: WORDS }));
}

/** A folder as transformers.js finds models: config, tokenizer, onnx/model_quantized.onnx. */
export function writeTransformersModel(folder: string): void {
  mkdirSync(path.join(folder, 'onnx'), { recursive: true });
  const json = (name: string, value: object) => writeFileSync(path.join(folder, name), JSON.stringify(value));
  json('config.json', {
    model_type: 'distilbert',
    architectures: ['DistilBertForSequenceClassification'],
    dim: HIDDEN,
    hidden_dim: FEED_FORWARD,
    n_heads: HEADS,
    n_layers: LAYERS,
    vocab_size: VOCABULARY,
    id2label: { 0: 'NEGATIVE', 1: 'POSITIVE' },
    label2id: { NEGATIVE: 0, POSITIVE: 1 },
  });
  json('tokenizer_config.json', { tokenizer_class: 'DistilBertTokenizer', model_max_length: 512 });
  const special = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
  const template = (token: string) => ({ id: token, ids: [SPECIAL.indexOf(token)], tokens: [token] });
  json('tokenizer.json', {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIAL.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [special('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, special('[SEP]')],
      pair: [],
      special_tokens: { '[CLS]': template('[CLS]'), '[SEP]': template('[SEP]') },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries([...SPECIAL, ...WORDS].map((piece, id) => [piece, id])),
    },
  });
  writeFileSync(path.join(folder, 'onnx/model_quantized.onnx'), onnxModel());
}

/** DistilBertForSequenceClassification for one text of TOKENS tokens, none of them padding. */
function onnxModel(): Uint8Array {
  const graph = new OnnxGraph();
  const ids = graph.input('input_ids', DataType.Int64, [1, TOKENS]);
  const apart = graph.numbers([TOKENS, HEADS, HIDDEN / HEADS]);
  const together = graph.numbers([TOKENS, HIDDEN]);
  const number = (value: number) => graph.constant(Float32Array.of(value), []);
  const [step, zero] = [number(STEP), graph.constant(new Int8Array(1), [])];
  const [half, one, root] = [number(0.5), number(1), number(Math.SQRT2)];
  const shrink = number(1 / Math.sqrt(HIDDEN / HEADS));
  const random = (length: number) => Int8Array.from({ length }, (_, i) => (i * 2_654_435_761) >> 24);
  const floats = (length: number) => Float32Array.from(random(length), (value) => value * STEP);

  const toFloat = (value: string) => graph.node('Cast', [value], { to: DataType.Float });
  const scaled = (value: string, scale: string) => graph.node('Mul', [toFloat(value), scale]);
  const dense = (x: string, inputs: number, outputs: number) => {
    const weight = graph.constant(random(inputs * outputs), [inputs, outputs]);
    const [quantized, scale, point] = graph.nodes('DynamicQuantizeLinear', [x], 3);
    const sums = graph.node('MatMulInteger', [quantized, weight, point, zero]);
    const product = scaled(sums, graph.node('Mul', [scale, step]));
    return graph.node('Add', [product, graph.constant(floats(outputs), [outputs])]);
  };
  const norm = (x: string) => {
    const gamma = graph.constant(new Float32Array(HIDDEN).fill(1), [HIDDEN]);
    const beta = graph.constant(new Float32Array(HIDDEN), [HIDDEN]);
    return graph.node('LayerNormalization', [x, gamma, beta], { axis: -1, epsilon: { float: 1e-12 } });
  };
  const perHead = (value: string, perm: number[]) =>
    graph.node('Transpose', [graph.node('Reshape', [value, apart])], { perm });

  const table = graph.constant(random(VOCABULARY * HIDDEN), [VOCABULARY, HIDDEN]);
  const rows = graph.node('Reshape', [scaled(graph.node('Gather', [table, ids]), step), together]);
  const positions = graph.constant(floats(TOKENS * HIDDEN), [TOKENS, HIDDEN]);
  let x = norm(graph.node('Add', [rows, positions]));
  for (let layer = 0; layer < LAYERS; layer++) {
    const [q, k, v] = [0, 1, 2].map(() => dense(x, HIDDEN, HIDDEN));
    const scores = graph.node('MatMul', [perHead(q, [1, 0, 2]), perHead(k, [1, 2, 0])]);
    const shares = graph.node('Softmax', [graph.node('Mul', [scores, shrink])], { axis: -1 });
    const mixed = graph.node('MatMul', [shares, perHead(v, [1, 0, 2])]);
    const context = graph.node('Reshape', [graph.node('Transpose', [mixed], { perm: [1, 0, 2] }), together]);
    x = norm(graph.node('Add', [x, dense(context, HIDDEN, HIDDEN)]));
    const inner = dense(x, HIDDEN, FEED_FORWARD);
    const error = graph.node('Add', [graph.node('Erf', [graph.node('Div', [inner, root])]), one]);
    const gelu = graph.node('Mul', [graph.node('Mul', [inner, error]), half]);
    x = norm(graph.node('Add', [x, dense(gelu, FEED_FORWARD, HIDDEN)]));
  }
  const first = graph.node('Gather', [x, graph.numbers([0])], { axis: 0 });
  const hidden = graph.node('Relu', [dense(first, HIDDEN, HIDDEN)]);
  graph.output(dense(hidden, HIDDEN, 2), 'logits', [1, 2]);
  return graph.encode();
}
