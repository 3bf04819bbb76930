/** The report as a reader opens it: in a real browser, light and dark, on a desk, on a phone, on paper. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chooseBackend } from '../../../trainer/backend/index.ts';
import { NoRunError } from '../../../trainer/checkpoint.ts';
import { readExits } from '../../../trainer/report/exits.ts';
import { writeReport } from '../../../trainer/report/report.ts';
import { type RunHooks, train } from '../../../trainer/run.ts';
import type { Recipe } from '../../../trainer/settings.ts';
import { hasChromium, launch } from '../../browser/support/chromium.ts';
import { TOY_RECIPE, TOY_SHAPE, toyData } from '../toy.ts';

let root: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'beex-report-'));
  await run('whole');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function run(name: string, recipe: Recipe = TOY_RECIPE, hooks: RunHooks = {}): Promise<string> {
  const folder = join(root, name);
  const data = toyData();
  // A name that would end the page's script, were it not kept from it.
  data.dataset.name = 'toy </script><b>&';
  data.source = { train: 'letters/private.csv' };
  await train(folder, data, TOY_SHAPE, recipe, { backend: await chooseBackend('wasm'), ...hooks });
  return folder;
}

const html = (name: string): string => readFileSync(join(root, name, 'report.html'), 'utf8');

test('training leaves it in the folder: one file that asks for no other, and tells no paths', () => {
  const page = html('whole');
  expect(page).not.toMatch(/<(script|link|img)[^>]+(src|href)=/);
  expect(page.match(/<\/script>/g)).toHaveLength(2);
  expect(page).not.toContain('private.csv');
});

test('what was measured of the exits adds up', () => {
  const { exits, policies, texts } = readExits(join(root, 'whole'))!;
  expect(texts).toBe(64);
  expect(exits).toHaveLength(TOY_SHAPE.blocks);
  expect(policies.map(({ name }) => name)).toEqual(['full', 'balanced', 'accurate', 'fast']);
  for (const { shares } of policies) expect(shares.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 12);
  expect(policies[0]).toMatchObject({ shares: [0, 1], meanDepth: 2, reduction: 0, score: exits[1].score });
  for (const { right, score, entropy, probability } of exits) {
    expect(right.filter(Boolean).length / texts).toBeCloseTo(score, 12);
    for (const nats of entropy) expect(nats).toBeLessThanOrEqual(0.6932);
    for (const said of probability) expect(said).toBeGreaterThanOrEqual(0.5);
  }
});

test('a folder without a run is named', async () => {
  await expect(writeReport(join(root, 'nothing'))).rejects.toThrow(NoRunError);
});

describe.skipIf(!hasChromium)('in Chromium', () => {
  let context: BrowserContext;
  let close: () => Promise<void>;
  beforeAll(async () => {
    ({ context, close } = await launch());
  });
  afterAll(() => close());

  async function open(name: string, width = 1440, colorScheme: 'light' | 'dark' = 'light') {
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    page.on('requestfailed', (request) => errors.push(request.url()));
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await page.goto(pathToFileURL(join(root, name, 'report.html')).href);
    return { page, errors };
  }
  const headings = ['Loss', 'Score on the held-out texts', 'Score on the texts it learns from'];
  const ofExits = ['Where texts leave', 'Entropy after each exit', 'Can probabilities be believed?'];

  test('it has a chart for everything, with axes that say what they are', async () => {
    const { page, errors } = await open('whole');
    expect(errors).toEqual([]);
    expect(await page.title()).toBe('Training of toy </script><b>&');
    expect(await page.locator('h1').textContent()).toBe('Training of toy </script><b>&');
    const found = await page.locator('section > h2').allTextContents();
    for (const heading of [...headings, ...ofExits, 'Recipe']) expect(found).toContain(heading);
    const labels = (await page.locator('svg').allTextContents()).join(' ');
    for (const label of ['cross-entropy, nats', 'accuracy, %', 'entropy, nats', 'probability said, %']) {
      expect(labels).toContain(label);
    }
    // A line for each exit, drawn.
    const loss = page.locator('section', { hasText: 'Loss' }).first().locator('svg').last();
    const drawn = await loss
      .locator('path')
      .evaluateAll((all) => all.filter((path) => path.getAttribute('d')!.split('L').length > 5).length);
    expect(drawn).toBe(1 + TOY_SHAPE.blocks);
    expect(await page.locator('figure > h2', { hasText: 'ECE' }).count()).toBe(TOY_SHAPE.blocks);
    const chosen = page.locator('tr', { hasText: 'learning rate' }).first();
    expect(await chosen.textContent()).toBe('learning rate0.003chosen');
  });

  test.each(['light', 'dark'] as const)(
    'axe finds nothing serious in %s, and nothing is cut off',
    async (scheme) => {
      for (const width of [1440, 390]) {
        const { page } = await open('whole', width, scheme);
        const { violations } = await new AxeBuilder({ page }).analyze();
        const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
        expect(serious.map(({ id, nodes }) => [id, nodes[0].html])).toEqual([]);
        const room = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
        expect(room[0]).toBeLessThanOrEqual(room[1]);
        await page.close();
      }
    },
    // axe looks at some thousand elements of charts.
    180_000,
  );

  test('on a phone text is not shrunk with the charts, and turning it draws them anew', async () => {
    const { page } = await open('whole', 390);
    const scales = () =>
      page
        .locator('svg')
        .evaluateAll((charts) =>
          charts.map((svg) => svg.getBoundingClientRect().width / Number(svg.getAttribute('width'))),
        );
    await expect.poll(async () => Math.min(...(await scales()))).toBeGreaterThan(0.99);
    await page.setViewportSize({ width: 844, height: 390 });
    await page.waitForFunction(() =>
      [...document.querySelectorAll('svg')].some((svg) => svg.getBoundingClientRect().width > 600),
    );
    await expect.poll(async () => Math.min(...(await scales()))).toBeGreaterThan(0.99);
  });

  test('on paper it is black on white, whatever the reader’s screen', async () => {
    const { page } = await open('whole', 718, 'dark');
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const accent = await page.evaluate(() =>
      getComputedStyle(document.documentElement).getPropertyValue('--accent').trim(),
    );
    expect(accent).toBe('#2f6fb5');
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('light');
    const breaks = await page
      .locator('section, figure')
      .evaluateAll((boxes) => boxes.map((box) => getComputedStyle(box).breakInside));
    expect(new Set(breaks)).toEqual(new Set(['avoid']));
  });

  test('of a run that was stopped, it shows how far it came', async () => {
    const stop = new AbortController();
    const onStep = (_: unknown, done: number) => {
      if (done === 60) stop.abort();
    };
    const folder = await run('stopped', TOY_RECIPE, { signal: stop.signal, onStep });
    await writeReport(folder);
    const { page, errors } = await open('stopped');
    expect(errors).toEqual([]);
    const text = await page.locator('main').textContent();
    expect(text).toContain('The run has not come to its end yet.');
    expect(await page.locator('section > h2').allTextContents()).not.toContain('Where texts leave');
  });

  test('of a twin, which has no packed model, it has the curves', async () => {
    await run('twin', { ...TOY_RECIPE, twin: true, epochs: 1 });
    const { page, errors } = await open('twin');
    expect(errors).toEqual([]);
    expect(await page.locator('main').textContent()).toContain('The float32 twin');
    expect(await page.locator('section > h2').allTextContents()).toContain('Loss');
  });
});
