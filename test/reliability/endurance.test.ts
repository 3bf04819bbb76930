/**
 * Memory over long use, in Node and in a page, and a pool whose workers keep dying. A short form; `npm run soak`
 * is the same with a million classifications.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeModel } from '../../host/model-file/index.ts';
import { createPool, load } from '../../host/node/index.ts';
import { root } from '../browser/support/build.ts';
import { CHROMIUM, hasChromium, launch } from '../browser/support/chromium.ts';
import { TestServer } from '../browser/support/server.ts';
import { buildOnce } from '../cli/command.ts';
import { BYTES } from '../core/builds.ts';
import { randomModel } from '../support/random-model.ts';
import { type Endurance, endure, openMany, slope } from './endurance.ts';

const COUNT = Number(process.env['BEEX_SOAK'] ?? 20_000);
const IS_LONG = COUNT >= 1_000_000;
const MODELS = 200;
const KILLS = IS_LONG ? 200 : 12;
const HOUR = 3_600_000;
/** Bytes of heap a classification: what a short run's noise comes to, and a long one's. */
const SLOPE_MOST = IS_LONG ? 0.1 : 8;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const heapBytes = () => {
  collect();
  return process.memoryUsage().heapUsed;
};

function expectSteady(name: string, seen: Endurance): void {
  console.log(`${name}: ${JSON.stringify(seen)}`);
  expect(seen.classifications).toBe(COUNT);
  expect(seen.changed).toBe(0);
  expect(seen.wasmBytes[1]).toBe(seen.wasmBytes[0]);
  expect(seen.heapSlope).toBeLessThan(SLOPE_MOST);
}

describe(`${COUNT} classifications`, () => {
  it(
    'in Node take no more memory than the first',
    async () => {
      expectSteady('Node', await endure(new WebAssembly.Module(BYTES.simd), COUNT, heapBytes));
    },
    HOUR,
  );

  it.skipIf(!hasChromium)(
    `in a page (skipped without ${CHROMIUM})`,
    async () => {
      mkdirSync(path.join(root, '.tools'), { recursive: true });
      const outfile = path.join(root, '.tools', `endurance-${process.pid}.js`);
      const entryPoints = [path.join(import.meta.dirname, 'endurance-page.ts')];
      await build({ bundle: true, format: 'esm', target: 'es2022', entryPoints, outfile, logLevel: 'error' });
      const server = await TestServer.start();
      server.files.set('/', {
        body: '<!doctype html><title>soak</title><script type="module" src="/soak.js"></script>',
        headers: { 'content-type': 'text/html' },
      });
      server.files.set('/soak.js', { body: readFileSync(outfile) });
      server.files.set('/core.wasm', { body: BYTES.simd });
      const browser = await launch(['--enable-precise-memory-info', '--js-flags=--expose-gc']);
      const page = await browser.context.newPage();
      page.setDefaultTimeout(HOUR);
      await page.goto(`${server.url}/`);
      await page.waitForFunction(() => window.endure !== undefined);
      const seen = await page.evaluate((count) => window.endure('/core.wasm', count), COUNT);
      await browser.close();
      await server.close();
      rmSync(outfile);
      expect(existsSync(outfile)).toBe(false);
      expectSteady('Chromium', seen);
    },
    HOUR,
  );
});

it(
  `${MODELS} models, opened and let go of, leave nothing behind`,
  async () => {
    const growth = await openMany(new WebAssembly.Module(BYTES.scalar), MODELS, heapBytes);
    console.log(`models: ${growth.toFixed(1)} bytes of heap a model`);
    // A model's file alone is thousands of bytes.
    expect(growth).toBeLessThan(500);
  },
  HOUR,
);

describe('a pool whose workers are killed', () => {
  const started: Worker[] = [];
  const remember = (worker: Worker) => started.push(worker);
  beforeAll(async () => {
    await buildOnce();
    process.on('worker', remember);
  });
  afterAll(() => {
    process.off('worker', remember);
  });

  it(
    `${KILLS} times loses nothing and answers nothing twice`,
    async () => {
      const file = writeModel(randomModel(5, { blocks: 2 }));
      const alone = await load(file);
      const pool = await createPool(file, { workers: 2 });
      // Each text is another: an answer that is lost, doubled or swapped shows.
      const texts = Array.from({ length: 200 * KILLS }, (_, i) => `a ${i} b ${i % 7}`);
      let answered = 0;
      let kills = 0;
      for await (const result of pool.classifyMany(texts)) {
        expect(result).toEqual(alone.classify(texts[answered]));
        answered++;
        if (answered % 150 === 0 && kills < KILLS) {
          await started.at(-1 - (kills % 2))!.terminate();
          kills++;
        }
      }
      expect({ answered, kills }).toEqual({ answered: texts.length, kills: KILLS });
      await pool.close();
    },
    HOUR,
  );
});

it('the slope of a line is its slope', () => {
  expect(slope([0, 1, 2, 5].map((x) => [x, 3 * x + 7]))).toBeCloseTo(3, 9);
});
