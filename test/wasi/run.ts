/** Runs a WASI command in a process of its own under node:wasi, or here under browser_wasi_shim. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { ConsoleStdout, File, OpenFile, PreopenDirectory, WASI } from '@bjorn3/browser_wasi_shim';

export const BUILDS = ['simd', 'scalar'] as const;
export type Build = (typeof BUILDS)[number];

const { resolve } = createRequire(import.meta.url);

export function wasm(name: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(readFileSync(resolve(`beexformer/${name}.wasm`)));
}

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

const RUNNER = `
import { readFileSync } from 'node:fs';
import { WASI } from 'node:wasi';
const [module, preopens, ...args] = process.argv.slice(1);
const wasi = new WASI({ version: 'preview1', args, preopens: JSON.parse(preopens) });
const instance = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(module)), wasi.getImportObject());
process.exitCode = wasi.start(instance);
`;

/** `module`: the module's path; `preopens`: from the guest's names to folders. */
export function runInNode(
  module: string,
  args: string[],
  preopens: Record<string, string>,
  stdin = '',
): Outcome {
  const argv = ['--no-warnings', '--input-type=module', '--eval', RUNNER, module, JSON.stringify(preopens)];
  const child = spawnSync(process.execPath, [...argv, 'beex.wasm', ...args], {
    input: stdin,
    encoding: 'utf8',
  });
  if (child.error) throw child.error;
  return { code: child.status, stdout: child.stdout, stderr: child.stderr };
}

/** In this process; `files` are in one directory of this name. */
export function runInShim(
  module: Uint8Array<ArrayBuffer>,
  args: string[],
  directory: string,
  files: Record<string, Uint8Array>,
  stdin = '',
): Outcome {
  const lines = { stdout: '', stderr: '' };
  const collect = (name: keyof typeof lines) =>
    ConsoleStdout.lineBuffered((line) => {
      lines[name] += `${line}\n`;
    });
  const contents = new Map(Object.entries(files).map(([name, bytes]) => [name, new File(bytes)]));
  const wasi = new WASI(
    ['beex.wasm', ...args],
    [],
    [
      new OpenFile(new File(new TextEncoder().encode(stdin))),
      collect('stdout'),
      collect('stderr'),
      new PreopenDirectory('somewhere/else', new Map()),
      new PreopenDirectory(directory, contents),
    ],
    { debug: false },
  );
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module), {
    wasi_snapshot_preview1: wasi.wasiImport,
  });
  const code = wasi.start(instance as Parameters<typeof wasi.start>[0]);
  return { code, ...lines };
}
