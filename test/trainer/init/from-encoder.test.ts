/** Starts from encoders as BERT's family is published: vocabulary, rows, attention, files that are wrong. */
import { mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Normalizer, SPECIAL_TOKENS, SpecialToken } from '../../../assembly/format.ts';
import { writeVocabulary } from '../../../host/model-file/index.ts';
import { load, loadTokenizer } from '../../../host/node/index.ts';
import { chooseBackend } from '../../../trainer/backend/index.ts';
import { evaluate } from '../../../trainer/evaluate.ts';
import { loadStart, type Start, type StartTarget, startShape } from '../../../trainer/init/index.ts';
import { projected } from '../../../trainer/init/projection.ts';
import { createRandom } from '../../../trainer/random.ts';
import { train } from '../../../trainer/run.ts';
import { encodeTensors } from '../../../trainer/safetensors.ts';
import { TOY_LABELS, TOY_RECIPE, TOY_SHAPE, toyRecords } from '../toy.ts';
import { bertTensorsOf, encodeHalves, type MadeUpBert, vocabularyOf, writeBert } from './made-up-bert.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'beex-bert-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz'];
const VOCABULARY = vocabularyOf(
  ..."the not are lamp was bright garden river , . ' !".split(' '),
  ...LETTERS,
  ...LETTERS.map((letter) => `##${letter}`),
  '##ing',
  '##19',
  '1st',
  '##!',
  'no-one',
);
const { hidden } = TOY_SHAPE;

const target = (change: Partial<StartTarget> = {}): StartTarget => ({
  shape: TOY_SHAPE,
  recipe: { ...TOY_RECIPE, vocabularySize: 1000 },
  labels: TOY_LABELS,
  pair: false,
  texts: () => ['the lamp was bright'],
  ...change,
});
const startOf = (name: string, made: Partial<MadeUpBert>, change: Partial<StartTarget> = {}) =>
  loadStart(writeBert(join(root, name), { width: hidden, vocabulary: VOCABULARY, ...made }), target(change));

/** [width] the row of a piece of the start's. */
function rowOf({ pieces, rowWidth, values }: Start, piece: string): Float32Array {
  const token = pieces.indexOf(piece) + SPECIAL_TOKENS;
  return values['embedding.rows'].subarray(token * rowWidth, (token + 1) * rowWidth);
}

function published(made: Partial<MadeUpBert>, name: string): Float32Array {
  return bertTensorsOf({ width: hidden, vocabulary: VOCABULARY, ...made }).get(`bert.${name}`)!.values;
}

const plus = (...vectors: ArrayLike<number>[]): Float32Array =>
  Float32Array.from({ length: vectors[0].length }, (_, c) => vectors.reduce((sum, v) => sum + v[c], 0));

/** What a LayerNorm makes of a vector before gamma and beta. */
function unit(vector: Float32Array): number[] {
  const mean = vector.reduce((sum, x) => sum + x, 0) / vector.length;
  const deviation = Math.sqrt(vector.reduce((sum, x) => sum + (x - mean) ** 2, 0) / vector.length);
  return Array.from(vector, (x) => (x - mean) / deviation);
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, digits = 4): void {
  expect(actual.length).toBe(expected.length);
  Array.from(actual).forEach((x, i) => {
    expect(x).toBeCloseTo(expected[i], digits);
  });
}

describe('the vocabulary', () => {
  test('is what our tokenizer can produce of it, in our order', async () => {
    const { pieces } = await startOf('vocabulary', {});
    expect(pieces).toContain('lamp');
    expect(pieces).toContain('##ing');
    expect(pieces).toContain('##19');
    for (const gone of ['[CLS]', '[unused0]', '[PAD]', '1st', '##!', 'no-one']) {
      expect(pieces).not.toContain(gone);
    }
    expect(() => writeVocabulary({ normalizer: 3, pieces, tokens: 16, segments: 1 })).not.toThrow();
  });

  test('gets the contractions that our tokenizer keeps whole', async () => {
    const start = await startOf('contractions', {});
    expectClose(rowOf(start, "n't"), rowOf(start, 'not'), 6);
    expectClose(rowOf(start, "'re"), rowOf(start, 'are'), 6);
    const half = plus(rowOf(start, "'"), rowOf(start, 's')).map((x) => x / 2);
    expectClose(rowOf(start, "'s"), half);
    const file = writeVocabulary({ normalizer: 3, pieces: start.pieces, tokens: 16, segments: 1 });
    const tokenizer = await loadTokenizer(file);
    const { ids } = tokenizer.tokenize("wasn't");
    expect([...ids].map((id) => start.pieces[id - SPECIAL_TOKENS])).toEqual(['was', "n't"]);
  });

  test.each([
    [
      'lower-case pieces mean lower-cased text',
      VOCABULARY,
      {},
      Normalizer.Lowercase | Normalizer.StripAccents,
    ],
    ['capitals mean text as it is', [...VOCABULARY, 'Lamp'], {}, 0],
    ['the tokenizer’s own settings go first', VOCABULARY, { do_lower_case: false }, 0],
    ['accents may stay', VOCABULARY, { do_lower_case: true, strip_accents: false }, Normalizer.Lowercase],
  ])('%s', async (name, vocabulary, settings, normalizer) => {
    const path = writeBert(join(root, name), { width: hidden, vocabulary });
    writeFileSync(join(dirname(path), 'tokenizer_config.json'), JSON.stringify(settings));
    const start = await loadStart(path, target());
    expect(start.normalizer).toBe(normalizer);
    expect(start.pieces.includes('Lamp')).toBe(vocabulary.includes('Lamp'));
  });

  test('too large, it keeps what the texts use, and can still spell all of them', async () => {
    const texts = ['the garden was lampish', 'bright bright rivering'];
    const recipe = { ...TOY_RECIPE, vocabularySize: 45 };
    const { pieces } = await startOf('pruned', {}, { recipe, texts: () => texts });
    expect(pieces).toHaveLength(45 - SPECIAL_TOKENS);
    for (const piece of ['the', 'garden', 'was', 'lamp', 'bright', 'river', '##ing']) {
      expect(pieces).toContain(piece);
    }
    const tokenizer = await loadTokenizer(
      writeVocabulary({ normalizer: 3, pieces, tokens: 16, segments: 1 }),
    );
    for (const text of texts) expect([...tokenizer.tokenize(text).ids]).not.toContain(SpecialToken.Unknown);
  });
});

describe('of our width', () => {
  test.each([
    [false, 'one text'],
    [true, 'a pair'],
  ])('token, position and segment add up to what the encoder computed (pair: %s)', async (pair) => {
    const start = await startOf(`sum-${pair}`, {}, { pair });
    const { values } = start;
    const segment = pair
      ? values['embedding.segment'].subarray(hidden, 2 * hidden)
      : new Float32Array(hidden);
    for (const [piece, place] of [
      ['lamp', 0],
      ['##q', 7],
      ['!', 15],
    ] as const) {
      const position = values['embedding.position'].subarray(place * hidden, (place + 1) * hidden);
      const ours = unit(plus(rowOf(start, piece), position, segment));
      const at = (name: string, row: number) =>
        published({}, name).subarray(row * hidden, (row + 1) * hidden);
      const theirs = plus(
        at('embeddings.word_embeddings.weight', VOCABULARY.indexOf(piece)),
        at('embeddings.position_embeddings.weight', place),
        at('embeddings.token_type_embeddings.weight', pair ? 1 : 0),
      );
      expectClose(ours, unit(theirs), 3);
    }
    expect(values['embedding.norm.gamma']).toEqual(published({}, 'embeddings.LayerNorm.weight'));
    expect(values['embedding.norm.beta']).toEqual(published({}, 'embeddings.LayerNorm.bias'));
  });

  test('special tokens are the encoder’s', async () => {
    const { values } = await startOf('special', {});
    const rows = values['embedding.rows'];
    const words = published({}, 'embeddings.word_embeddings.weight');
    const difference = (from: Float32Array, a: number, b: number) =>
      Array.from({ length: hidden }, (_, c) => from[a * hidden + c] - from[b * hidden + c]);
    const ours = difference(rows, SpecialToken.Mask, SpecialToken.Separator);
    const theirs = difference(words, VOCABULARY.indexOf('[MASK]'), VOCABULARY.indexOf('[SEP]'));
    const factor = ours[0] / theirs[0];
    expectClose(
      ours,
      theirs.map((x) => x * factor),
    );
  });

  test('rows lean no way, so that their signs tell', async () => {
    const { values } = await startOf('centred', {});
    const rows = values['embedding.rows'];
    for (let c = 0; c < hidden; c++) {
      const channel = rows.filter((_, i) => i % hidden === c);
      expect(channel.reduce((sum, x) => sum + x, 0) / channel.length).toBeCloseTo(0, 5);
    }
  });

  test('attention comes along, layer by layer', async () => {
    const made = { layers: 1 };
    const path = writeBert(join(root, 'attention'), { width: hidden, vocabulary: VOCABULARY, ...made });
    writeFileSync(join(dirname(path), 'config.json'), JSON.stringify({ num_attention_heads: 4 }));
    const { values, record } = await loadStart(path, target());
    expect(record.taken).toContain('attention in 1 blocks');
    const key = published(made, 'encoder.layer.0.attention.self.key.weight');
    const ours = values['block0.qkv.weight'].subarray(hidden * hidden, 2 * hidden * hidden);
    const gain = values['block0.qkv.gain'][hidden];
    expectClose(
      ours.map((w) => w * gain),
      key,
      6,
    );
    const spread = Math.sqrt(ours.reduce((sum, w) => sum + w * w, 0) / ours.length);
    expect(spread).toBeCloseTo(1 / Math.sqrt(hidden), 4);
    expect(values['block0.qkv.bias'].subarray(2 * hidden)).toEqual(
      published(made, 'encoder.layer.0.attention.self.value.bias'),
    );
    expect(values['block0.attentionNorm.gamma']).toEqual(
      published(made, 'encoder.layer.0.attention.output.LayerNorm.weight'),
    );
    expect(values['block1.qkv.weight']).toBeUndefined();
  });

  test('a twin takes the weights as they are', async () => {
    const path = writeBert(join(root, 'twin'), { width: hidden, vocabulary: VOCABULARY, layers: 1 });
    const recipe = { ...TOY_RECIPE, twin: true, vocabularySize: 1000 };
    const { values } = await loadStart(path, target({ recipe, shape: { ...TOY_SHAPE, heads: 1 } }));
    const query = published({ layers: 1 }, 'encoder.layer.0.attention.self.query.weight');
    expect(values['block0.qkv.weight'].subarray(0, hidden * hidden)).toEqual(query);
    expect(values['block0.qkv.gain']).toBeUndefined();
  });

  test('attention of other heads is left, and the run says so', async () => {
    const { values, record } = await startOf('heads', { layers: 2 });
    expect(values['block0.qkv.weight']).toBeUndefined();
    expect(record.left).toEqual(['attention, which has 1 heads, not 4']);
  });
});

describe('of another width', () => {
  test.each([48, 96])('%i channels pass through a projection that is learned on', async (width) => {
    const start = await startOf(`width-${width}`, { width, layers: 1 });
    expect(start.rowWidth).toBe(width);
    const matrix = start.values['embedding.projection'];
    expect(matrix).toHaveLength(width * hidden);
    expect(start.values['embedding.position']).toHaveLength(TOY_SHAPE.tokens * hidden);
    const rows = projected(start.values['embedding.rows'], matrix, hidden);
    expect(Math.sqrt(rows.reduce((sum, x) => sum + x * x, 0) / rows.length)).toBeCloseTo(0.4, 4);
    expect(start.record.left).toEqual([`attention, which is for ${width} channels, not ${hidden}`]);
  });
});

describe('other forms of the file', () => {
  test.each(['F16', 'BF16'] as const)('%s', async (dtype) => {
    const made = { width: hidden, vocabulary: VOCABULARY, layers: 1 };
    const shape = { ...TOY_SHAPE, heads: 1 };
    const single = await loadStart(writeBert(join(root, 'single'), made), target({ shape }));
    const bytes = encodeHalves(bertTensorsOf(made), dtype);
    const half = await loadStart(writeBert(join(root, dtype), made, bytes), target({ shape }));
    expect(half.record.taken).toEqual(single.record.taken);
    for (const [name, values] of Object.entries(single.values)) expectClose(half.values[name], values, 1);
    expect(half.record.digest).not.toBe(single.record.digest);
  });

  test('names without a prefix, a folder, and DistilBERT’s names', async () => {
    const made = { width: hidden, vocabulary: VOCABULARY, layers: 1 };
    const shape = { ...TOY_SHAPE, heads: 1 };
    const usual = await loadStart(writeBert(join(root, 'prefix'), made), target({ shape }));
    const bare = writeBert(join(root, 'bare'), { ...made, prefix: '' });
    expect((await loadStart(dirname(bare), target({ shape }))).values).toEqual(usual.values);
    const distil = { ...made, prefix: 'distilbert.', distil: true };
    const start = await loadStart(writeBert(join(root, 'distil'), distil), target({ shape }));
    expect(start.record.taken).toContain('attention in 1 blocks');
  });

  test('its shape is the user’s to choose', async () => {
    const path = writeBert(join(root, 'shape'), { width: hidden, vocabulary: VOCABULARY });
    expect(await startShape(path)).toBeUndefined();
  });
});

describe('what is wrong is said in one line', () => {
  const made: MadeUpBert = { width: hidden, vocabulary: VOCABULARY };

  test.each<[string, (path: string) => void, RegExp]>([
    [
      'no vocabulary',
      (path) => unlinkSync(join(dirname(path), 'vocab.txt')),
      /vocab\.txt: there is no such file/,
    ],
    [
      'a vocabulary of another encoder',
      (path) => writeFileSync(join(dirname(path), 'vocab.txt'), 'a\n'.repeat(500)),
      /vocab\.txt: has 500 pieces, the word embeddings of .*model\.safetensors \d+ rows/,
    ],
    [
      'a file cut short',
      (path) => writeFileSync(path, readFileSync(path).subarray(0, 90)),
      /header is cut off/,
    ],
    [
      'tensors that are no encoder’s',
      (path) =>
        writeFileSync(
          path,
          encodeTensors({
            tensors: new Map([['conv.weight', { shape: [1], values: Float32Array.of(1) }]]),
            metadata: {},
          }),
        ),
      /no tensor "\.\.\.embeddings\.word_embeddings\.weight"/,
    ],
    [
      'settings that are no JSON',
      (path) => writeFileSync(join(dirname(path), 'config.json'), '{'),
      /config\.json: is not JSON/,
    ],
  ])('%s', async (name, damage, message) => {
    const path = writeBert(join(root, name), made);
    damage(path);
    const failure = await loadStart(path, target()).catch((error: Error) => error);
    expect(failure).toMatchObject({ name: 'DataError', message: expect.stringMatching(message) });
    expect((failure as Error).message).not.toContain('\n');
  });

  test('a path with nothing there', async () => {
    await expect(loadStart(join(root, 'nothing'), target())).rejects.toThrow(/no model or file ".*nothing"/);
    await expect(loadStart(root, target())).rejects.toThrow(/holds neither a run nor/);
    await expect(loadStart(join(root, 'no.safetensors'), target())).rejects.toThrow(/no such file/);
  });
});

test('a model knows words from the encoder that its own texts never had', async () => {
  const things = ['soup', 'train', 'garden', 'lamp', 'river', 'novel', 'bridge', 'melon', 'window', 'coat'];
  const good = ['lovely', 'splendid', 'bright', 'charming', 'graceful', 'superb', 'merry'];
  const bad = ['dreadful', 'broken', 'gloomy', 'tiresome', 'shabby', 'dismal', 'vile'];
  const random = createRandom(11);
  const direction = Float32Array.from({ length: 96 }, () => random.normal());
  const near = (sign: number) => direction.map((x) => 0.05 * (sign * x + 0.3 * random.normal()));
  const rows = Object.fromEntries([
    ...good.map((word) => [word, near(1)]),
    ...bad.map((word) => [word, near(-1)]),
  ]);
  const words = ['the', 'near', 'was', 'and', 'too', ...things, ...good, ...bad];
  const vocabulary = vocabularyOf(...words, ...LETTERS, ...LETTERS.map((letter) => `##${letter}`));
  const path = writeBert(join(root, 'knowing'), { width: 96, vocabulary, rows });

  const unseen = toyRecords(200, 3).map(({ text, label }) => ({
    text: text
      .replace(/lovely|splendid|bright|charming|graceful/, random.uniform() < 0.5 ? 'superb' : 'merry')
      .replace(/dreadful|broken|gloomy|tiresome|shabby/, random.uniform() < 0.5 ? 'dismal' : 'vile'),
    label,
  }));
  const dataset = {
    name: 'toy',
    labels: TOY_LABELS,
    pair: false,
    metric: 'accuracy' as const,
    train: toyRecords(320, 1),
  };
  const folder = join(root, 'knowing-run');
  const result = await train(
    folder,
    { dataset, calibration: toyRecords(64, 2), init: (wanted) => loadStart(path, wanted) },
    TOY_SHAPE,
    TOY_RECIPE,
    { backend: await chooseBackend('wasm') },
  );
  const model = await load(result.modelFile!);
  const { score } = evaluate(model, {
    task: 'toy',
    metric: 'accuracy',
    labels: TOY_LABELS,
    records: unseen,
    policy: 'full',
  });
  model.dispose();
  expect(score).toBeGreaterThan(0.9);
  expect(result.run.init).toMatchObject({
    kind: 'encoder',
    taken: expect.arrayContaining([expect.stringContaining('96 wide, projected to 64')]),
  });
});
