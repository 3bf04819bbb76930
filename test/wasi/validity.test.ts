/** What the commands and reactors ask of a host: their size, their imports, and which Wasm they are. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { BUILDS, wasm } from './run.ts';

const COMMAND_BYTES_MOST = 32 * 1024;
const { resolve } = createRequire(import.meta.url);

const COMMAND_IMPORTS = [
  'args_get',
  'args_sizes_get',
  'clock_time_get',
  'fd_close',
  'fd_prestat_dir_name',
  'fd_prestat_get',
  'fd_read',
  'fd_write',
  'path_open',
  'proc_exit',
];
const REACTOR_IMPORTS = ['fd_close', 'fd_prestat_dir_name', 'fd_prestat_get', 'fd_read', 'path_open'];

/** Exits with 0 when the module on its standard input is plain Wasm 1.0. */
const VALIDATOR = `
import binaryen from 'binaryen';
import { readFileSync } from 'node:fs';
const module = binaryen.readBinary(readFileSync(0));
module.setFeatures(binaryen.Features.MVP);
process.exit(module.validate() === 1 ? 0 : 1);
`;

function isWasm1(name: string): boolean {
  const script = ['--input-type=module', '--eval', VALIDATOR];
  return spawnSync(process.execPath, script, { input: wasm(name) }).status === 0;
}

function importsOf(name: string): string[] {
  return WebAssembly.Module.imports(new WebAssembly.Module(wasm(name)))
    .map((found) => {
      expect(found.module).toBe('wasi_snapshot_preview1');
      return found.name;
    })
    .sort();
}

describe.each(BUILDS)('%s', (build) => {
  it('is a command of at most 32 KiB that imports what it calls', () => {
    const bytes = wasm(`beex.wasi.${build}`);
    expect(bytes.length).toBeLessThanOrEqual(COMMAND_BYTES_MOST);
    expect(importsOf(`beex.wasi.${build}`)).toEqual(COMMAND_IMPORTS);
  });

  it('is a reactor that brings its own model', () => {
    const name = `beex.reactor.${build}`;
    expect(importsOf(name)).toEqual(REACTOR_IMPORTS);
    const exported = WebAssembly.Module.exports(new WebAssembly.Module(wasm(name))).map((one) => one.name);
    expect(exported).toEqual(expect.arrayContaining(['_initialize', 'openFile', 'begin', 'run', 'memory']));
    expect(exported).not.toContain('_start');
  });

  it('starts within the memory that its data needs', () => {
    const imports = new Proxy({}, { get: () => () => 0 });
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm(`beex.wasi.${build}`)), {
      wasi_snapshot_preview1: imports,
    });
    expect((exports.memory as WebAssembly.Memory).buffer.byteLength).toBe(65_536);
  });
});

it('the scalar ones are valid with every later feature off; the SIMD ones are not', () => {
  expect(isWasm1('beex.wasi.scalar')).toBe(true);
  expect(isWasm1('beex.reactor.scalar')).toBe(true);
  expect(isWasm1('beex.wasi.simd')).toBe(false);
}, 120_000);

const hasWabt = spawnSync('wasm-validate', ['--version']).status === 0;
const LATER = ['mutable-globals', 'saturating-float-to-int', 'sign-extension', 'simd', 'multi-value'];
const LATER_TOO = ['bulk-memory', 'reference-types'];

it.skipIf(!hasWabt)('so says wabt (skipped without the Debian package wabt)', () => {
  const off = [...LATER, ...LATER_TOO].map((feature) => `--disable-${feature}`);
  for (const name of ['beex.wasi.scalar', 'beex.reactor.scalar']) {
    const { status, stderr } = spawnSync('wasm-validate', [...off, resolve(`beexformer/${name}.wasm`)]);
    expect(`${stderr}`).toBe('');
    expect(status).toBe(0);
  }
});
