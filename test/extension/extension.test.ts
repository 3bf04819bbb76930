/**
 * The extension in Chromium, on an ordinary page and on one that allows no script but its own. The browser's
 * own buttons and menus can't be clicked by a test, so the copy under test may reach the test's server
 * without them, and its popup is opened as a page; the rest is what users get.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
/// <reference types="chrome" />
import { AxeBuilder } from '@axe-core/playwright';
import { unzipSync } from 'fflate';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { load } from '../../host/node/index.ts';
import { root } from '../browser/support/build.ts';
import { hasChromium, launch } from '../browser/support/chromium.ts';
import { BLOCKS, file } from '../browser/support/model.ts';
import { TestServer } from '../browser/support/server.ts';

const ZIP_BYTES_MOST = 1.5e6;
const COMMENTS = ['What a charming little place', 'I waited for an hour', 'Never again'];
const PAGE = `<!doctype html><html lang="en"><title>A page</title>
<p id="quote">A quiet evening by the river</p>
${COMMENTS.map((text) => `<div class="comment"><div class="comment-body"><p>${text}</p></div></div>`).join('\n')}`;
const POLICIES = {
  ordinary: {},
  strict: { 'content-security-policy': "default-src 'none'; script-src 'self'" },
};

let folder: string;

function build(name: string, ...more: string[]): string {
  const out = path.join(folder, name);
  const script = path.join(root, 'host/extension/build.mjs');
  const parameters = [script, '--model', path.join(folder, 'given.beex'), '--out', out, ...more];
  const { status, stderr } = spawnSync(process.execPath, parameters, { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return out;
}

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'beex-extension-'));
  writeFileSync(path.join(folder, 'given.beex'), file);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("the extension's folder and zip", () => {
  it('hold the same files, small, without remote code, and ask for little', () => {
    const out = build('released');
    const names = readdirSync(out).sort();
    expect(statSync(`${out}.zip`).size).toBeLessThanOrEqual(ZIP_BYTES_MOST);
    const unzipped = unzipSync(new Uint8Array(readFileSync(`${out}.zip`)));
    expect(Object.keys(unzipped).sort()).toEqual(names);
    for (const name of names)
      expect(Buffer.from(unzipped[name]).equals(readFileSync(path.join(out, name)))).toBe(true);

    const manifest = JSON.parse(readFileSync(path.join(out, 'manifest.json'), 'utf8'));
    expect(manifest.permissions).toEqual(['activeTab', 'contextMenus', 'scripting']);
    expect(manifest.host_permissions).toBeUndefined();
    expect(manifest.content_security_policy.extension_pages).toMatch(/script-src 'self' 'wasm-unsafe-eval';/);
    for (const name of names.filter((name) => /\.(js|html|css)$/.test(name))) {
      const text = readFileSync(path.join(out, name), 'utf8');
      for (const pattern of [/https?:\/\//, /\beval\s*\(/, /new Function/, /import\s*\(/]) {
        expect(text, name).not.toMatch(pattern);
      }
    }
    expect(Object.keys(JSON.parse(readFileSync(path.join(out, 'manifest.json'), 'utf8')).icons)).toHaveLength(
      4,
    );
  });

  it('are the same from the same files', () => {
    const zips = ['once', 'twice'].map((name) => readFileSync(`${build(name)}.zip`));
    expect(zips[0].equals(zips[1])).toBe(true);
  });
});

describe.skipIf(!hasChromium)('the extension in Chromium', () => {
  let server: TestServer;
  let browser: Awaited<ReturnType<typeof launch>>;
  let context: BrowserContext;
  let id: string;
  let page: Page;
  let popup: Page;
  let answers: (text: string) => string;
  const errors: string[] = [];

  beforeAll(async () => {
    server = await TestServer.start();
    for (const [name, headers] of Object.entries(POLICIES)) {
      server.files.set(`/${name}.html`, { body: PAGE, headers });
    }
    const out = build('tested', '--host-permission', 'http://127.0.0.1/*');
    browser = await launch([`--disable-extensions-except=${out}`, `--load-extension=${out}`]);
    context = browser.context;
    const [worker = await context.waitForEvent('serviceworker', { timeout: 20_000 })] =
      context.serviceWorkers();
    id = new URL(worker.url()).host;
    const model = await load(file);
    answers = (text) => {
      const { label, index, probabilities, exit } = model.classify(text);
      const sure = Math.min(99, Math.round(100 * probabilities[index]));
      return `${label}, ${sure}\u00a0% sure after block ${exit} of ${BLOCKS}`;
    };
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function open(name: keyof typeof POLICIES): Promise<void> {
    page = await context.newPage();
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(`${server.url}/${name}.html`);
    popup = await context.newPage();
    popup.on('pageerror', (error) => errors.push(String(error)));
    await popup.goto(`chrome-extension://${id}/popup.html`);
    const tab = await popup.evaluate(async (url) => {
      const tabs = await chrome.tabs.query({});
      return tabs.find((tab) => tab.url === url)!.id!;
    }, page.url());
    await popup.goto(`chrome-extension://${id}/popup.html?tab=${tab}`);
  }

  const result = async (click: () => Promise<void>): Promise<string> => {
    await popup.evaluate(() => {
      document.getElementById('result')!.textContent = '';
    });
    await click();
    await popup.waitForFunction(() => document.getElementById('result')!.textContent !== '');
    return (await popup.locator('#result').textContent())!;
  };

  describe.each(Object.keys(POLICIES) as (keyof typeof POLICIES)[])('on a page of the %s kind', (kind) => {
    beforeAll(() => open(kind));
    afterAll(async () => {
      await page.close();
      await popup.close();
    });

    it('judges a text as Node does', async () => {
      const text = 'a text of my own';
      expect(await result(() => popup.getByLabel('Or a text of your own').fill(text))).toBe(answers(text));
    });

    it('judges what is selected, and shows it in the page', async () => {
      const nothing = await result(() => popup.getByRole('button', { name: 'The selection' }).click());
      expect(nothing).toBe('Nothing is selected in this page.');
      await page.evaluate(() => getSelection()!.selectAllChildren(document.getElementById('quote')!));
      const said = await result(() => popup.getByRole('button', { name: 'The selection' }).click());
      expect(said).toBe(answers('A quiet evening by the river'));
      const toast = page.locator('beexformer-toast [role="status"]');
      expect(await toast.locator('strong').textContent()).toBe(said.split(',')[0]);
      await toast.getByRole('button', { name: 'Close' }).click();
      expect(await toast.count()).toBe(0);
    });

    it('marks the comments, and marks them anew without reading its marks', async () => {
      for (const _ of ['once', 'again']) {
        const counts = await result(() => popup.getByRole('button', { name: 'The comments' }).click());
        expect(counts).toMatch(/^\d label \d(, \d label \d)*$/);
        const marks = await page
          .locator('beexformer-mark')
          .evaluateAll((all) => all.map((one) => one.shadowRoot!.textContent));
        expect(marks).toEqual(COMMENTS.map((text) => answers(text).replace(/ sure .*/, '')));
      }
    });

    it('answers after its worker was stopped', async () => {
      /** The running service worker's id, another one after each start; nothing while it is stopped. */
      const running = () =>
        popup.evaluate(async () => {
          const contexts = await chrome.runtime.getContexts({});
          return contexts.find(({ contextType }) => contextType === 'BACKGROUND')?.contextId;
        });
      const before = await running();
      expect(before).toBeDefined();
      const session = await context.browser()!.newBrowserCDPSession();
      const { targetInfos } = await session.send('Target.getTargets');
      const target = targetInfos.find(({ type, url }) => type === 'service_worker' && url.includes(id))!;
      await session.send('Target.closeTarget', { targetId: target.targetId });
      await session.detach();
      await expect.poll(running, { timeout: 10_000 }).toBeUndefined();
      const text = `still there on the ${kind} page`;
      expect(await result(() => popup.getByLabel('Or a text of your own').fill(text))).toBe(answers(text));
      const after = await running();
      expect(after).toBeDefined();
      expect(after).not.toBe(before);
    });
  });

  it('has a popup in which axe finds nothing serious, in light and dark', async () => {
    popup = await context.newPage();
    await popup.goto(`chrome-extension://${id}/popup.html`);
    for (const colorScheme of ['light', 'dark'] as const) {
      await popup.emulateMedia({ colorScheme });
      const { violations } = await new AxeBuilder({ page: popup }).analyze();
      expect(
        violations.map(({ id, impact }) => `${impact} ${id}`),
        colorScheme,
      ).toEqual([]);
    }
    await popup.close();
  });

  it('has asked no server for anything but the pages, and met no error', () => {
    const asked = new Set(server.requests.map(({ path }) => path));
    asked.delete('/favicon.ico');
    expect([...asked].sort()).toEqual(['/ordinary.html', '/strict.html']);
    expect(errors).toEqual([]);
  });
});
