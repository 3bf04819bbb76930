/** Pages for the tests: served under a policy without eval, with the package's module as `window.beex`. */
import type { BrowserContext, Page } from 'playwright-core';
import type * as browserHost from '../../../host/browser/index.ts';
import type { TestServer } from './server.ts';

declare global {
  interface Window {
    beex: typeof browserHost;
    /** The model that a test works with. */
    model: browserHost.Model;
  }
}

/** Only the page's own files and Wasm: what a careful site sends. */
export const STRICT = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";

export interface PageOptions {
  policy?: string;
  /** The module's address. */
  module?: string;
}

/** Opens a page of its own address; `errors` collects what its console reports. */
export async function openPage(
  context: BrowserContext,
  server: TestServer,
  { policy = STRICT, module = '/dist/index.js' }: PageOptions = {},
): Promise<{ page: Page; errors: string[] }> {
  const name = `/page-${server.files.size}`;
  server.files.set(`${name}.html`, {
    body: `<!doctype html><html lang="en"><title>test</title><script type="module" src="${name}.js"></script>`,
    headers: { 'content-security-policy': policy },
  });
  server.files.set(`${name}.js`, { body: `import * as beex from '${module}'; window.beex = beex;` });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(`${server.url}${name}.html`);
  return { page, errors };
}
