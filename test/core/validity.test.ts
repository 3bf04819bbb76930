/** What the builds may ask of an engine: nothing to import, and the scalar one plain Wasm 1.0. Their sizes. */
import { spawnSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { BUILDS, type Build, BYTES } from './builds.ts';

const SIMD_BYTES_MOST = 24 * 1024;
const SIMD_GZIPPED_MOST = 11 * 1024;

/** Exits with 0 when the module on its standard input is plain Wasm 1.0. */
const VALIDATOR = `
import binaryen from 'binaryen';
import { readFileSync } from 'node:fs';
const module = binaryen.readBinary(readFileSync(0));
module.setFeatures(binaryen.Features.MVP);
process.exit(module.validate() === 1 ? 0 : 1);
`;

/** In its own process: the validator prints every instruction that it refuses. */
function isWasm1(build: Build): boolean {
  const script = ['--input-type=module', '--eval', VALIDATOR];
  const { status, error } = spawnSync(process.execPath, script, { input: BYTES[build] });
  if (error) throw error;
  return status === 0;
}

describe.each(BUILDS)('the %s build', (build) => {
  it('imports nothing', () => {
    expect(WebAssembly.Module.imports(new WebAssembly.Module(BYTES[build]))).toEqual([]);
  });

  it('exports functions and its memory, nothing mutable', () => {
    const exported = WebAssembly.Module.exports(new WebAssembly.Module(BYTES[build]));
    expect(new Set(exported.map(({ kind }) => kind))).toEqual(new Set(['function', 'memory']));
  });
});

it('the scalar build is valid with every later feature off; the SIMD build is not', () => {
  expect(isWasm1('scalar')).toBe(true);
  expect(isWasm1('simd')).toBe(false);
});

it('the SIMD build is at most 24 KiB, 11 KiB gzipped', () => {
  expect(gzipSync(BYTES.simd, { level: 9 }).length).toBeLessThanOrEqual(SIMD_GZIPPED_MOST);
  expect(BYTES.simd.length).toBeLessThanOrEqual(SIMD_BYTES_MOST);
});
