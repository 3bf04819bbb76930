/** A training that is killed again and again ends in the bytes of one that nobody disturbed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CHECKPOINT_FILE, MODEL_FILE, UNFINISHED } from '../../trainer/checkpoint.ts';
import { LOCK_FILE } from '../../trainer/guard.ts';
import { root } from '../browser/support/build.ts';
import { randomSource } from '../support/random-model.ts';

const KILLS = 40;
/** Some are killed while they start, most while they train; a step and its checkpoint take a few ms. */
const STARTING_MS = 1000;
const TRAINING_MS = 150;

let folder: string;
let program: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'beex-kill-'));
  mkdirSync(join(root, '.tools'), { recursive: true });
  // In the package, so that it finds what the package was built to.
  program = join(root, '.tools', `train-toy-${process.pid}.mjs`);
  const entry = join(root, 'test/reliability/train-toy.ts');
  const kind = { bundle: true, platform: 'node', format: 'esm', packages: 'external' } as const;
  await build({ ...kind, entryPoints: [entry], outfile: program, logLevel: 'error' });
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(program, { force: true });
});

interface Child {
  process: ChildProcess;
  /** Its first step, or its end. */
  steps: Promise<unknown>;
  ended: Promise<number | null>;
}

function start(name: string): Child {
  const child = spawn(process.execPath, [program, join(folder, name)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const steps = Promise.race([ended, new Promise((resolve) => child.stdout.once('data', resolve))]);
  return { process: child, steps, ended };
}

const bytesOf = (name: string) =>
  Object.fromEntries(
    [CHECKPOINT_FILE, MODEL_FILE, 'run.json', 'vocabulary.beex', 'calibration.json'].map((file) => [
      file,
      readFileSync(join(folder, name, file)).toString('base64'),
    ]),
  );

it(`killed at ${KILLS} moments, it ends in the same bytes`, async () => {
  expect(await start('undisturbed').ended).toBe(0);
  const expected = bytesOf('undisturbed');
  const random = randomSource(17);
  let kills = 0;
  let inWrite = 0;
  let runs = 0;
  while (kills < KILLS) {
    const name = `killed-${runs}`;
    for (let isDone = false; !isDone; ) {
      const child = start(name);
      const isLate = random() < 0.75;
      if (isLate) await child.steps;
      if (kills < KILLS) {
        await Promise.race([child.ended, pause(random() * (isLate ? TRAINING_MS : STARTING_MS))]);
        if (child.process.kill('SIGKILL')) kills++;
      }
      const code = await child.ended;
      expect([null, 0]).toContain(code);
      isDone = code === 0;
      if (!isDone) inWrite += readdirSync(folder).includes(name) ? unfinished(name) : 0;
    }
    expect(bytesOf(name)).toEqual(expected);
    expect(readdirSync(join(folder, name)).sort()).toEqual(readdirSync(join(folder, 'undisturbed')).sort());
    runs++;
  }
  console.log(`${kills} kills in ${runs} runs, ${inWrite} of them while a file was being written`);
  expect(inWrite).toBeGreaterThan(0);
  expect(readdirSync(join(folder, 'killed-0'))).not.toContain(LOCK_FILE);
}, 300_000);

const unfinished = (name: string) =>
  readdirSync(join(folder, name)).some((file) => UNFINISHED.test(file)) ? 1 : 0;
