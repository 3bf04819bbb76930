/** Training on WebGPU, on a driver in software, against the reference on cpu; and how such a process ends. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { load } from '../../../host/node/index.ts';
import { MODEL_FILE } from '../../../trainer/checkpoint.ts';
import { readRunFile } from '../../../trainer/run-file.ts';
import { driverEnvironment, type Ended, runChild } from './driver.ts';
import type { Arithmetic } from './webgpu-arithmetic.ts';

/** A driver in software takes its time, the more when other tests run beside it. */
const PATIENCE = 1_200_000;

const env = driverEnvironment();
const withDriver = describe.skipIf(env === undefined);

withDriver('webgpu (skipped without the Debian package chromium, or a driver in VK_ICD_FILENAMES)', () => {
  let ended: Ended;
  let said: Arithmetic;
  beforeAll(async () => {
    ended = await runChild('webgpu-arithmetic.ts', [], env!);
    said = JSON.parse(ended.stdout || '{}') as Arithmetic;
  }, PATIENCE);

  test('a process that used it ends by itself, without a crash', () => {
    expect(ended).toMatchObject({ code: 0, signal: null });
  });

  test('it says what it computes on, and that this is software', () => {
    expect(said.device).toMatch(/.+, software$/);
  });

  test.each(['binarized', 'twin'] as const)('the loss and every gradient agree with cpu: %s', (kind) => {
    const { loss, gradients } = said[kind];
    expect(loss).toBeLessThan(1e-5);
    expect(Object.keys(gradients).length).toBeGreaterThan(15);
    for (const [name, { norm, error }] of Object.entries(gradients)) {
      expect(norm, `${name} has a gradient`).toBeGreaterThan(0);
      expect(error, name).toBeLessThan(1e-4);
    }
  });

  test('three steps have the losses of three steps on cpu', () => {
    const [ours, reference] = said.losses;
    expect(new Set(reference).size).toBe(3);
    ours.forEach((loss, i) => {
      expect(Math.abs(loss - reference[i])).toBeLessThan(1e-4);
    });
  });

  test('a model that was saved and resumed is the one that was not', () => {
    expect(said.resumed).toBeLessThan(1e-5);
  });

  test('no tensor is left behind, nor a browser pretended', () => {
    expect(said.leaked).toBe(0);
    expect(said.navigatorGpu).toBe(false);
  });
});

withDriver('a run on webgpu (skipped without the Debian package chromium)', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'beex-webgpu-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test(
    'is stopped, resumed in another process, and packed',
    async () => {
      const stopped = await runChild('webgpu-run.ts', [folder, 'stop'], env!);
      expect({ ...stopped, stdout: JSON.parse(stopped.stdout) }).toMatchObject({
        code: 0,
        signal: null,
        stdout: { finished: false, steps: 2 },
      });
      expect(readRunFile(folder).backend).toBe('webgpu');
      const resumed = await runChild('webgpu-run.ts', [folder, 'resume'], env!);
      // Three steps of the task, of which two are done, and one to settle.
      expect({ ...resumed, stdout: JSON.parse(resumed.stdout) }).toMatchObject({
        code: 0,
        signal: null,
        stdout: { finished: true, steps: 2 },
      });
      const model = await load(readFileSync(join(folder, MODEL_FILE)));
      expect(model.classify('the lamp was lovely').label).toMatch(/praise|complaint/);
      model.dispose();
    },
    PATIENCE,
  );
});
