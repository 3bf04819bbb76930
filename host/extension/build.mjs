/**
 * Builds the extension into dist/extension, a folder for "Load unpacked", and a zip beside it.
 *
 *   node host/extension/build.mjs [--model FILE] [--out FOLDER] [--host-permission PATTERN]
 *
 * The model is models/sst2.beex unless given. `--host-permission` is for tests, which can't click on the
 * browser's own buttons: those grant `activeTab`.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cp, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { zipSync } from 'fflate';
import { CORES } from '../browser/build.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const source = path.join(root, 'host/extension');
const ZIP_BYTES_MOST = 1.5e6;
/** The same files give the same zip. */
const TIME = new Date(2000, 0, 1);

async function buildExtension({ model, out, permission }) {
  if (!existsSync(model)) throw new Error(`${model} is not there: give another by --model FILE`);
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const manifest = JSON.parse(readFileSync(path.join(source, 'manifest.json'), 'utf8'));
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  Object.assign(manifest, { version }, permission ? { host_permissions: [permission] } : {});
  writeFileSync(path.join(out, 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  const copied = readdirSync(source).filter((name) => /\.(html|css|png)$/.test(name));
  for (const name of copied) await cp(path.join(source, name), path.join(out, name));
  for (const name of CORES) {
    await cp(path.join(root, 'build', name), path.join(out, name));
  }
  await cp(model, path.join(out, 'model.beex'));
  const options = { outdir: out, bundle: true, target: 'chrome116', minify: true, logLevel: 'warning' };
  const entries = (names) => names.map((name) => path.join(source, name));
  await build({ ...options, format: 'esm', entryPoints: entries(['worker.ts', 'popup.ts']) });
  await build({ ...options, format: 'iife', entryPoints: entries(['page.ts']) });
  return zip(out);
}

function zip(folder) {
  const names = readdirSync(folder).sort();
  const files = names.map((name) => [name, new Uint8Array(readFileSync(path.join(folder, name)))]);
  const bytes = zipSync(Object.fromEntries(files), { level: 9, mtime: TIME });
  if (bytes.length > ZIP_BYTES_MOST)
    throw new Error(`the zip has ${bytes.length} bytes, over ${ZIP_BYTES_MOST}`);
  writeFileSync(`${folder}.zip`, bytes);
  return bytes.length;
}

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: path.join(root, 'models/sst2.beex') },
    out: { type: 'string', default: path.join(root, 'dist/extension') },
    'host-permission': { type: 'string' },
  },
});
const out = path.resolve(values.out);
const bytes = await buildExtension({ model: values.model, out, permission: values['host-permission'] });
console.log(`${out} and ${out}.zip, ${bytes} bytes`);
