/** A second engine: Firefox, driven over WebDriver BiDi, gives the bits that Node gives, in every build. */
import { existsSync } from 'node:fs';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as workerHost from '../../host/worker/index.ts';
import { buildBrowser } from './support/build.ts';
import { expectedAnswers, file, TEXTS } from './support/model.ts';
import { STRICT } from './support/page.ts';
import { TestServer } from './support/server.ts';

const FIREFOX = process.env['BEEX_FIREFOX'] ?? '/usr/bin/firefox-esr';
const hasFirefox = existsSync(FIREFOX);
if (!hasFirefox)
  console.warn(`SKIPPED: the second engine needs ${FIREFOX} (Debian: apt-get install firefox-esr)`);

describe.skipIf(!hasFirefox)('in Firefox', () => {
  let server: TestServer;
  let browser: Browser;
  let page: Page;
  let full: Awaited<ReturnType<typeof expectedAnswers>>;

  beforeAll(async () => {
    server = await TestServer.start();
    server.folders.set('/dist/', await buildBrowser());
    server.files.set('/model.beex', { body: file });
    server.files.set('/page.html', {
      body: '<!doctype html><html lang="en"><title>test</title><script type="module" src="page.js"></script>',
      headers: { 'content-security-policy': STRICT },
    });
    server.files.set('/page.js', { body: "import * as beex from '/dist/index.js'; window.beex = beex;" });
    browser = await puppeteer.launch({ browser: 'firefox', executablePath: FIREFOX, headless: true });
    page = await browser.newPage();
    await page.goto(`${server.url}/page.html`);
    full = await expectedAnswers('full');
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it.each(['the best build', 'simd', 'scalar'])('%s gives the same bits as Node', async (build) => {
    const { answers, name } = await page.evaluate(
      async (texts, build) => {
        const cores = { [build]: `/dist/core.${build}.wasm` };
        const model = await window.beex.load('/model.beex', build.startsWith('the') ? {} : { cores });
        const answers = [];
        for (const text of texts) answers.push(await model.classify(text, { policy: 'full' }));
        return { answers, name: model.info.build };
      },
      TEXTS,
      build,
    );
    console.log(`Firefox ${await browser.version()}, ${build}: ran ${name}`);
    expect(answers).toMatchObject(full);
  });

  it('answers while the model is arriving, and keeps the blocks of a stream that broke off', async () => {
    const [first, second] = await page.evaluate(
      async () => (await window.beex.load('/model.beex')).info.exitBytes,
    );
    server.files.set('/broken.beex', { body: file, stallAt: first });
    const waiting = await page.evaluate(async (text) => {
      window.model = await window.beex.load('/broken.beex');
      return window.model.classify(text, { policy: 'fast' });
    }, TEXTS[0]);
    expect(waiting).toMatchObject({ exit: 1, depth: 'complete', bytes: first });
    server.release();
    server.files.set('/broken.beex', { body: file, breakAt: second + 10, ranges: true });
    const { partial, whole } = await page.evaluate(async (text) => {
      const model = await window.beex.load('/broken.beex');
      await model.whole.catch(() => {});
      const partial = await model.classify(text, { policy: 'full' });
      await model.resume();
      return { partial, whole: await model.classify(text, { policy: 'full' }) };
    }, TEXTS[0]);
    expect(partial).toMatchObject({ exit: 2, depth: 'partial', bytes: second });
    expect(whole).toMatchObject(full[0]);
  });

  it('answers from a worker, too', async () => {
    server.files.set('/worker.html', {
      body: '<!doctype html><html lang="en"><title>test</title><script type="module" src="worker.js"></script>',
      headers: { 'content-security-policy': `${STRICT}; worker-src 'self'` },
    });
    server.files.set('/worker.js', {
      body: "import * as worker from '/dist/worker.js'; window.worker = worker;",
    });
    const other = await browser.newPage();
    await other.goto(`${server.url}/worker.html`);
    const answer = await other.evaluate(async (text) => {
      const { loadInWorker } = (window as unknown as { worker: typeof workerHost }).worker;
      const model = await loadInWorker('/model.beex');
      return model.classify(text, { policy: 'full' });
    }, TEXTS[0]);
    expect(answer).toMatchObject(full[0]);
    await other.close();
  });

  it("names the page's policy when that forbids Wasm", async () => {
    server.files.set('/strict.html', {
      body: '<!doctype html><html lang="en"><title>test</title><script type="module" src="page.js"></script>',
      headers: { 'content-security-policy': "default-src 'none'; script-src 'self'; connect-src 'self'" },
    });
    const strict = await browser.newPage();
    await strict.goto(`${server.url}/strict.html`);
    const failure = await strict.evaluate(() =>
      window.beex.load('/model.beex').catch((error) => String(error)),
    );
    expect(failure).toContain("must allow 'wasm-unsafe-eval'");
    await strict.close();
  });
});
