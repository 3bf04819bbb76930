/** beex bench, as a user runs it: every kind of output and everything that can be measured beside the exits. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomModel } from '../../host/bench/index.ts';
import { writeModel } from '../../host/model-file/index.ts';
import { beex, buildOnce, built } from '../cli/command.ts';
import { needsFlag, RELAXED_SIMD_FLAG } from '../support/relaxed-simd.ts';

let folder: string;
let model: string;
let data: string;
const parts = randomModel({ hidden: 64, slfn: 64, blocks: 3, heads: 2, tokens: 16 });

beforeAll(async () => {
  await buildOnce();
  folder = await mkdtemp(path.join(tmpdir(), 'beex-bench-'));
  model = path.join(folder, 'model.beex');
  data = path.join(folder, 'texts.csv');
  await writeFile(model, writeModel(parts));
  const words = parts.pieces.slice(0, 40);
  const lines = words.map((word, i) => `${word} ${words[39 - i]},class ${i % 2}`);
  await writeFile(data, ['said,is', ...lines].join('\n'));
});
afterAll(() => rm(folder, { recursive: true }));

const bench = (...args: string[]) => beex(['bench', '-m', model, '--samples', '3', ...args]);
const onData = () => ['--dev', data, '--column', 'said', '--label', 'is'];

describe('on a data set', () => {
  it('gives share and accuracy of each exit, and of every rule', async () => {
    const { code, stdout, stderr } = await bench(...onData(), '--policy', 'patience:1', '--json');
    expect([code, stderr]).toEqual([0, '']);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ tokens: 2, data: { name: data, texts: 40, policy: 'patience:1' } });
    const shares = report.exits.map((exit: { share: number }) => exit.share);
    expect(shares[0]).toBe(0); // one exit before it has to agree
    expect(shares.reduce((sum: number, share: number) => sum + share, 0)).toBeCloseTo(1, 9);
    const p50 = report.exits.map((exit: { p50: number }) => exit.p50);
    expect(p50).toEqual([...p50].sort((a, b) => a - b));

    const policies = new Map<string, { score: number; depth: number; operations: number }>(
      report.data.policies.map((each: { policy: string }) => [each.policy, each]),
    );
    const patience = policies.get('patience:1')!;
    const expected = report.exits.reduce(
      (sum: number, { share, score }: { share: number; score: number | null }) => sum + share * (score ?? 0),
      0,
    );
    expect(patience.score).toBeCloseTo(expected, 9);
    expect(patience.depth).toBeCloseTo(2 * shares[1] + 3 * shares[2], 9);
    const last = report.exits.at(-1);
    expect(policies.get('full')).toMatchObject({ depth: 3, score: last.scoreOfAll });
    expect(policies.get('full')!.operations).toBeCloseTo(last.operations.total, 6);
    expect(policies.get('fixed:1')).toMatchObject({ depth: 1, score: report.exits[0].scoreOfAll });
  });

  it('says what is missing or wrong', async () => {
    const wrong = path.join(folder, 'wrong.csv');
    await writeFile(wrong, 'said,is\nabc,unheard of\n');
    const cases: [string, string[]][] = [
      ['--dev needs --column and --label', ['--dev', data]],
      ['--task needs --data', ['--task', 'sst2']],
      ['label "unheard of" is none of', ['--dev', wrong, '--column', 'said', '--label', 'is']],
      ['exclude each other', ['--json', '--csv']],
      ['exclude each other', ['--core', 'pairs', '--build', 'simd']],
      ['--profile is of the simd and the relaxed build', ['--profile', '--core', 'scalar']],
    ];
    for (const [message, args] of cases) {
      const { code, stderr } = await bench(...args);
      expect([code, stderr.includes(message), stderr]).toEqual([2, true, expect.any(String)]);
    }
  });
});

describe('beside the exits', () => {
  it('profiles blocks and compares with peers and cold starts', async () => {
    const { code, stdout, stderr } = await bench('--profile', '--peers', '--cold', '--tokens', '8', '--json');
    expect([code, stderr]).toEqual([0, '']);
    const { profile, peers, ours, cold, kernel } = JSON.parse(stdout);
    const shares = profile.map(({ share }: { share: number }) => share);
    expect(shares.reduce((sum: number, share: number) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(0);
    expect(profile.map(({ part }: { part: string }) => part)).toContain('binary products');
    expect(peers.map(({ name }: { name: string }) => name)).toEqual([
      'onnxruntime-web float32',
      'onnxruntime-web int8',
      'tfjs wasm',
      'float32 kernel, products only',
    ]);
    for (const { p50, ratio } of peers) expect(ratio).toBeCloseTo(p50 / ours.p50, 9);
    expect(cold.ratio).toBeCloseTo(cold.onnxruntime.p50 / cold.ours.p50, 9);
    expect(cold.ours.p50).toBeGreaterThan(0);
    expect(['pairs', 'popcount']).toContain(kernel);
  });

  it('pins a core', async () => {
    for (const core of ['scalar', 'popcount', 'pairs']) {
      const report = JSON.parse((await bench('--core', core, '--json')).stdout);
      expect(report.kernel).toBe(core);
      expect(report.build).toBe(core === 'scalar' ? 'scalar' : 'simd');
    }
  });

  it('takes the relaxed build by itself where the engine does', async () => {
    const flags = needsFlag ? [RELAXED_SIMD_FLAG] : [];
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...flags,
      ...[built, 'bench', '-m', model, '--samples', '3', '--json', '--profile'],
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ build: 'relaxed' });
  });
});

describe('the output', () => {
  it('is a table with accuracy, rules and parts', async () => {
    const { stdout } = await bench(...onData(), '--profile');
    expect(stdout).toMatch(/share +accuracy/);
    expect(stdout).toMatch(/^fixed:2 +[\d.]+ +[\d.]+ +[\d.]+ % +2\.00 /m);
    expect(stdout).toMatch(/^binary products +[\d.]+ % +[\d.]+$/m);
  });

  it('is CSV, one figure a row', async () => {
    const { stdout } = await bench(...onData(), '--csv');
    const [head, ...rows] = stdout.trim().split('\n');
    expect(head).toBe('section,name,quantity,value');
    for (const row of rows) expect(row).toMatch(/^(exit|policy),[^,]+,[\w]+,[\d.e-]*$/);
    expect(rows.filter((row) => row.startsWith('exit,3,p50,'))).toHaveLength(1);
  });

  it('is a page that needs nothing but itself', async () => {
    const page = path.join(folder, 'report.html');
    const { code } = await bench(...onData(), '--html', page);
    expect(code).toBe(0);
    const html = await readFile(page, 'utf8');
    const { report } = JSON.parse(/<script type="application\/json" id="data">(.*)<\/script>/.exec(html)![1]);
    expect(report.exits).toHaveLength(3);
    expect(html).not.toMatch(/<(script|link|img)[^>]+(src|href)=/);
    expect(html.match(/<\/script>/g)).toHaveLength(2);
  });
});
