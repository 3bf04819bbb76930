/** The examples of host/browser/examples, built as a user builds them, and run in Chromium. */
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import webpack from 'webpack';
import { load } from '../../host/node/index.ts';
import { buildBrowser, root } from './support/build.ts';
import { hasChromium, launch } from './support/chromium.ts';
import { file } from './support/model.ts';
import { TestServer } from './support/server.ts';

const TEXTS = ['a lovely little film', 'dull, and then duller'];
const EXAMPLES = readdirSync(path.join(root, 'host/browser/examples'));

interface Example {
  /** Builds in the folder; the page's folder. */
  build(folder: string): Promise<string>;
  /** Whether the example has a worker, too. */
  worker: boolean;
}

const BUILDS: Record<string, Example> = {
  vite: {
    worker: true,
    build: async (folder) => {
      mkdirSync(path.join(folder, 'public'));
      writeFileSync(path.join(folder, 'public/model.beex'), file);
      await run(folder, path.join(root, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn');
      return path.join(folder, 'dist');
    },
  },
  webpack: {
    worker: true,
    build: async (folder) => {
      const { default: config } = await import(path.join(folder, 'webpack.config.js'));
      const stats = await new Promise<webpack.Stats>((resolve, reject) => {
        webpack(config, (error, stats) => (stats ? resolve(stats) : reject(error)));
      });
      expect(stats.toJson({ all: false, errors: true, warnings: true })).toMatchObject({
        errors: [],
        warnings: [],
      });
      return folder;
    },
  },
  esbuild: {
    worker: false,
    build: async (folder) => {
      await run(folder, path.join(folder, 'build.mjs'));
      return folder;
    },
  },
  plain: {
    worker: false,
    build: async (folder) => {
      cpSync(path.join(root, 'dist/browser'), path.join(folder, 'beexformer'), { recursive: true });
      return folder;
    },
  },
};

/** Runs a Node script in the folder; it must end well and say nothing. */
function run(cwd: string, ...parameters: string[]): Promise<void> {
  const child = spawn(process.execPath, parameters, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  return new Promise((resolve, reject) => {
    child.on('close', (code) =>
      code === 0 && said === '' ? resolve() : reject(new Error(`${code}: ${said}`)),
    );
  });
}

describe.skipIf(!hasChromium)('the example for', () => {
  let home: string;
  let server: TestServer;
  let browser: Awaited<ReturnType<typeof launch>>;

  beforeAll(async () => {
    await buildBrowser();
    home = mkdtempSync(path.join(tmpdir(), 'beex-bundlers-'));
    server = await TestServer.start();
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    if (home) rmSync(home, { recursive: true });
  });

  it('each bundler is built here', () => {
    expect(EXAMPLES.sort()).toEqual(Object.keys(BUILDS).sort());
  });

  it.each(Object.keys(BUILDS))('%s', async (name) => {
    const folder = path.join(home, name);
    cpSync(path.join(root, 'host/browser/examples', name), folder, { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), '{ "type": "module", "private": true }');
    writeFileSync(path.join(folder, 'model.beex'), file);
    mkdirSync(path.join(folder, 'node_modules'));
    symlinkSync(root, path.join(folder, 'node_modules/beexformer'));
    symlinkSync(path.join(root, 'node_modules/esbuild'), path.join(folder, 'node_modules/esbuild'));
    const served = await BUILDS[name].build(folder);
    server.folders.set(`/${name}/`, served);
    expect(existsSync(path.join(served, 'index.html'))).toBe(true);

    const page = await browser.context.newPage();
    const problems: string[] = [];
    const asked: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('response', (response) => {
      if (!response.ok() && !response.url().endsWith('favicon.ico')) problems.push(response.url());
      asked.push(path.basename(new URL(response.url()).pathname));
    });
    await page.goto(`${server.url}/${name}/index.html`);
    const model = await load(file);
    for (const text of TEXTS) {
      await page.locator('#text').fill(text);
      const { label, exit } = model.classify(text);
      const answer = `${label} after block ${exit}`;
      const whole = BUILDS[name].worker ? `${answer}; the worker says ${label}` : answer;
      await expect.poll(() => page.locator('#answer').textContent(), { timeout: 10_000 }).toBe(whole);
    }
    expect(problems).toEqual([]);
    // One build of the core, for the page and for the worker each.
    const cores = asked.filter((file) => file.endsWith('.wasm'));
    expect(cores).toHaveLength(BUILDS[name].worker ? 2 : 1);
    await page.close();
  });
});
