/** The choice of a backend: what is looked at, what wins, and what is said about it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type AdapterInfo,
  adapterName,
  askForAdapter,
  isSoftware,
} from '../../../trainer/backend/adapter.ts';
import { chooseFastest, type Survey } from '../../../trainer/backend/auto.ts';
import { SMALL } from '../../trainer-math/toy.ts';

const CONFIG = { ...SMALL, blocks: 1, tokens: 8 };

describe('the fastest of what works', () => {
  test('is wasm where there is nothing else, and the reasons are given', async () => {
    const bare = await chooseFastest(CONFIG, { candidates: [], leftOut: [] });
    expect(bare.backend.name).toBe('wasm');
    expect(bare.why).toBe('no GPU package is installed');
    const software = { candidates: [], leftOut: ['webgpu has only LampDriver, which is software'] };
    expect((await chooseFastest(CONFIG, software)).why).toBe('webgpu has only LampDriver, which is software');
  });

  test('is found by measuring: the reference is no match for the kernels', async () => {
    const { backend, why } = await chooseFastest(CONFIG, { candidates: ['cpu'], leftOut: [] });
    expect(backend.name).toBe('wasm');
    expect(backend.tf.getBackend()).toBe('wasm');
    const [, wasm, cpu] = /^milliseconds a step: wasm ([\d.]+), cpu ([\d.]+)$/.exec(why) ?? [];
    expect(Number(wasm)).toBeGreaterThan(0);
    expect(Number(cpu)).toBeGreaterThan(Number(wasm));
  }, 180_000);

  test('is a rival that was faster, and tfjs is left there', async () => {
    const found: Survey = { candidates: ['wasm-plain', 'cpu'], leftOut: ['webgpu finds no GPU'] };
    const times = { wasm: 20, 'wasm-plain': 60, cpu: 4.25 } as Record<string, number>;
    const { backend, why } = await chooseFastest(CONFIG, found, ({ name }) => times[name]);
    expect(backend.name).toBe('cpu');
    expect(backend.tf.getBackend()).toBe('cpu');
    expect(why).toBe('milliseconds a step: wasm 20, wasm-plain 60, cpu 4.3; webgpu finds no GPU');
  });

  test('is not one that does not start or breaks on the way', async () => {
    const { backend, why } = await chooseFastest(
      CONFIG,
      { candidates: ['node-gpu', 'cpu'], leftOut: [] },
      ({ name }) => {
        if (name === 'cpu') throw new Error('the lamp is out\nand more');
        return 20;
      },
    );
    expect(backend.name).toBe('wasm');
    expect(backend.tf.getBackend()).toBe('wasm');
    expect(why).toMatch(/^milliseconds a step: wasm 20; node-gpu does not work: .*tfjs-node-gpu.*; cpu does/);
    expect(why).toMatch(/cpu does not work: the lamp is out$/);
  });
});

describe('an adapter', () => {
  const gpu: AdapterInfo = {
    vendor: 'lamps',
    architecture: 'filament',
    device: '0x2a',
    description: 'Lamps Filament 3000',
    isFallbackAdapter: false,
  };

  test('of hardware is not software', () => expect(isSoftware(gpu)).toBe(false));

  test.each<[string, Partial<AdapterInfo>]>([
    ['one that says so', { isFallbackAdapter: true }],
    ['SwiftShader', { architecture: 'swiftshader' }],
    ['lavapipe', { description: 'llvmpipe (LLVM 15.0.6, 256 bits)' }],
    ['Windows', { description: 'Microsoft Basic Render Driver' }],
  ])('is known to be software: %s', (_, part) => expect(isSoftware({ ...gpu, ...part })).toBe(true));

  test('has a name whatever its driver fills in', () => {
    expect(adapterName(gpu)).toBe('Lamps Filament 3000');
    expect(adapterName({ ...gpu, description: '' })).toBe('lamps filament');
    expect(adapterName({ ...gpu, description: '', vendor: '', architecture: '' })).toBe(
      'a GPU without a name',
    );
  });
});

describe('asking for the adapter in a process of its own (a stand-in for Dawn answers)', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'beex-adapter-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  let files = 0;
  const answering = (requestAdapter: string) => {
    const file = join(folder, `${files++}.mjs`);
    writeFileSync(
      file,
      `export const create = () => ({ requestAdapter: async () => { ${requestAdapter} } });`,
    );
    return file;
  };
  const info = { vendor: 'lamps', architecture: 'filament', device: '', description: 'Filament 3000' };
  const gives = (fallback: boolean) =>
    `return { info: ${JSON.stringify({ ...info, isFallbackAdapter: fallback })} };`;

  test('gives its name and kind', async () => {
    expect(await askForAdapter(answering(gives(false)))).toEqual({ name: 'Filament 3000', software: false });
    expect(await askForAdapter(answering(gives(true)))).toEqual({ name: 'Filament 3000', software: true });
  });

  test('gives nothing where there is none', async () => {
    expect(await askForAdapter(answering('return null;'))).toBeUndefined();
    expect(await askForAdapter(join(folder, 'absent.mjs'))).toBeUndefined();
  });

  test('outlives a driver that crashes', async () => {
    expect(
      await askForAdapter(answering("process.kill(process.pid, 'SIGSEGV'); await new Promise(() => {});")),
    ).toBe(undefined);
  });

  test('outlives a driver that hangs', async () => {
    expect(await askForAdapter(answering('for (;;);'), 1500)).toBeUndefined();
  });
});
