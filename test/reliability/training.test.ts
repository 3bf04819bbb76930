/** What can go wrong around a training that takes hours: it says what it is, and the last good state is kept. */
import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Backend, chooseBackend } from '../../trainer/backend/index.ts';
import {
  CHECKPOINT_FILE,
  CheckpointError,
  DivergedError,
  MODEL_FILE,
  PREVIOUS_FILE,
  readCheckpoint,
  VOCABULARY_FILE,
} from '../../trainer/checkpoint.ts';
import { LOCK_FILE } from '../../trainer/guard.ts';
import { type RunHooks, type RunResult, train } from '../../trainer/run.ts';
import { randomSource } from '../support/random-model.ts';
import { toyData } from '../trainer/toy.ts';
import { SURVIVOR_RECIPE, SURVIVOR_SHAPE } from './survivor.ts';

let backend: Backend;
let root: string;
let whole: Buffer;
const at = (name: string, file = ''): string => join(root, name, file);

function run(name: string, hooks: RunHooks & { resume?: boolean; rate?: number } = {}): Promise<RunResult> {
  const { rate = SURVIVOR_RECIPE.learningRate, ...events } = hooks;
  const recipe = { ...SURVIVOR_RECIPE, learningRate: rate };
  return train(at(name), toyData(), SURVIVOR_SHAPE, recipe, { backend, ...events });
}

/** A run that was stopped after so many steps, with a checkpoint of each. */
async function stopped(name: string, steps: number): Promise<void> {
  const stop = new AbortController();
  const onStep = (_report: unknown, done: number) => {
    if (done === steps) stop.abort();
  };
  await run(name, { signal: stop.signal, checkpointEvery: 0, onStep });
}

async function expectSameEnd(name: string): Promise<void> {
  expect((await run(name, { resume: true })).finished).toBe(true);
  expect(readFileSync(at(name, MODEL_FILE)).equals(whole)).toBe(true);
}

beforeAll(async () => {
  backend = await chooseBackend('wasm');
  root = mkdtempSync(join(tmpdir(), 'beex-survive-'));
  chmodSync(root, 0o755);
  await run('whole');
  whole = readFileSync(at('whole', MODEL_FILE));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('two trainings in one folder', () => {
  it('in one process: the second is refused, the first goes on', async () => {
    const first = run('twice');
    await expect(run('twice')).rejects.toThrow(`process ${process.pid} is training here`);
    expect((await first).finished).toBe(true);
    expect(existsSync(at('twice', LOCK_FILE))).toBe(false);
  });

  it('in another process: it is named', async () => {
    const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
    mkdirSync(at('taken'));
    writeFileSync(at('taken', LOCK_FILE), JSON.stringify({ pid: other.pid, host: hostname() }));
    await expect(run('taken')).rejects.toThrow(`process ${other.pid} is training here`);
    expect(readdirSync(at('taken'))).toEqual([LOCK_FILE]);
    const ended = new Promise((resolve) => other.on('close', resolve));
    other.kill('SIGKILL');
    await ended;
    await stopped('taken', 3);
    expect(readCheckpoint(at('taken')).progress.step).toBe(3);
  });

  it('on another machine: it is not known whether it runs, so it holds', async () => {
    mkdirSync(at('far'));
    writeFileSync(at('far', LOCK_FILE), JSON.stringify({ pid: 1, host: 'elsewhere.example' }));
    await expect(run('far')).rejects.toThrow('process 1 on elsewhere.example is training here');
  });

  it.each([
    ['this process had its number before', JSON.stringify({ pid: process.pid, host: hostname() })],
    ['it was cut short', '{"pid": 1'],
  ])('a lock that holds nothing: %s', async (_, lock) => {
    const name = `stale-${lock.length}`;
    mkdirSync(at(name));
    writeFileSync(at(name, LOCK_FILE), lock);
    await stopped(name, 2);
    expect(existsSync(at(name, LOCK_FILE))).toBe(false);
  });
});

describe('a disk', () => {
  it.skipIf(!existsSync('/dev/full'))('that is full (skipped without /dev/full)', async () => {
    const fill = (_report: unknown, done: number) => {
      const beside = at('full', `${CHECKPOINT_FILE}.${process.pid}.tmp`);
      if (done === 30) symlinkSync('/dev/full', beside);
    };
    const failing = run('full', { checkpointEvery: 0, onStep: fill });
    await expect(failing).rejects.toThrow(CheckpointError);
    await expect(failing).rejects.toThrow(/checkpoint\.safetensors: the disk is full; what was there before/);
    expect(readCheckpoint(at('full')).progress).toMatchObject({ stage: 0, step: 29 });
    await expectSameEnd('full');
  });

  it('that may not be written to', async () => {
    mkdirSync(at('read-only'));
    chmodSync(at('read-only'), 0o555);
    const isRoot = process.geteuid!() === 0;
    // Root may write anywhere; nobody may not.
    if (isRoot) process.seteuid!(65534);
    try {
      await expect(run('read-only')).rejects.toThrow(/read-only: it may not be written to/);
      await expect(run('read-only/below')).rejects.toThrow(CheckpointError);
    } finally {
      if (isRoot) process.seteuid!(0);
    }
  });
});

describe('a damaged checkpoint', () => {
  beforeAll(() => stopped('damaged', 50));

  it('is found wherever the damage is', () => {
    const bytes = readFileSync(at('damaged', CHECKPOINT_FILE));
    const sound = readCheckpoint(at('damaged'));
    const headerBytes = Number(bytes.readBigUInt64LE(0));
    const random = randomSource(3);
    mkdirSync(at('bent'));
    for (let round = 0; round < 300; round++) {
      const bent = Buffer.from(bytes);
      const place = Math.floor(random() * (round % 3 === 0 ? bytes.length : headerBytes + 8));
      bent[place] ^= 1 << Math.floor(8 * random());
      writeFileSync(at('bent', CHECKPOINT_FILE), round % 10 === 0 ? bent.subarray(0, place) : bent);
      let read: unknown;
      try {
        read = readCheckpoint(at('bent'));
      } catch (error) {
        expect(error).toBeInstanceOf(CheckpointError);
        continue;
      }
      // Only the name of the header's checksum may be hit unseen.
      expect([place, read]).toEqual([place, sound]);
    }
  });

  it('is named, with the one before it, which goes on to the same end', async () => {
    const path = at('damaged', CHECKPOINT_FILE);
    const bytes = readFileSync(path);
    bytes[bytes.length - 5] ^= 4;
    writeFileSync(path, bytes);
    const message = `${at('damaged', PREVIOUS_FILE)} is sound and stands at step 50 of stage 1`;
    await expect(run('damaged', { resume: true })).rejects.toThrow(message);
    renameSync(at('damaged', PREVIOUS_FILE), path);
    await expectSameEnd('damaged');
    expect(existsSync(at('damaged', PREVIOUS_FILE))).toBe(false);
  });
});

it('a clock that is set back changes nothing', async () => {
  await stopped('back', 20);
  const DAY = 86_400_000;
  const { now } = Date;
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() - DAY);
  await expectSameEnd('back');
  clock.mockRestore();
});

it('a vocabulary that is gone is named', async () => {
  await stopped('forgetful', 5);
  rmSync(at('forgetful', VOCABULARY_FILE));
  await expect(run('forgetful', { resume: true })).rejects.toThrow(VOCABULARY_FILE);
});

describe('weights that become no numbers', () => {
  const RATE = 1e38;

  it('stop the run before they are saved', async () => {
    const failing = run('hasty', { rate: RATE, checkpointEvery: 0 });
    await expect(failing).rejects.toThrow(DivergedError);
    await expect(failing).rejects.toThrow(/became .*; start again with a lower --learning-rate/);
    expect(existsSync(at('hasty', CHECKPOINT_FILE))).toBe(false);
  });

  it('leave the last sound checkpoint, from which the run goes on', async () => {
    await stopped('steady', 25);
    const before = readFileSync(at('steady', CHECKPOINT_FILE));
    const failing = run('steady', { rate: RATE, checkpointEvery: 0, resume: true });
    await expect(failing).rejects.toThrow(
      /the checkpoint of step 25 of stage 1 is sound: lower learningRate/,
    );
    expect(readFileSync(at('steady', CHECKPOINT_FILE)).equals(before)).toBe(true);
    cpSync(at('steady'), at('again'), { recursive: true });
    await expectSameEnd('again');
  });
});
