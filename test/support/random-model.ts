/** Models of random weights: every size may be chosen, the same seed gives the same model. */
import { PolicyKind, RowKind, SPECIAL_TOKENS } from '../../assembly/format.ts';
import { halfFromFloat } from '../../host/model-file/half.ts';
import type {
  BinaryLinear,
  BlockParts,
  Dimensions,
  ModelParts,
  Norm,
  RecurrenceParts,
  ScoreParts,
} from '../../host/model-file/parts.ts';
import { sortPieces } from '../../host/model-file/vocabulary.ts';

export interface RandomModelOptions extends Partial<Omit<Dimensions, 'vocabulary'>> {
  rowKind?: RowKind;
  normalizer?: number;
  /** Sorted here; random ones otherwise. */
  pieces?: string[];
  /** Share of the pieces that are rare; 0 unless given, and then a file without a Rare section. */
  rare?: number;
  labels?: string[];
}

/** mulberry32: uniform in [0, 1). */
export function randomSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function randomModel(seed: number, options: RandomModelOptions = {}): ModelParts {
  const random = randomSource(seed);
  const { hidden = 64, slfn = 128, blocks = 2, heads = 2, classes = 2, tokens = 16, segments = 1 } = options;
  const { rowKind = RowKind.Bits, normalizer = 0, rare = 0, recurrence = 0, binaryScores = 0 } = options;
  const floats = (length: number, least: number, most: number) =>
    Float32Array.from({ length }, () => least + (most - least) * random());
  const bytes = (length: number) => Uint8Array.from({ length }, () => 256 * random());
  const limits = (length: number) => Int16Array.from({ length }, () => hidden * (0.4 + 0.2 * random()));
  const signed = (length: number) => Int8Array.from({ length }, () => 256 * random() - 128);
  const linear = (rows: number, inputs: number): BinaryLinear => ({
    bits: bytes((rows * inputs) / 8),
    scale: floats(rows, -4 / inputs, -0.5 / inputs),
    offset: floats(rows, 0.5, 1.5),
  });
  const norm = (): Norm => ({ gamma: floats(hidden, 0.5, 1.5), beta: floats(hidden, -0.5, 0.5) });

  const pieces = sortPieces(options.pieces ?? randomPieces(random));
  const vocabulary = pieces.length + SPECIAL_TOKENS;
  const scale = Uint16Array.from({ length: vocabulary }, () => halfFromFloat(0.02 + random()));
  /** Forget gates from below 0 to above 1, most of them between; values around 0. */
  const light = (): RecurrenceParts => ({
    threshold: floats(hidden, -0.3, 0.3),
    gates: {
      ...linear(2 * hidden, hidden),
      offset: Float32Array.from({ length: 2 * hidden }, (_, j) => (j < hidden ? 1 : 0.5) + 2 * random()),
    },
    norm: norm(),
  });
  /** Steps from weights that are alike to weights of which most round to 0. */
  const scores = (): ScoreParts => ({ limit: limits(2 * hidden), step: floats(heads, 0.01, 2) });
  const block = (): BlockParts => ({
    ...(recurrence ? { recurrence: light() } : {}),
    attentionThreshold: floats(hidden, -0.3, 0.3),
    ...(binaryScores
      ? { qkv: { ...linear(hidden, hidden), bits: bytes((3 * hidden * hidden) / 8) }, scores: scores() }
      : { qkv: linear(3 * hidden, hidden) }),
    contextThreshold: floats(hidden, -0.3, 0.3),
    output: linear(hidden, hidden),
    attentionNorm: norm(),
    slfnThreshold: floats(hidden, -0.3, 0.3),
    hiddenBits: bytes((2 * slfn * hidden) / 8),
    hiddenLimit: limits(2 * slfn),
    gate: linear(hidden, slfn),
    value: linear(hidden, slfn),
    slfnNorm: norm(),
  });
  const thresholds = (value: number) => new Float32Array(blocks).fill(value);
  return {
    dimensions: {
      ...{ hidden, slfn, blocks, heads, classes, tokens, vocabulary, segments },
      ...(recurrence ? { recurrence } : {}),
      ...(binaryScores ? { binaryScores } : {}),
    },
    normalizer,
    policies: [
      { name: 'balanced', kind: PolicyKind.EntropyFraction, parameter: 0, thresholds: thresholds(0.3) },
      { name: 'accurate', kind: PolicyKind.Full, parameter: 0, thresholds: thresholds(0) },
      { name: 'fast', kind: PolicyKind.Fixed, parameter: 1, thresholds: thresholds(0) },
    ],
    labels: options.labels ?? Array.from({ length: classes }, (_, i) => `label ${i}`),
    pieces,
    embedding: {
      tokens:
        rowKind === RowKind.Bits
          ? { kind: rowKind, scale, bits: bytes((vocabulary * hidden) / 8) }
          : { kind: rowKind, scale, values: signed(vocabulary * hidden) },
      positions: { scale: floats(tokens, 0.001, 0.01), values: signed(tokens * hidden) },
      ...(segments === 2 ? { segments: { scale: floats(4, 0.001, 0.01), values: signed(4 * hidden) } } : {}),
      norm: norm(),
    },
    blocks: Array.from({ length: blocks }, block),
    exits: Array.from({ length: blocks }, () => ({
      weight: floats(classes * hidden, -1, 1),
      bias: floats(classes, -0.5, 0.5),
    })),
    card: { description: 'random weights', seed },
    ...(rare > 0 ? { rareTokens: someTokens(seed, vocabulary, rare) } : {}),
  };
}

/** A share of the tokens that are not special, at least one; drawn apart, so that weights stay the same. */
function someTokens(seed: number, vocabulary: number, share: number): Uint32Array {
  const random = randomSource(seed + 1);
  const tokens = Array.from({ length: vocabulary - SPECIAL_TOKENS }, (_, i) => SPECIAL_TOKENS + i);
  const drawn = tokens.filter(() => random() < share);
  return Uint32Array.from(drawn.length > 0 ? drawn : tokens.slice(-1));
}

/** The letters, so that every word has tokens, and some longer pieces. */
function randomPieces(random: () => number): string[] {
  const letters = 'abcdefghijklmnopqrstuvwxyzäöüßéжд的0123456789.,!?\'"-'.split('');
  const word = () =>
    Array.from({ length: 2 + 4 * random() }, () => letters[Math.floor(26 * random())]).join('');
  const words = Array.from({ length: 150 }, word);
  return [
    ...new Set([
      ...letters,
      ...letters.map((letter) => `##${letter}`),
      ...words,
      ...words.slice(50).map((w) => `##${w}`),
    ]),
  ];
}
