/** The demo page in Chromium: works from the keyboard, asks nobody else, shows what the model says. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeModel } from '../../host/model-file/index.ts';
import { load } from '../../host/node/index.ts';
import { randomModel } from '../support/random-model.ts';
import { root } from './support/build.ts';
import { hasChromium, launch } from './support/chromium.ts';
import { BLOCKS, file } from './support/model.ts';
import { TestServer } from './support/server.ts';

const OWN = writeModel(randomModel(5, { blocks: 3, labels: ['calm', 'stormy'] }));
const WIDTHS = [390, 820, 1440];

describe.skipIf(!hasChromium)('the demo', () => {
  let folder: string;
  let server: TestServer;
  let browser: Awaited<ReturnType<typeof launch>>;
  let page: Page;
  const asked: string[] = [];
  const errors: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'beex-demo-'));
    writeFileSync(path.join(folder, 'own.beex'), OWN);
    writeFileSync(path.join(folder, 'given.beex'), file);
    const built = path.join(folder, 'demo');
    const { status, stderr } = spawnSync(
      process.execPath,
      [path.join(root, 'host/demo/build.mjs'), '--model', path.join(folder, 'given.beex'), '--out', built],
      { encoding: 'utf8' },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    server = await TestServer.start();
    server.folders.set('/', built);
    browser = await launch();
    page = await browser.context.newPage();
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(server.url);
    await page.getByText('stops here').or(page.getByText('It took all of its blocks')).first().waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    if (folder) rmSync(folder, { recursive: true });
  });

  const says = async (text: string, policy: string) => {
    const model = await load(file);
    return model.classifyDetailed(text, { policy });
  };
  const rows = () => page.locator('#ladder li');

  it('judges what is typed, from the keyboard alone', async () => {
    const text = 'a fine morning, is it not';
    await page.locator('body').click({ position: { x: 2, y: 2 } });
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('text');
    await page.keyboard.press('Control+A');
    await page.keyboard.type(text);
    const full = await says(text, 'full');
    const taken = await says(text, 'balanced');
    await page.waitForFunction(
      ([exit, blocks]) =>
        document.getElementById('summary')!.textContent!.includes(`after block ${exit} of ${blocks}`),
      [taken.exit, BLOCKS] as const,
    );
    expect(await page.locator('#label').textContent()).toBe(taken.label);
    for (const [i, { label }] of full.exits.entries())
      expect(await rows().nth(i).textContent()).toContain(label);
    await page.waitForFunction(() => document.getElementById('spoken')!.textContent!.includes('after block'));
  });

  it('stops where the chosen policy says, and compares with full depth', async () => {
    await page.getByLabel('Policy').selectOption('fast');
    await page.locator('#ladder li.stop').getByText('Block 1').waitFor();
    await page.getByText(/^Full depth says/).waitFor();
    await page.getByLabel('Policy').selectOption('fixed');
    await page.getByLabel('Block', { exact: true }).fill('3');
    await page.locator('#ladder li.stop').getByText('Block 3').waitFor();
    expect(await page.locator('#ladder li.further').count()).toBe(1);
  });

  it('takes a model of the user, and says what is wrong with a file that is none', async () => {
    await page.locator('#file').setInputFiles(path.join(folder, 'demo/index.html'));
    await page.getByText('this is not a model file').waitFor();
    await page.locator('#file').setInputFiles(path.join(folder, 'own.beex'));
    await page.getByText('own.beex: ').waitFor();
    await page.waitForFunction(() => document.querySelectorAll('#ladder li').length === 3);
    expect(['calm', 'stormy']).toContain(await page.locator('#label').textContent());
    expect(await page.locator('#problem').textContent()).toBe('');
  });

  it('answers while the model comes in again, slowly', async () => {
    await page.reload();
    await page.getByText('are here.').waitFor();
    await page.getByRole('button', { name: 'Load it again' }).click();
    await page.getByText('not here yet').first().waitFor();
    await page.getByText(/block 1 answers|blocks 1 to [23] answer/).waitFor();
    await page.getByText(/^All .* are here\.$/).waitFor();
  });

  it('measures this browser', async () => {
    await page.getByRole('button', { name: 'Measure' }).click();
    const table = page.locator('#timings table');
    await table.waitFor({ timeout: 30_000 });
    expect(await table.locator('tbody tr').count()).toBe(BLOCKS);
    expect(await table.locator('thead').textContent()).toContain('relaxedsimdscalar');
  });

  it('has nothing that axe finds serious, in light and dark, and fits every width', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes[0].html}`);
      expect(found, colorScheme).toEqual([]);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(over, `${colorScheme}, ${width} px`).toBeLessThanOrEqual(0);
      }
    }
  });

  it('has asked for its own files only, and logged no error', () => {
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((url) => !url.startsWith(`${server.url}/`))).toEqual([]);
    expect(errors).toEqual([]);
  });
});
