/** classify, bench and inspect, run as a user runs them. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { twinBytes } from '../../host/bench/index.ts';
import { predictFootprint } from '../../host/mcu/footprint.ts';
import { readSections, writeModel } from '../../host/model-file/index.ts';
import { type Classifier, load } from '../../host/node/index.ts';
import { randomModel } from '../support/random-model.ts';
import { beex, buildOnce, built } from './command.ts';

const parts = randomModel(41, { blocks: 3, tokens: 12, labels: ['bad', 'good'] });
const file = writeModel(parts);
const number = expect.any(Number);
const TEXTS = ['a lovely film', 'dull', ''];

let folder: string;
let single: string;
let pairs: string;
let model: Classifier;

beforeAll(async () => {
  await buildOnce();
  folder = await mkdtemp(path.join(tmpdir(), 'beex-cli-'));
  single = path.join(folder, 'single.beex');
  pairs = path.join(folder, 'pairs.beex');
  await writeFile(single, file);
  await writeFile(pairs, writeModel(randomModel(42, { segments: 2, classes: 3 })));
  model = await load(file);
});
afterAll(() => rm(folder, { recursive: true }));

const lines = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

/** What `classify --json` must print for a text. */
function expected(text: string, policy?: string) {
  const { label, index, probabilities, exit, entropies, tokens } = model.classify(text, { policy });
  return { label, index, probabilities, exit, entropies, tokens, microseconds: number };
}

describe('beex classify', () => {
  it('prints a line of JSON for each text', async () => {
    const { code, stdout, stderr } = await beex(['classify', '--model', single, '--json', ...TEXTS]);
    expect([code, stderr]).toEqual([0, '']);
    expect(lines(stdout)).toEqual(TEXTS.map((text) => expected(text)));
    const keys = ['label', 'index', 'probabilities', 'exit', 'entropies', 'tokens', 'microseconds'];
    expect(Object.keys(lines(stdout)[0])).toEqual(keys);
  });

  it('reads lines, of any ending, from standard input', async () => {
    const args = ['classify', '-m', single, '--json', '--policy', 'full'];
    const { code, stdout } = await beex(args, 'a lovely film\r\ndull\n\nlast\u2028one');
    expect(code).toBe(0);
    const texts = ['a lovely film', 'dull', '', 'last\u2028one'];
    expect(lines(stdout)).toEqual(texts.map((text) => expected(text, 'full')));
  });

  it('takes broken UTF-8 as it takes what replaces it', async () => {
    const { code, stdout } = await beex(
      ['classify', '-m', single, '--json'],
      Uint8Array.of(0x61, 0xc3, 0x28, 10),
    );
    expect(code).toBe(0);
    expect(lines(stdout)).toEqual([expected('a\ufffd(')]);
  });

  it('prints nothing for no lines', async () => {
    expect(await beex(['classify', '-m', single])).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('takes policies by name and by rule, and the same in each build', async () => {
    const run = async (...args: string[]) => {
      const { code, stdout } = await beex(['classify', '-m', single, '--json', 'a lovely film', ...args]);
      expect(code).toBe(0);
      return { ...lines(stdout)[0], microseconds: number };
    };
    expect(await run('--policy', 'fast')).toEqual(expected('a lovely film', 'fast'));
    expect((await run('--policy', 'fixed:2')).exit).toBe(2);
    expect((await run('--policy', 'confidence:2,0,0')).exit).toBe(2);
    expect((await run('--policy', 'entropy:-1')).exit).toBe(3);
    expect(await run('--build', 'scalar')).toEqual(await run('--build', 'simd'));
  });

  it('takes pairs as arguments and as lines with a tab', async () => {
    const pairModel = await load(pairs);
    const want = [
      pairModel.classify(['a b', 'c']).probabilities,
      pairModel.classify(['d', 'e']).probabilities,
    ];
    const args = ['classify', '-m', pairs, '--json'];
    const asArguments = await beex([...args, '--pair', 'a b', 'c', 'd', 'e']);
    expect(lines(asArguments.stdout).map(({ probabilities }) => probabilities)).toEqual(want);
    const asLines = await beex([...args, '--pair'], 'a b\tc\nd\te\n');
    expect(lines(asLines.stdout).map(({ probabilities }) => probabilities)).toEqual(want);
  });

  it('prints for people, without colours where there is no terminal, and says what it cut', async () => {
    const { code, stdout, stderr } = await beex([
      'classify',
      '-m',
      single,
      '--policy',
      'full',
      'a '.repeat(30),
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^(bad|good) +\d+\.\d % {2}exit 3 of 3 {2}a a a .*…?\n$/);
    expect(stdout).not.toContain('\u001b');
    expect(stderr).toBe('note: text 1 is too long and was cut to 12 tokens\n');
  });

  it('shows a text without what would move the cursor', async () => {
    const { stdout } = await beex(['classify', '-m', single, 'a\u001b[2J\nb']);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(stdout).not.toContain('\u001b');
  });

  it('ends quietly when its reader leaves', async () => {
    const child = spawn(process.execPath, [built, 'classify', '-m', single, '--json']);
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    child.stdin.on('error', () => {});
    child.stdout.once('data', () => child.stdout.destroy());
    child.stdin.end('a lovely film\n'.repeat(20_000));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect([code, stderr]).toEqual([0, '']);
  });
});

describe('beex bench', () => {
  it('prints times per exit, in order, and what was measured', async () => {
    const { code, stdout, stderr } = await beex(['bench', '-m', single, '--json', '--samples', '20']);
    expect([code, stderr]).toEqual([0, '']);
    const [report] = lines(stdout);
    const times = { p50: number, p95: number };
    const interval = { low: number, high: number };
    const operations = { float: number, binary: number, total: number };
    const exit = { ...times, ...interval, step: times, share: null, score: null, operations };
    expect(report).toEqual({
      host: expect.stringContaining(`Node ${process.versions.node}`),
      machine: expect.stringContaining(process.arch),
      model: single,
      build: 'simd',
      kernel: expect.stringMatching(/^(pairs|popcount)$/),
      tokens: 12,
      begin: times,
      exits: [1, 2, 3].map((which) => ({ exit: which, ...exit })),
      runs: 20 * report.runsPerSample,
      runsPerSample: number,
      clockResolution: number,
    });
    const p50 = report.exits.map((each: { p50: number }) => each.p50);
    expect(p50).toEqual([...p50].sort((a, b) => a - b));
  });

  it('measures the length, text and build asked for', async () => {
    const args = ['bench', '-m', single, '--json', '--samples', '1'];
    const short = lines((await beex([...args, '--tokens', '3', '--build', 'scalar'])).stdout)[0];
    expect([short.tokens, short.build]).toEqual([3, 'scalar']);
    const own = lines((await beex([...args, '--text', 'a b'])).stdout)[0];
    expect(own.tokens).toBe(2);
  });

  it('prints a table for people', async () => {
    const { code, stdout } = await beex(['bench', '-m', single, '--samples', '5']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/p50 µs +95 % +p95 µs +step µs/);
    expect(stdout).toMatch(/^exit 3 +[\d.]+ +[\d.]+ - [\d.]+ +[\d.]+ +[\d.]+ +[\d,]+ +[\d,]+ +[\d,]+$/m);
    expect(stdout).not.toContain('\u001b');
  });
});

describe('beex inspect', () => {
  it('prints what the file holds', async () => {
    const { code, stdout, stderr } = await beex(['inspect', '-m', single, '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const thresholds = (value: number) => [value, value, value].map(Math.fround);
    expect(lines(stdout)).toEqual([
      {
        bytes: file.length,
        twinBytes: twinBytes(parts.dimensions),
        ratio: twinBytes(parts.dimensions) / file.length,
        dims: parts.dimensions,
        rareTokens: 0,
        sections: readSections(file).map(({ name, offset, bytes }) => ({
          name,
          offset,
          bytes: bytes.length,
        })),
        arenaBytes: model.info.arenaBytes,
        device: await predictFootprint(file, model.info),
        labels: ['bad', 'good'],
        policies: [
          { name: 'balanced', kind: 'entropy-fraction', parameter: 0, thresholds: thresholds(0.3) },
          { name: 'accurate', kind: 'full', parameter: 0, thresholds: thresholds(0) },
          { name: 'fast', kind: 'fixed', parameter: 1, thresholds: thresholds(0) },
        ],
        card: parts.card,
      },
    ]);
  });

  it('prints tables for people, whose parts make up the file', async () => {
    const { code, stdout } = await beex(['inspect', '-m', single]);
    expect(code).toBe(0);
    expect(stdout).not.toContain('\u001b');
    const [, sections] = stdout.split(/^(?:Sections|Policies)$/m);
    const bytes = [...sections.matchAll(/([\d,]+) +[\d.]+ %/g)].map(
      ([, digits]) => +digits.replaceAll(',', ''),
    );
    expect(bytes.reduce((sum, each) => sum + each)).toBe(file.length);
    expect(stdout).toMatch(/^fast +fixed 1$/m);
    expect(stdout).toContain('random weights');
  });
});

describe('wrong usage', () => {
  it.each<[string, string[]]>([
    ["unknown command 'clasify'", ['clasify']],
    ["unknown option '--polcy'", ['classify', '--polcy', 'fast', 'a']],
    ["unknown option '--x'", ['inspect', '--x']],
    ['argument missing', ['classify', '-m']],
    ['Allowed choices are relaxed, simd, scalar', ['bench', '--build', 'turbo']],
    ['there is no model or file "no-such"', ['classify', '-m', 'no-such', 'a']],
    ['this model has balanced, accurate, fast', ['classify', '-m', 'SINGLE', '-p', 'quick', 'a']],
    ['There is no rule "magic"', ['classify', '-m', 'SINGLE', '-p', 'magic:1', 'a']],
    ['not a list of numbers', ['classify', '-m', 'SINGLE', '-p', 'entropy:high', 'a']],
    ['2 thresholds, but the model has 3 exits', ['classify', '-m', 'SINGLE', '-p', 'entropy:1,2', 'a']],
    ['depth 9', ['classify', '-m', 'SINGLE', '-p', 'fixed:9', 'a']],
    ['takes single texts, not pairs', ['classify', '-m', 'SINGLE', '--pair', 'a', 'b']],
    ['takes pairs of texts: use --pair', ['classify', '-m', 'PAIRS', 'a', 'b']],
    ['two by two, and got 1', ['classify', '-m', 'PAIRS', '--pair', 'a']],
    ['exclude each other', ['bench', '-m', 'SINGLE', '--text', 'a', '--tokens', '3']],
    ['takes 1 to 12', ['bench', '-m', 'SINGLE', '--tokens', '13']],
    ['whole number', ['bench', '-m', 'SINGLE', '--tokens', '2.5']],
  ])('%s', async (message, args) => {
    const named = args.map((arg) => ({ SINGLE: single, PAIRS: pairs })[arg] ?? arg);
    const { code, stdout, stderr } = await beex(named);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^error: /);
    expect(stderr).not.toContain('    at ');
    expect([code, stdout]).toEqual([2, '']);
  });

  it('shows help, and 2, for no command', async () => {
    const { code, stdout, stderr } = await beex([]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Usage: beex');
  });
});

describe('failure', () => {
  it('is one line and exit 1', async () => {
    const damaged = path.join(folder, 'damaged.beex');
    const bytes = file.slice();
    bytes[readSections(file)[6].offset] ^= 1;
    await writeFile(damaged, bytes);
    const { code, stdout, stderr } = await beex(['classify', '-m', damaged, 'a']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^error: exit 1: its checksum differs.*\n$/);
    expect(await beex(['inspect', '-m', folder])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/is a folder/),
    });
  });
});

describe('help', () => {
  it.each([[], ['classify'], ['bench'], ['inspect']])('of %s is there, with examples', async (...verb) => {
    const { code, stdout, stderr } = await beex([...verb, '--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`Usage: beex ${verb.join('')}`);
    if (verb.length > 0) expect(stdout).toContain(`$ beex ${verb[0]}`);
  });
});
