import { beforeAll, describe, expect, it } from 'vitest';
import { type ModelParts, Normalizer, writeModel } from '../../host/model-file/index.ts';
import { BUILDS, type Classifier, load, type Policy, PolicyError } from '../../host/node/index.ts';
import { randomModel } from '../support/random-model.ts';
import '../support/relaxed-simd.ts';

const TEXTS = ['a lovely little film', 'dull, and then duller', '東京 の 夜', 'it is 2 hours too long!', ''];

const parts = randomModel(21, { blocks: 4, classes: 3, tokens: 24, normalizer: Normalizer.Lowercase });
const file = writeModel(parts);
let model: Classifier;

beforeAll(async () => {
  model = await load(file);
});

describe('classify', () => {
  it('gives label, probabilities, exit, entropies and tokens that fit one another', () => {
    for (const text of TEXTS) {
      const result = model.classify(text, { policy: 'full' });
      expect(result.label).toBe(parts.labels[result.index]);
      expect(result.exit).toBe(4);
      expect(result.entropies).toHaveLength(4);
      expect(result.probabilities).toHaveLength(3);
      expect(result.probabilities.reduce((sum, p) => sum + p)).toBeCloseTo(1, 5);
      expect(Math.max(...result.probabilities)).toBe(result.probabilities[result.index]);
      const entropy = -result.probabilities.reduce((sum, p) => sum + (p > 0 ? p * Math.log(p) : 0), 0);
      expect(result.entropies[3]).toBeCloseTo(entropy, 4);
      expect(result.tokens).toBe(model.tokenize(text).ids.length);
      expect(result.cut).toBe(false);
    }
  });

  it('gives the same bits in every build', async () => {
    const models = await Promise.all(BUILDS.map((build) => load(file, { build })));
    for (const text of TEXTS) {
      const [first, ...others] = models.map((each) => each.classifyDetailed(text, { policy: 'full' }));
      for (const other of others) expect(other).toEqual(first);
    }
    expect(models.map(({ info }) => info.build)).toEqual(['relaxed', 'simd', 'scalar']);
  });

  it('takes an empty text as one unknown token', () => {
    for (const text of ['', ' \n\t', new Uint8Array(0)]) {
      expect(model.classify(text)).toMatchObject({ tokens: 1, cut: false });
      expect([...model.tokenize(text).ids]).toEqual([1]);
    }
  });

  it('cuts a long text, and says so', () => {
    const words = (count: number) => Array.from({ length: count }, () => 'a').join(' ');
    expect(model.classify(words(24))).toMatchObject({ tokens: 24, cut: false });
    expect(model.classify(words(25))).toMatchObject({ tokens: 24, cut: true });
    expect(model.classify(words(20_000))).toEqual(model.classify(words(25)));
  });

  it('gives the same answer again, whatever came between', () => {
    const before = TEXTS.map((text) => model.classify(text));
    model.classify('something else entirely', { policy: { kind: 'fixed', depth: 2 } });
    expect(TEXTS.map((text) => model.classify(text))).toEqual(before);
  });
});

describe('policies', () => {
  it("are the file's first by default, and others by name", () => {
    const text = TEXTS[0];
    expect(parts.policies[0].name).toBe('balanced');
    expect(model.classify(text)).toEqual(model.classify(text, { policy: 'balanced' }));
    expect(model.classify(text, { policy: 'fast' }).exit).toBe(1);
    expect(model.classify(text, { policy: 'accurate' }).exit).toBe(4);
    expect(model.classify(text)).toEqual(model.classify(text, { policy: 'balanced' }));
  });

  it('stop where their rule says', () => {
    const { exits } = model.classifyDetailed(TEXTS[1], { policy: 'full' });
    const firstExit = (stops: (exit: (typeof exits)[number], i: number) => boolean) => {
      const at = exits.findIndex(stops);
      return at < 0 ? exits.length : at + 1;
    };
    const prior = Math.log(3);
    const cases: [Policy, number][] = [
      [{ kind: 'full' }, 4],
      [{ kind: 'fixed', depth: 3 }, 3],
      ...[0.1, 0.3, 0.6, 0.9].flatMap((t): [Policy, number][] => [
        [{ kind: 'entropy', thresholds: t }, firstExit(({ entropy }) => entropy < Math.fround(t))],
        [{ kind: 'confidence', thresholds: t }, firstExit((e) => e.probabilities[e.index] >= Math.fround(t))],
        [{ kind: 'entropy-fraction', thresholds: t }, firstExit(({ entropy }) => 1 - entropy / prior >= t)],
        [
          { kind: 'entropy-plateau', thresholds: t },
          firstExit(({ entropy }, i) => i > 0 && 1 - entropy / exits[i - 1].entropy < t),
        ],
      ]),
      [{ kind: 'patience', patience: 1 }, firstExit(({ index }, i) => i > 0 && exits[i - 1].index === index)],
      [{ kind: 'confidence', thresholds: [2, 2, 0, 2] }, 3],
    ];
    for (const [policy, exit] of cases) {
      expect([policy, model.classify(TEXTS[1], { policy }).exit]).toEqual([policy, exit]);
    }
  });

  it("notice thresholds that changed in the caller's hands", () => {
    const thresholds = [0, 0, 0, 0];
    const policy: Policy = { kind: 'confidence', thresholds };
    expect(model.classify('a', { policy }).exit).toBe(1);
    thresholds[0] = 2;
    expect(model.classify('a', { policy }).exit).toBe(2);
  });

  it.each<[unknown, string]>([
    ['quick', 'there is no policy "quick": this model has balanced, accurate, fast; full always works'],
    [{ kind: 'guess' }, 'there is no policy of kind "guess"'],
    [{ kind: 'fixed', depth: 5 }, 'depth 5, not a whole number from 1 to 4'],
    [{ kind: 'fixed' }, 'depth undefined'],
    [{ kind: 'patience', patience: 0 }, 'patience 0'],
    [{ kind: 'entropy', thresholds: [1, 2] }, '2 thresholds, but the model has 4 exits'],
    [{ kind: 'entropy', thresholds: Number.NaN }, 'not a number'],
    [{ kind: 'entropy' }, '0 thresholds'],
  ])('%j is refused with a reason', (policy, reason) => {
    expect(() => model.classify('a', { policy: policy as Policy })).toThrow(PolicyError);
    expect(() => model.classify('a', { policy: policy as Policy })).toThrow(reason);
  });
});

describe('steps', () => {
  it('yields each exit and returns what classify gives', () => {
    for (const policy of ['full', 'balanced', 'fast']) {
      const { exits, ...result } = model.classifyDetailed(TEXTS[0], { policy });
      const steps = model.steps(TEXTS[0], { policy });
      for (const exit of exits) expect(steps.next()).toEqual({ done: false, value: exit });
      expect(steps.next()).toEqual({ done: true, value: result });
    }
  });

  it('says when another input came between', () => {
    const steps = model.steps(TEXTS[0], { policy: 'full' });
    steps.next();
    model.classify(TEXTS[1]);
    expect(() => steps.next()).toThrow('another input between two steps');
  });
});

describe('many models', () => {
  it('live side by side without a trace of one another', async () => {
    const files = [1, 2, 3, 4, 5].map((seed) => writeModel(randomModel(seed, { blocks: 1 + (seed % 3) })));
    const alone: unknown[] = [];
    for (const each of files) {
      const single = await load(each);
      alone.push(single.classifyDetailed(TEXTS[0], { policy: 'full' }));
      single.dispose();
    }
    const together = await Promise.all(files.map((each) => load(each)));
    const turns = together.map((each) => each.steps(TEXTS[0], { policy: 'full' }));
    const seen: unknown[][] = turns.map(() => []);
    for (let round = 0; round < 3; round++) {
      turns.forEach((steps, i) => {
        const { done, value } = steps.next();
        if (!done) seen[i].push(value);
      });
    }
    expect(seen).toEqual((alone as { exits: unknown[] }[]).map(({ exits }) => exits));
  });

  it('say so when they were disposed of', async () => {
    const gone = await load(file);
    const steps = gone.steps('a', { policy: 'full' });
    steps.next();
    gone.dispose();
    gone.dispose();
    expect(() => gone.classify('a')).toThrow('this model was disposed of: load it again');
    expect(() => gone.tokenize('a')).toThrow('disposed of');
    expect(() => steps.next()).toThrow('disposed of');
    expect(gone.info.labels).toEqual(parts.labels);
    expect(model.classify('a').exit).toBeGreaterThan(0);
  });
});

describe('pairs', () => {
  let pairs: Classifier;
  beforeAll(async () => {
    pairs = await load(writeModel(randomModel(9, { segments: 2, tokens: 12 })));
  });

  it('are joined, and cut longest first', () => {
    const separator = 2;
    const { ids, segmentStart, cut } = pairs.tokenize(['a b', 'c']);
    expect([ids.length, ids[2], segmentStart, cut]).toEqual([4, separator, 3, false]);
    const long = pairs.tokenize(['a b', 'c '.repeat(30)]);
    expect([long.ids.length, long.segmentStart, long.cut]).toEqual([12, 3, true]);
    expect(pairs.classify(['a b', 'c '.repeat(30)])).toMatchObject({ tokens: 12, cut: true });
  });

  it('depend on their order', () => {
    const there = pairs.classifyDetailed(['a b', 'c d'], { policy: 'full' });
    const back = pairs.classifyDetailed(['c d', 'a b'], { policy: 'full' });
    expect(there.probabilities).not.toEqual(back.probabilities);
  });

  it('are refused by a model of single texts', () => {
    expect(() => model.classify(['a', 'b'])).toThrow('takes single texts, not pairs');
    expect(() => model.classify(['a', 'b'])).toThrow(RangeError);
  });
});

describe('info', () => {
  it('says what the model is', () => {
    const { dimensions, labels, policies, card }: ModelParts = parts;
    expect(model.info).toMatchObject({ dimensions, labels, policies, card, fileBytes: file.length });
    expect(model.info.arenaBytes).toBeGreaterThan(24 * 64 * 4);
    expect(model.info.arenaBytes).toBeLessThan(64 * 1024);
  });
});
