/** A model of random weights, of any size: for measuring how time grows with it, which weights don't change. */
import { PolicyKind, RowKind, SPECIAL_TOKENS } from '../../assembly/format.ts';
import { halfFromFloat } from '../model-file/half.ts';
import {
  type BinaryLinear,
  type Dimensions,
  type ModelParts,
  type Norm,
  sortPieces,
} from '../model-file/index.ts';

/** Words of the vocabulary, so that texts have tokens. */
const WORDS = 200;

/** The same for the same dimensions. */
export function randomModel(dimensions: Omit<Dimensions, 'vocabulary' | 'segments' | 'classes'>): ModelParts {
  const { hidden: d, slfn: f, blocks, heads, tokens, recurrence, binaryScores } = dimensions;
  const classes = 2;
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const floats = (length: number, least: number, most: number) =>
    Float32Array.from({ length }, () => least + (most - least) * random());
  const bits = (count: number) => Uint8Array.from({ length: count / 8 }, () => 256 * random());
  const limits = (length: number) => Int16Array.from({ length }, () => d * (0.4 + 0.2 * random()));
  const signed = (length: number) => Int8Array.from({ length }, () => 256 * random() - 128);
  const linear = (rows: number, inputs: number): BinaryLinear => ({
    bits: bits(rows * inputs),
    scale: floats(rows, -4 / inputs, -0.5 / inputs),
    offset: floats(rows, 0.5, 1.5),
  });
  const norm = (): Norm => ({ gamma: floats(d, 0.5, 1.5), beta: floats(d, -0.5, 0.5) });
  const pieces = sortPieces(Array.from({ length: WORDS }, (_, i) => wordOf(i)));
  const vocabulary = WORDS + SPECIAL_TOKENS;
  return {
    dimensions: { ...dimensions, vocabulary, classes, segments: 1 },
    normalizer: 0,
    policies: [{ name: 'full', kind: PolicyKind.Full, parameter: 0, thresholds: new Float32Array(blocks) }],
    labels: Array.from({ length: classes }, (_, i) => `class ${i}`),
    pieces,
    embedding: {
      tokens: {
        kind: RowKind.Bits,
        scale: Uint16Array.from({ length: vocabulary }, () => halfFromFloat(0.1)),
        bits: bits(vocabulary * d),
      },
      positions: { scale: floats(tokens, 0.001, 0.01), values: signed(tokens * d) },
      norm: norm(),
    },
    blocks: Array.from({ length: blocks }, () => ({
      ...(recurrence
        ? { recurrence: { threshold: floats(d, -0.3, 0.3), gates: linear(2 * d, d), norm: norm() } }
        : {}),
      attentionThreshold: floats(d, -0.3, 0.3),
      qkv: binaryScores ? { ...linear(d, d), bits: bits(3 * d * d) } : linear(3 * d, d),
      ...(binaryScores ? { scores: { limit: limits(2 * d), step: floats(heads, 0.05, 0.3) } } : {}),
      contextThreshold: floats(d, -0.3, 0.3),
      output: linear(d, d),
      attentionNorm: norm(),
      slfnThreshold: floats(d, -0.3, 0.3),
      hiddenBits: bits(2 * f * d),
      hiddenLimit: limits(2 * f),
      gate: linear(d, f),
      value: linear(d, f),
      slfnNorm: norm(),
    })),
    exits: Array.from({ length: blocks }, () => ({
      weight: floats(classes * d, -1, 1),
      bias: floats(classes, -0.5, 0.5),
    })),
    card: { description: 'random weights' },
  };
}

/** Three letters, a different word for each number. */
function wordOf(i: number): string {
  return String.fromCharCode(97 + (i % 26), 97 + (Math.floor(i / 26) % 26), 97 + ((i * 7) % 26));
}
