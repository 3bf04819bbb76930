/**
 * V8 may join vectors of 128 bits to ones of 256, which docs/training.md recommends: each lane is then computed as before, so
 * that a training gives the same bytes. By the built command, in a Node that knows the flag.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHECKPOINT_FILE } from '../../../trainer/checkpoint.ts';
import { root } from '../../browser/support/build.ts';
import { buildOnce, built } from '../../cli/command.ts';
import { toyRecords } from '../toy.ts';

const FLAG = '--experimental-wasm-revectorize';
const node24 = join(root, `.tools/node-24/node_modules/node-${process.platform}-${process.arch}/bin/node`);
const isThere = existsSync(node24);
/** Processors without it have no such vectors, and V8 joins none. */
const hasAvx2 = existsSync('/proc/cpuinfo') && readFileSync('/proc/cpuinfo', 'utf8').includes('avx2');
if (!isThere) console.warn('SKIPPED: Node 24 is not there (npm run nodes brings it)');

let folder: string;
beforeAll(async () => {
  await buildOnce();
  folder = mkdtempSync(join(tmpdir(), 'beex-wide-'));
  const rows = toyRecords(96, 1).map(({ text, label }) => `${text}\t${label}`);
  writeFileSync(join(folder, 'train.tsv'), ['sentence\tmood', ...rows].join('\n'));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a short training leaves behind, by this program. */
async function weights(name: string, program: string, flags: string[], options: string[]) {
  const table = join(folder, 'train.tsv');
  const out = join(folder, name);
  const data = ['--train', table, '--dev', table, '--text', 'sentence', '--label', 'mood', '--out', out];
  const args = [...flags, built, 'train', ...data, ...options, '--epochs', '1', '--backend', 'wasm'];
  const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 1 << 28 });
  return { bytes: readFileSync(join(out, CHECKPOINT_FILE)), stdout };
}

const block = '--hidden 64 --slfn 64 --heads 2 --blocks 1 --light-recurrence --tokens 16'.split(' ');
describe.each([
  ['a binarized model', block],
  ['its twin', [...block, '--twin']],
  ['a recurrent teacher', ['--recurrent', '--hidden', '64', '--tokens', '16']],
])('%s', (name, options) => {
  it.skipIf(!isThere)('learns the same with vectors of 256 bits (skipped before npm run nodes)', async () => {
    const narrow = await weights(`${name}, narrow`, process.execPath, [], options);
    // Optimized from the first call on: it is the optimizer that joins vectors.
    const flags = [FLAG, '--trace-wasm-revectorize', '--no-liftoff'];
    const wide = await weights(`${name}, wide`, node24, flags, options);
    if (hasAvx2) expect(wide.stdout).toContain('PackNode [F32x4Add]');
    expect(wide.bytes.equals(narrow.bytes)).toBe(true);
  });
});
