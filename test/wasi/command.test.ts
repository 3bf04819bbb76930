/** The WASI command under two hosts: the same answers as the package's own host, and errors in one line. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Normalizer } from '../../assembly/format.ts';
import { writeModel, writeVocabulary } from '../../host/model-file/index.ts';
import { type Input, load, type Policy } from '../../host/node/index.ts';
import { embedModel } from '../../host/wasi/embed.ts';
import { randomModel } from '../support/random-model.ts';
import { BUILDS, runInNode, runInShim, wasm } from './run.ts';

const { resolve } = createRequire(import.meta.url);
const SHAPE = { hidden: 64, slfn: 128, blocks: 3, heads: 2, classes: 3, tokens: 24 };
const LABELS = ['a "quoted" one', 'back\\slash\tand tab', 'größe'];
const parts = randomModel(5, { ...SHAPE, labels: LABELS, normalizer: Normalizer.Lowercase });
const file = writeModel(parts);
const pairs = writeModel(randomModel(6, { ...SHAPE, segments: 2 }));
const TEXTS = [
  'the kettle sang all morning',
  '',
  'Größe, москва! 42 "quotes"',
  `long ${'word '.repeat(2000)}`,
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'beex-wasi-'));
  writeFileSync(path.join(folder, 'm.beex'), file);
  writeFileSync(path.join(folder, 'pairs.beex'), pairs);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function expected(model: Uint8Array, inputs: Input[], policy?: Policy) {
  const classifier = await load(model);
  return inputs.map((input) => {
    const { cut: _, ...answer } = classifier.classify(input, { policy });
    return answer;
  });
}

function answers(stdout: string) {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => {
      const { microseconds, ...answer } = JSON.parse(line);
      expect(microseconds).toBeGreaterThanOrEqual(0);
      return answer;
    });
}

describe.each(BUILDS)('the %s command', (build) => {
  const module = resolve(`beexformer/beex.wasi.${build}.wasm`);
  const inNode = (args: string[], stdin?: string) => runInNode(module, args, { '/models': folder }, stdin);
  const inShim = (args: string[], stdin?: string) =>
    runInShim(wasm(`beex.wasi.${build}`), args, '.', { 'm.beex': file, 'pairs.beex': pairs }, stdin);

  it('answers arguments as the package does', async () => {
    const want = await expected(file, TEXTS);
    for (const outcome of [inNode(['/models/m.beex', ...TEXTS]), inShim(['m.beex', ...TEXTS])]) {
      expect(outcome).toMatchObject({ code: 0, stderr: '' });
      expect(answers(outcome.stdout)).toEqual(want);
    }
  });

  it('answers lines of standard input, the last one without an end too', async () => {
    const lines = ['one line', '', 'another, with more words in it', 'the last'];
    const want = await expected(file, lines, 'full');
    const input = lines.join('\r\n');
    for (const outcome of [
      inNode(['/models/m.beex', '--policy', 'full'], input),
      inShim(['m.beex', '--policy', 'full'], input),
    ]) {
      expect(outcome).toMatchObject({ code: 0, stderr: '' });
      expect(answers(outcome.stdout)).toEqual(want);
    }
  });

  it('takes every kind of policy', async () => {
    const policies: [string, Policy][] = [
      ['accurate', 'accurate'],
      ['fixed:2', { kind: 'fixed', depth: 2 }],
      ['patience:1', { kind: 'patience', patience: 1 }],
      ['entropy:0.35', { kind: 'entropy', thresholds: 0.35 }],
      ['entropy-fraction:.5,0.125,0', { kind: 'entropy-fraction', thresholds: [0.5, 0.125, 0] }],
      ['entropy-plateau:-0.3', { kind: 'entropy-plateau', thresholds: -0.3 }],
      ['confidence:0.9', { kind: 'confidence', thresholds: 0.9 }],
    ];
    for (const [text, policy] of policies) {
      const outcome = inShim(['./m.beex', '--policy', text, ...TEXTS]);
      expect(outcome).toMatchObject({ code: 0, stderr: '' });
      expect(answers(outcome.stdout), text).toEqual(await expected(file, TEXTS, policy));
    }
  });

  it('takes pairs, as arguments and with a tab between', async () => {
    const inputs: [string, string][] = [
      ['a boat', 'a ship on the sea'],
      ['', 'second only'],
    ];
    const want = await expected(pairs, inputs);
    const lines = inputs.map((pair) => pair.join('\t')).join('\n');
    expect(answers(inShim(['pairs.beex', ...inputs.flat()]).stdout)).toEqual(want);
    expect(answers(inShim(['pairs.beex'], lines).stdout)).toEqual(want);
    expect(inShim(['pairs.beex', 'alone'])).toMatchObject({ code: 2, stdout: '' });
    expect(inShim(['pairs.beex'], 'no tab')).toMatchObject({ code: 2, stdout: '' });
    expect(inShim(['pairs.beex'], 'two\ttabs\there')).toMatchObject({ code: 2, stdout: '' });
  });

  it('measures', () => {
    const { code, stdout } = inNode(['/models/m.beex', '--bench', '20', 'how long does it take']);
    expect(code).toBe(0);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ exit }) => exit)).toEqual([1, 2, 3]);
    for (const { p50, p95 } of lines) expect(p95).toBeGreaterThanOrEqual(p50);
    expect(lines[2].p50).toBeGreaterThan(lines[0].p50);
  });

  it.each([
    [[], 2, 'usage: '],
    [['missing.beex'], 2, 'missing.beex: no such file'],
    [['m.beex', '--policy', 'none'], 2, 'this model has balanced, accurate, fast; full always works'],
    [['m.beex', '--policy', 'fixed:9'], 2, 'there is no policy'],
    [['m.beex', '--policy', 'full:1'], 2, 'there is no policy'],
    [['m.beex', '--policy', 'entropy:0.1,0.2'], 2, 'there is no policy'],
    [['m.beex', '--policy', 'entropy:0.1,0.2,0.3,0.4'], 2, 'there is no policy'],
    [['m.beex', '--policy', 'entropy:1x'], 2, 'there is no policy'],
    [['m.beex', '--policy'], 2, 'usage: '],
    [['m.beex', '--bench', '0', 'x'], 2, '--bench takes'],
    [['m.beex', '--bench', '5'], 2, '--bench needs TEXT'],
    [['m.beex', '--frequency', '5'], 2, 'usage: '],
    [['m.beex', 'x'.repeat(20_000)], 2, 'too long'],
  ])('refuses %j with one line', (args, code, message) => {
    const outcome = inShim(args);
    expect(outcome).toMatchObject({ code, stdout: '' });
    expect(outcome.stderr).toMatch(/^error: [^\n]*\n$/);
    expect(outcome.stderr).toContain(message);
  });

  it('says what is wrong with a model', () => {
    const bent = Uint8Array.from(file);
    bent[bent.length / 2] ^= 1;
    const vocabulary = writeVocabulary({ normalizer: 0, pieces: parts.pieces, tokens: 24, segments: 1 });
    const files = { bent, cut: file.slice(0, -32), text: new TextEncoder().encode('no'), vocabulary };
    const say = (name: string) => runInShim(wasm(`beex.wasi.${build}`), [name, 'x'], '', files);
    expect(say('bent')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('bent: a checksum differs'),
    });
    expect(say('cut')).toMatchObject({ code: 1, stderr: expect.stringContaining('cut: it ends too early') });
    expect(say('text')).toMatchObject({ code: 1, stderr: expect.stringContaining('text: not a model file') });
    expect(say('vocabulary')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('it holds only a vocabulary'),
    });
  });

  it('needs no file when a model is built in', async () => {
    const alone = embedModel(wasm(`beex.wasi.${build}`), file);
    const self = path.join(folder, `alone.${build}.wasm`);
    writeFileSync(self, alone);
    const want = await expected(file, TEXTS);
    expect(answers(runInNode(self, TEXTS, {}).stdout)).toEqual(want);
    expect(answers(runInShim(Uint8Array.from(alone), TEXTS, '.', {}).stdout)).toEqual(want);
  });
});
