/** Floats as the command prints them, against JavaScript's own decimals. */
import asc from 'assemblyscript/asc';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';

let printed: (value: number) => string;

beforeAll(async () => {
  const source = new URL('./numbers.as.ts', import.meta.url).pathname;
  const plain = ['sign-extension', 'bulk-memory', 'nontrapping-f2i', 'mutable-globals'].flatMap((name) => [
    '--disable',
    name,
  ]);
  const options = ['-O3', '--runtime', 'stub', '--use', 'abort=', ...plain, '--outFile', 'numbers.wasm'];
  const modules: Uint8Array[] = [];
  const { error, stderr } = await asc.main([source, ...options], {
    writeFile: (_, bytes) => void modules.push(bytes as unknown as Uint8Array),
  });
  expect(error, `${stderr}`).toBe(null);
  let line = '';
  const wasi = {
    fd_write(_: number, vectors: number, count: number, written: number): number {
      const view = new DataView(memory.buffer);
      const [at, bytes] = [view.getUint32(vectors, true), view.getUint32(vectors + 4, true)];
      line += new TextDecoder().decode(new Uint8Array(memory.buffer, at, bytes));
      view.setUint32(written, bytes, true);
      return count === 1 ? 0 : 28;
    },
    proc_exit: () => {
      throw new Error('the module gave up');
    },
  };
  const { instance } = (await WebAssembly.instantiate(modules[0], {
    wasi_snapshot_preview1: wasi,
  })) as unknown as WebAssembly.WebAssemblyInstantiatedSource;
  const { memory, print } = instance.exports as { memory: WebAssembly.Memory; print(value: number): void };
  printed = (value) => {
    line = '';
    print(value);
    return line.trimEnd();
  };
}, 60_000);

/** As short as JavaScript has it, where that is without an exponent, and the same double. */
function expectDecimal(value: number): void {
  const text = printed(value);
  expect(Number(text)).toBe(value === 0 ? 0 : value);
  if (Math.abs(value) >= 1e-6 || value === 0) expect(text.length).toBe(String(value).length);
  else expect(text).toMatch(/^-?0\.0{6}\d+$/);
}

it('any float below 2^31', () => {
  const floats = fc.float({ min: -(2 ** 31) + 128, max: 2 ** 31 - 128, noNaN: true });
  fc.assert(fc.property(floats, expectDecimal), { numRuns: 3000 });
});

it('probabilities and entropies', () => {
  fc.assert(fc.property(fc.float({ min: 0, max: 1, noNaN: true }), expectDecimal), { numRuns: 1000 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1 << 24 }), (k) => expectDecimal(k / 2 ** 24)),
    { numRuns: 3000 },
  );
});

it('powers of two and their neighbours, down to the least float', () => {
  const bits = new DataView(new ArrayBuffer(4));
  for (let exponent = 0; exponent < 127 + 31; exponent++) {
    for (const away of [-1, 0, 1]) {
      bits.setInt32(0, Math.max(0, (exponent << 23) + away));
      expectDecimal(bits.getFloat32(0));
    }
  }
});

it('what JSON has no word for', () => {
  for (const value of [Number.NaN, Infinity, -Infinity]) expect(printed(value)).toBe('null');
});
