import { readFileSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Core } from '../../host/core.ts';
import { answersOf, bitsOf } from './builds.ts';
it('same as before', () => {
  const files = readdirSync('models').filter((f) => f.endsWith('.beex'));
  let n = 0;
  for (const f of files) {
    const bytes = new Uint8Array(readFileSync(`models/${f}`));
    const open = (w: string) => { const c = new Core(new WebAssembly.Instance(new WebAssembly.Module(readFileSync(w)))); c.open(bytes); return c; };
    const cores = ['/tmp/c/base.simd.wasm', 'build/core.simd.wasm', 'build/core.scalar.wasm', 'build/core.relaxed.wasm'].map(open);
    for (const text of ['', 'a fine film', 'The plot was dull, but I couldn\'t stop watching it; 2024 was odd.', 'free prize! call now 0800 '.repeat(4)]) {
      const all = cores.map((c) => { c.setPolicy({ kind: 0, parameter: 0, thresholds: new Float32Array(c.dimension(2)) } as never); c.begin(text); c.run(); return bitsOf(answersOf(c)); });
      for (const a of all) expect(a).toEqual(all[0]);
      n++;
    }
  }
  console.log('GOLDEN', files.length, n);
}, 100000);
