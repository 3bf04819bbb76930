/** docs/browser.md: its first page, as it stands there, works; its tables name what there is. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { load } from '../../host/node/index.ts';
import { buildBrowser, root } from './support/build.ts';
import { hasChromium, launch } from './support/chromium.ts';
import { file } from './support/model.ts';
import { TestServer } from './support/server.ts';

const document = readFileSync(path.join(root, 'docs/browser.md'), 'utf8');

it.skipIf(!hasChromium)('the page without a build answers', async () => {
  const [, page] = /```html\n([\s\S]*?)```/.exec(document)!;
  const server = await TestServer.start();
  const browser = await launch();
  try {
    server.folders.set('/beexformer/', await buildBrowser());
    server.files.set('/index.html', { body: page });
    server.files.set('/model.beex', { body: file });
    const tab = await browser.context.newPage();
    await tab.goto(`${server.url}/index.html`);
    const model = await load(file);
    const { label, exit } = model.classify('a film to fall in love with');
    const answer = new RegExp(`^${label}, after block ${exit} and \\d+ bytes$`);
    await expect.poll(() => tab.locator('#answer').textContent(), { timeout: 10_000 }).toMatch(answer);
  } finally {
    await browser.close();
    await server.close();
  }
});

it('links lead to files', () => {
  for (const name of ['browser', 'extension']) {
    const text = readFileSync(path.join(root, `docs/${name}.md`), 'utf8');
    for (const [, target] of text.matchAll(/\]\((\.\.?\/[^)#]+)\)/g)) {
      expect(() => readFileSync(path.join(root, 'docs', target)), target).not.toThrow(/ENOENT/);
    }
  }
});

it('names every member of a model', () => {
  const source = readFileSync(path.join(root, 'host/browser/model.ts'), 'utf8');
  const [, members] = /export interface AsyncModel \{([\s\S]*?)\n\}/.exec(source)!;
  for (const [, name] of members.matchAll(/^ {2}(?:readonly )?(\w+)[(:]/gm)) {
    expect(document, name).toMatch(new RegExp(`\`${name}[\`(]`));
  }
});
