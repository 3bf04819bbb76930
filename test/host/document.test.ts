/** docs/core-abi.md against the core: every export is described, and the minimal host works. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { Kernel, Status, Step, TEXT_CAPACITY } from '../../assembly/abi.ts';
import { writeModel } from '../../host/model-file/index.ts';
import { load } from '../../host/node/index.ts';
import { randomModel } from '../support/random-model.ts';

const page = readFileSync(new URL('../../docs/core-abi.md', import.meta.url), 'utf8');
const { resolve } = createRequire(import.meta.url);
const wasm = readFileSync(resolve('beexformer/core.simd.wasm'));

describe('the page', () => {
  it('describes every export, and nothing else', async () => {
    const module = await WebAssembly.compile(wasm);
    const exported = WebAssembly.Module.exports(module)
      .filter(({ kind }) => kind === 'function')
      .map(({ name }) => name);
    const described = [...page.matchAll(/^\| `(\w+)\(.*?\)` *\|/gm)].map(([, name]) => name);
    expect(described.sort()).toEqual(exported.sort());
  });

  it('has the codes as they are', () => {
    const rows = [...page.matchAll(/^\| (-?\d+) +\| (\w+) +\|/gm)].map(([, code, name]) => [name, +code]);
    const codes = Object.entries({ ...Status }).filter(([, code]) => typeof code === 'number');
    const steps = Object.entries({ ...Step }).filter(([, code]) => typeof code === 'number');
    expect(rows).toEqual([...codes, ...steps]);
    expect(page).toContain(TEXT_CAPACITY.toLocaleString('en-US'));
    expect(Object.keys(Kernel)).toContain('PairLookup');
  });

  it('has a host that classifies as ours does', async () => {
    const [, source] = page.match(/```js\n([\s\S]*?)```/)!;
    expect(source.trimEnd().split('\n').length).toBeLessThanOrEqual(36);
    const { open } = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(source)}`);
    const file = writeModel(randomModel(12, { tokens: 64, blocks: 3 }));
    const [theirs, ours] = [await open(wasm, file), await load(file)];
    for (const text of ['', 'a lovely film', 'many words '.repeat(3000)]) {
      const { index, probabilities, exit, tokens } = ours.classify(text);
      expect(theirs(text)).toEqual({ label: index, probabilities, exit, tokens });
    }
    await expect(open(wasm, file.subarray(0, 100))).rejects.toThrow('status -3');
  });
});
