/** `beexformer/browser` in Chromium: sources, answers, what is asked for, what is refused. */
import { createHash } from 'node:crypto';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildBrowser } from './support/build.ts';
import { hasChromium, launch } from './support/chromium.ts';
import { expectedAnswers, file, TEXTS } from './support/model.ts';
import { openPage } from './support/page.ts';
import { TestServer } from './support/server.ts';

const sri = `sha384-${createHash('sha384').update(file).digest('base64')}`;

describe.skipIf(!hasChromium)('load, in Chromium', () => {
  let server: TestServer;
  let browser: Awaited<ReturnType<typeof launch>>;
  let context: BrowserContext;
  let page: Page;
  let errors: string[];

  beforeAll(async () => {
    server = await TestServer.start();
    server.folders.set('/dist/', await buildBrowser());
    server.files.set('/model.beex', { body: file });
    browser = await launch();
    context = browser.context;
    ({ page, errors } = await openPage(context, server));
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it('gives the bits that Node gives, under a policy without eval', async () => {
    const answers = await page.evaluate(async (texts) => {
      const model = await window.beex.load('/model.beex');
      return Promise.all(texts.map((text) => model.classify(text, { policy: 'full' })));
    }, TEXTS);
    const expected = await expectedAnswers('full');
    expect(answers).toEqual(
      expected.map((answer) => ({ ...answer, depth: 'complete', bytes: expect.any(Number) })),
    );
    expect(errors).toEqual([]);
  });

  it('asks for the page, the module, one build of the core and the model, and nothing else', async () => {
    const asked: string[] = [];
    const { page } = await openPage(context, server);
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.reload();
    await page.evaluate(() => window.beex.load('/model.beex').then((model) => model.whole));
    const name = new URL(page.url()).pathname.replace('.html', '');
    expect(asked.filter((path) => path !== '/favicon.ico').sort()).toEqual(
      [`${name}.html`, `${name}.js`, '/dist/index.js', '/dist/core.relaxed.wasm', '/model.beex'].sort(),
    );
    await page.close();
  });

  it('takes every kind of source', async () => {
    const answers = await page.evaluate(async (text) => {
      const { load } = window.beex;
      const bytes = await (await fetch('/model.beex')).arrayBuffer();
      // A stream of odd pieces, so that header and sections are cut anywhere.
      const pieces = new ReadableStream<Uint8Array>({
        start(controller) {
          for (let at = 0, size = 1; at < bytes.byteLength; at += size, size = (size * 7 + 3) % 5003) {
            controller.enqueue(new Uint8Array(bytes.slice(at, at + size)));
          }
          controller.close();
        },
      });
      const sources = [
        '/model.beex',
        new URL('/model.beex', location.href),
        await fetch('/model.beex'),
        pieces,
        bytes,
        new Uint8Array(bytes),
        new Blob([bytes]),
      ];
      const models = await Promise.all(sources.map((source) => load(source)));
      await Promise.all(models.map((model) => model.whole));
      return Promise.all(models.map((model) => model.classify(text)));
    }, TEXTS[0]);
    expect(answers).toHaveLength(7);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it('gives the same bits in every build', async () => {
    const [best, ...others] = await page.evaluate(async (texts) => {
      const models = [
        await window.beex.load('/model.beex'),
        await window.beex.load('/model.beex', { cores: { simd: '/dist/core.simd.wasm' } }),
        await window.beex.load('/model.beex', { cores: { scalar: '/dist/core.scalar.wasm' } }),
      ];
      return Promise.all(
        models.map(async (model) => ({
          build: model.info.build,
          answers: await Promise.all(texts.map((text) => model.classify(text, { policy: 'full' }))),
        })),
      );
    }, TEXTS);
    expect([best, ...others].map(({ build }) => build)).toEqual(['relaxed', 'simd', 'scalar']);
    for (const { answers } of others) expect(answers).toEqual(best.answers);
  });

  it('tells what the model is', async () => {
    const { info, card, tokens } = await page.evaluate(async () => {
      const model = await window.beex.load('/model.beex');
      const tokens = [...(await model.tokenize('a b')).ids];
      return { info: model.info, card: await model.card(), tokens };
    });
    expect(info).toMatchObject({
      labels: ['label 0', 'label 1', 'label 2'],
      fileBytes: file.length,
      dimensions: { hidden: 128, blocks: 4 },
      build: 'relaxed',
    });
    expect(info.policies.map(({ name }) => name)).toEqual(['balanced', 'accurate', 'fast']);
    expect(info.exitBytes).toHaveLength(4);
    expect(card).toEqual({ description: 'random weights', seed: 31 });
    expect(tokens).toHaveLength(2);
  });

  it('uses bytes of the right digest only', async () => {
    server.files.set('/changed.beex', { body: changed(file) });
    const outcomes = await page.evaluate(async (integrity) => {
      const cache = await caches.open('models');
      await cache.put('/cached.beex', await fetch('/changed.beex'));
      const attempt = async (source: string | Response, options: { integrity: string }) =>
        window.beex.load(source, options).then(
          async (model) => (await model.classify('a')).depth,
          (error) => String(error),
        );
      return [
        await attempt('/model.beex', { integrity }),
        await attempt('/model.beex', { integrity: `sha256-AAAA ${integrity}` }),
        await attempt((await cache.match('/cached.beex'))!, { integrity }),
        await attempt('/model.beex', { integrity: 'md5-AAAA' }),
      ];
    }, sri);
    expect(outcomes.slice(0, 2)).toEqual(['complete', 'complete']);
    expect(outcomes[2]).toContain('the model is not the one that integrity names');
    expect(outcomes[3]).toContain('holds no digest');
  });

  it('does not begin before the digest is checked', async () => {
    server.files.set('/stalled.beex', { body: file, stallAt: file.length - 1 });
    const loading = page.evaluate(async (integrity) => {
      const seen: number[] = [];
      const onProgress = ({ blocks }: { blocks: number }) => seen.push(blocks);
      const model = await window.beex.load('/stalled.beex', { integrity, onProgress });
      return { seen, blocks: model.progress.blocks };
    }, sri);
    await expect(
      Promise.race([loading, new Promise((resolve) => setTimeout(resolve, 300, 'waiting'))]),
    ).resolves.toBe('waiting');
    server.release();
    const { seen, blocks } = await loading;
    expect(blocks).toBe(4);
    expect(seen.every((count) => count === 0)).toBe(true);
  });

  it('reports progress up to the whole file', async () => {
    const seen = await page.evaluate(async () => {
      const seen: { bytes: number; total: number; blocks: number }[] = [];
      const model = await window.beex.load('/model.beex', { onProgress: (progress) => seen.push(progress) });
      await model.whole;
      return seen;
    });
    expect(seen.at(-1)).toEqual({ bytes: file.length, total: file.length, blocks: 4 });
    expect(seen.map(({ bytes }) => bytes)).toEqual(seen.map(({ bytes }) => bytes).sort((a, b) => a - b));
  });

  it('says what is wrong', async () => {
    const { pieces } = await import('../support/random-model.ts').then(({ randomModel }) => randomModel(4));
    const { writeVocabulary } = await import('../../host/model-file/index.ts');
    server.files.set('/page.beex', {
      body: '<!doctype html><title>Sorry</title> we could not find that file',
    });
    server.files.set('/damaged.beex', { body: changed(file, 700) });
    server.files.set('/vocabulary.beex', {
      body: writeVocabulary({ pieces, normalizer: 0, tokens: 8, segments: 1 }),
    });
    const failures = await page.evaluate(async () => {
      const attempt = (source: string) =>
        window.beex.load(source).then(
          () => 'loaded',
          (error) => `${error.name}: ${error.message}`,
        );
      const names = ['/missing.beex', '/page.beex', '/damaged.beex', '/vocabulary.beex'];
      const model = await window.beex.load('/model.beex');
      const policy = await model
        .classify('a', { policy: 'quick' })
        .catch((error) => `${error.name}: ${error.message}`);
      const pair = await model.classify(['a', 'b']).catch((error) => `${error.name}: ${error.message}`);
      model.dispose();
      const gone = await model.classify('a').catch((error) => String(error));
      return [...(await Promise.all(names.map(attempt))), policy, pair, gone];
    });
    expect(failures[0]).toMatch(/missing\.beex answered 404/);
    expect(failures[1]).toMatch(/^ModelFileError: header: .*does not begin with "BEEX"/);
    expect(failures[2]).toMatch(/^ModelFileError: .*checksum differs/);
    expect(failures[3]).toMatch(/^CoreError: .*holds only a vocabulary/);
    expect(failures[4]).toMatch(/^PolicyError: there is no policy "quick"/);
    expect(failures[5]).toMatch(/^RangeError: this model takes single texts/);
    expect(failures[6]).toContain('disposed of');
  });

  it("names the page's policy when that forbids Wasm", async () => {
    const policy = "default-src 'none'; script-src 'self'; connect-src 'self'";
    const { page } = await openPage(context, server, { policy });
    const failure = await page.evaluate(() =>
      window.beex.load('/model.beex').catch((error) => String(error)),
    );
    expect(failure).toContain("must allow 'wasm-unsafe-eval'");
    await page.close();
  });

  it('embedded, works on a page that may fetch nothing', async () => {
    const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'none'";
    const { page, errors } = await openPage(context, server, { policy, module: '/dist/embedded.js' });
    const answer = await page.evaluate(
      async ([base64, text]) => {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        const model = await window.beex.load(bytes);
        return { ...(await model.classify(text, { policy: 'full' })), build: model.info.build };
      },
      [Buffer.from(file).toString('base64'), TEXTS[0]],
    );
    expect(answer).toMatchObject((await expectedAnswers('full'))[0]);
    expect(answer.build).toBe('relaxed');
    expect(errors).toEqual([]);
    await page.close();
  });
});

function changed(bytes: Uint8Array, at = bytes.length >> 1): Uint8Array {
  const copy = bytes.slice();
  copy[at] ^= 1;
  return copy;
}
