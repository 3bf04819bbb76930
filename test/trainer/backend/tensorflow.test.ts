/**
 * The backends `node` and `node-gpu` without TensorFlow, whose compiled library is not here: what is said
 * when its package is missing, and that an installed one is found, loaded, used, recorded and resumed. The
 * stand-in lends tfjs's cpu kernels the name that TensorFlow registers, so it says nothing of TensorFlow's own.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRunFile } from '../../../trainer/run-file.ts';
import { beex, buildOnce } from '../../cli/command.ts';
import { toyRecords } from '../toy.ts';

const { resolve } = createRequire(import.meta.url);

/** What the package of this name would do on loading, in the stand-in's way. */
const STAND_IN = `
const tf = require(${JSON.stringify(resolve('@tensorflow/tfjs-core'))});
const { MathBackendCPU } = require(${JSON.stringify(resolve('@tensorflow/tfjs-backend-cpu'))});
class StandIn extends MathBackendCPU {
  isUsingGpuDevice = __dirname.includes('node-gpu');
}
tf.registerBackend('tensorflow', () => new StandIn());
tf.copyRegisteredKernels('cpu', 'tensorflow');
`;
const BROKEN = "throw new Error('libtensorflow.so.2: cannot open shared object file');";

let folder: string;
const at = (...names: string[]): string => join(folder, ...names);

/** A folder in which a package of this name is installed. */
function install(place: string, name: string, code: string): string {
  const home = at(place, 'node_modules', '@tensorflow', name);
  mkdirSync(home, { recursive: true });
  writeFileSync(
    join(home, 'package.json'),
    JSON.stringify({ name: `@tensorflow/${name}`, main: 'index.js' }),
  );
  writeFileSync(join(home, 'index.js'), code);
  return at(place);
}

beforeAll(async () => {
  await buildOnce();
  folder = mkdtempSync(join(tmpdir(), 'beex-tensorflow-'));
  const rows = (count: number, seed: number) =>
    toyRecords(count, seed).map(({ text, label }) => `"${text}",${label}\n`);
  writeFileSync(at('train.csv'), `text,label\n${rows(32, 1).join('')}`);
  writeFileSync(at('dev.csv'), `text,label\n${rows(8, 2).join('')}`);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SMALL =
  '--hidden 64 --slfn 64 --blocks 1 --heads 4 --tokens 8 --vocabulary-size 64 --batch-size 8 --epochs 1';
const train = (cwd: string, backend: string, out: string) => {
  const data = `--train ${at('train.csv')} --dev ${at('dev.csv')} --text text --label label`;
  const args = `train ${data} ${SMALL} --settle-epochs 0.5 --json --backend ${backend} --out ${at(out)}`;
  return beex(args.split(' '), '', { cwd });
};

test.each(['node', 'node-gpu'])(
  '%s without its package: one error that says what to install',
  async (name) => {
    const { code, stderr } = await train(folder, name, 'absent');
    expect(code).toBe(2);
    expect(stderr).toMatch(
      new RegExp(
        `^error: The backend ${name} needs @tensorflow/tfjs-${name}, which is not installed. Install it with:\n`,
      ),
    );
    expect(stderr).toMatch(
      new RegExp(`npm install .*@tensorflow/tfjs-core@4.22.* @tensorflow/tfjs-${name}@4.22\n$`),
    );
  },
  120_000,
);

test('a package whose library cannot be loaded is named with the reason', async () => {
  const { code, stderr } = await train(install('broken', 'tfjs-node', BROKEN), 'node', 'broken-run');
  expect(code).toBe(1);
  expect(stderr).toBe(
    "error: The backend node can't load @tensorflow/tfjs-node: libtensorflow.so.2: cannot open shared object file\n",
  );
}, 120_000);

describe.each([
  ['node', 'TensorFlow on the CPU'],
  ['node-gpu', 'TensorFlow on a CUDA GPU'],
])('%s with a stand-in beside the user', (name, device) => {
  test('trains on it, records it, and a resumed run goes on with it', async () => {
    const cwd = install(name, `tfjs-${name}`, STAND_IN);
    const trained = await train(cwd, name, `${name}-run`);
    expect(trained).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(`computing on ${name} (${device})\n`),
    });
    expect(JSON.parse(trained.stdout).n).toBe(8);
    expect(readRunFile(at(`${name}-run`)).backend).toBe(name);
    const resume = (more: string[]) =>
      beex(['train', '--resume', at(`${name}-run`), '--json', ...more], '', { cwd });
    expect((await resume([])).stderr).toContain(`computing on ${name} (${device})\n`);
    // The user has the last word, as on a machine that lost its GPU.
    const moved = await resume(['--backend', 'wasm']);
    expect(moved).toMatchObject({ code: 0, stderr: expect.not.stringContaining('computing on') });
  }, 300_000);
});

test('auto measures an installed package against wasm and says what came out', async () => {
  const cwd = install('auto', 'tfjs-node', STAND_IN);
  const { code, stderr } = await train(cwd, 'auto', 'auto-run');
  expect(code).toBe(0);
  // The stand-in is tfjs's slow reference, so wasm wins.
  expect(stderr).toMatch(/^computing on wasm \(milliseconds a step: wasm [\d.]+, node [\d.]+(; .*)?\)\n/);
  expect(JSON.parse(readFileSync(at('auto-run', 'run.json'), 'utf8')).backend).toBe('wasm');
}, 300_000);
