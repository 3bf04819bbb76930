/** What the browser's bundles hold and don't hold, read as text; no browser is needed. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildBrowser } from './support/build.ts';

const GZIPPED_MOST = 6 * 1024;
const FORBIDDEN = [
  /\beval\s*\(/,
  /\bnew\s+Function\b/,
  /\bFunction\s*\(/,
  /\bimport\s*\(/,
  /\bimportScripts\b/,
  /\bcreateObjectURL\b/,
  /["'`](?:blob|data):/,
  /https?:\/\//,
  /\bdocument\b/,
];

describe("the browser's bundles", () => {
  let folder: string;
  const read = (name: string) => readFileSync(path.join(folder, name), 'utf8');
  beforeAll(async () => {
    folder = await buildBrowser();
  });

  it('need at most 6 KiB of JavaScript, gzipped, beside the core', () => {
    expect(gzipSync(read('index.js'), { level: 9 }).length).toBeLessThanOrEqual(GZIPPED_MOST);
  });

  it('hold no eval, no import at run time, no address, and start no worker unasked', () => {
    const bundles = readdirSync(folder).filter((name) => name.endsWith('.js'));
    expect(bundles).toContain('embedded.js');
    for (const name of bundles) {
      for (const pattern of FORBIDDEN) expect(read(name), name).not.toMatch(pattern);
    }
    for (const name of ['index.js', 'embedded.js']) expect(read(name)).not.toMatch(/\bWorker\b/);
  });

  it('import nothing, and vanish from a page that uses nothing of them', async () => {
    for (const name of ['index.js', 'embedded.js']) {
      expect(read(name)).not.toMatch(/\bimport\s*[\w{*"']/);
      const { outputFiles } = await build({
        stdin: { contents: `import { load } from './${name}'; console.log(1);`, resolveDir: folder },
        write: false,
        bundle: true,
        format: 'esm',
        minify: true,
        logLevel: 'silent',
      });
      expect(outputFiles[0].text.trim()).toBe('console.log(1);');
    }
  });
});
