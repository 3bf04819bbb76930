/** What `npm publish` would publish: file by file, with its types, licences, sums and sizes. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { build } from 'esbuild';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildBrowser, root } from '../browser/support/build.ts';
import { buildOnce } from '../cli/command.ts';

interface Packed {
  filename: string;
  size: number;
  unpackedSize: number;
  files: { path: string; size: number }[];
}

const read = (file: string) => readFileSync(join(root, file), 'utf8');
const manifest = JSON.parse(read('package.json'));
const { targets } = JSON.parse(read('asconfig.json')) as { targets: Record<string, { outFile: string }> };

let folder: string;
let packed: Packed;
beforeAll(async () => {
  await buildOnce();
  await buildBrowser();
  execFileSync(process.execPath, [join(root, 'tools/prune.mjs')]);
  folder = mkdtempSync(join(tmpdir(), 'beex-pack-'));
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  [packed] = JSON.parse(execFileSync('npm', args, { cwd: root, encoding: 'utf8' })) as Packed[];
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Files below a folder, by their paths from the root. */
function below(place: string, suffix: string): string[] {
  return readdirSync(join(root, place), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(suffix))
    .map((name) => `${place}/${name}`);
}

/** What each source becomes; the sources are those that tsconfig.build.json and the browser's bundles take. */
function expectedFiles(): string[] {
  const isOwn = (file: string) => /\.as\.ts$|\.d\.ts$|^trainer\/backend\/kernel\//.test(file);
  const elsewhere = /^host\/(extension|demo)\//;
  const bundled = /^host\/(browser|worker)\//;
  const sources = [
    'assembly/abi.ts',
    'assembly/format.ts',
    ...['host', 'trainer', 'cli'].flatMap((one) => below(one, '.ts')),
  ];
  const compiled = sources.filter((file) => !isOwn(file) && !elsewhere.test(file));
  const outputs = compiled.flatMap((file) => {
    const output = `dist/${file.slice(0, -3)}`;
    return bundled.test(file) ? [`${output}.d.ts`] : [`${output}.js`, `${output}.d.ts`];
  });
  const bundles = ['index.js', 'embedded.js', 'worker.js', 'worker-script.js'];
  const cores = ['core.relaxed.wasm', 'core.simd.wasm', 'core.scalar.wasm'];
  return [
    ...outputs,
    ...[...bundles, ...cores].map((file) => `dist/browser/${file}`),
    ...Object.values(targets).map(({ outFile }) => outFile),
    'build/charts.js',
    ...['.beex', '.md'].flatMap((suffix) => below('models', suffix)),
    ...below('docs', '.md'),
    ...['.c', '.h', '.in'].flatMap((suffix) => below('host/mcu', suffix)),
    'host/mcu/Makefile',
    ...['LICENSE', 'README.md', 'SECURITY.md', 'SHA256SUMS', 'THIRD-PARTY.md', 'package.json'],
  ];
}

describe('the package', () => {
  it('holds what the sources become, and nothing else', () => {
    const files = packed.files.map(({ path }) => path);
    const expected = expectedFiles();
    expect(files.filter((file) => !expected.includes(file))).toEqual([]);
    expect(expected.filter((file) => !files.includes(file))).toEqual([]);
  });

  it('names nothing of a machine that it was built on', () => {
    for (const { path, size } of packed.files) {
      if (size > 1 << 20 || path.endsWith('.beex')) continue;
      expect([path, read(path).includes(root)]).toEqual([path, false]);
    }
  });

  it('is in order for publint', async () => {
    const { messages, pkg } = await publint({ pkgDir: root, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it('has types that are found by whoever can import it', async () => {
    const tarball = readFileSync(join(folder, packed.filename));
    const result = await checkPackage(createPackageFromTarballData(tarball));
    if (!result.types) throw new Error('the package has no types');
    // Modules for import only, so neither Node 10 nor require; files that are read and not imported.
    const isMeant = ({ kind, ...where }: (typeof result.problems)[number]) => {
      const { resolutionKind, entrypoint = '' } = where as { resolutionKind?: string; entrypoint?: string };
      const isFile = /\.wasm$|charts\.js$|worker-script$/.test(entrypoint);
      return isFile || kind === 'CJSResolvesToESM' || resolutionKind === 'node10';
    };
    expect(result.problems.filter((problem) => !isMeant(problem))).toEqual([]);
  }, 120_000);

  it('runs nothing when it is installed, nor does anything it needs', () => {
    expect(Object.keys(manifest.scripts).filter((name) => /^(pre|post)?install$/.test(name))).toEqual([]);
    const { packages } = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { dev?: boolean; devOptional?: boolean; hasInstallScript?: boolean }>;
    };
    const needed = Object.entries(packages).filter(
      ([name, { dev, devOptional }]) => name && !dev && !devOptional,
    );
    expect(needed.filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([]);
    expect(Object.keys(manifest.dependencies).length).toBeLessThanOrEqual(8);
  });

  it('needs nothing at run time in the browser and in the core', async () => {
    const entryPoints = ['index', 'embedded', 'worker', 'worker-script'].map((name) =>
      join(root, `dist/browser/${name}.js`),
    );
    const options = { bundle: true, write: false, metafile: true, outdir: folder, format: 'esm' } as const;
    const { metafile } = await build({ ...options, entryPoints, external: ['*'] });
    const imports = Object.values(metafile.inputs).flatMap((input) => input.imports.map(({ path }) => path));
    expect(imports.filter((path) => !path.startsWith('.'))).toEqual([]);
    for (const name of ['relaxed', 'simd', 'scalar']) {
      const { imports } = WebAssembly.Module;
      // Relaxed SIMD can't be compiled everywhere: its imports are looked for in the bytes.
      const bytes = readFileSync(join(root, `build/core.${name}.wasm`));
      if (WebAssembly.validate(bytes)) expect(imports(new WebAssembly.Module(bytes))).toEqual([]);
      else expect(name).toBe('relaxed');
    }
  });

  it.each(['licences', 'hashes'])('has the %s that it says it has (npm run %s writes them)', (tool) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(root, `tools/${tool}.mjs`), '--check'],
      {
        encoding: 'utf8',
      },
    );
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('is no larger than it may be', () => {
    const KIB = 1024;
    const most: Record<string, number> = {
      'build/core.relaxed.wasm': 36 * KIB,
      'build/core.simd.wasm': 32 * KIB,
      'build/core.scalar.wasm': 24 * KIB,
      'build/core.flash.wasm': 24 * KIB,
      'dist/browser/index.js': 20 * KIB,
      'dist/browser/embedded.js': 128 * KIB,
    };
    const sizes = Object.keys(most).map((file) => [file, statSync(join(root, file)).size] as const);
    console.log(`package ${packed.size} bytes, ${packed.unpackedSize} unpacked; ${JSON.stringify(sizes)}`);
    for (const [file, size] of sizes) expect([file, size <= most[file]]).toEqual([file, true]);
    const models = below('models', '.beex').reduce((sum, file) => sum + statSync(join(root, file)).size, 0);
    expect(packed.unpackedSize - models).toBeLessThanOrEqual(3 * KIB * KIB);
  });
});
