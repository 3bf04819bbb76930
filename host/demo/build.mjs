/**
 * Builds the demo into dist/demo: one folder of static files, to be served from anywhere.
 *
 *   node host/demo/build.mjs [--model FILE] [--out FOLDER] [--serve]
 *
 * The model is models/sst2.beex unless given. `--serve` then serves the folder on this machine.
 */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { cp, mkdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { CORES } from '../browser/build.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const PORT = 8080;
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

async function buildDemo(model, folder) {
  await mkdir(folder, { recursive: true });
  for (const name of ['index.html', 'demo.css', 'icon.svg']) {
    await cp(path.join(root, 'host/demo', name), path.join(folder, name));
  }
  for (const name of CORES) {
    await cp(path.join(root, 'build', name), path.join(folder, name));
  }
  // None of an earlier build is left behind.
  await rm(path.join(folder, 'model.beex'), { force: true });
  if (existsSync(model)) await cp(model, path.join(folder, 'model.beex'));
  else console.warn(`${model} is not there: the demo starts without a model`);
  await build({
    entryPoints: ['demo.ts', 'bench-worker.ts'].map((name) => path.join(root, 'host/demo', name)),
    outdir: folder,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    logLevel: 'warning',
  });
}

function serve(folder) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const file = path.join(folder, path.normalize(pathname === '/' ? 'index.html' : decodeURI(pathname)));
    if (!file.startsWith(folder) || !statSync(file, { throwIfNoEntry: false })?.isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  });
  server.on('error', () => server.listen(0, '127.0.0.1'));
  server.on('listening', () => console.log(`The demo is at http://127.0.0.1:${server.address().port}/`));
  server.listen(PORT, '127.0.0.1');
}

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: path.join(root, 'models/sst2.beex') },
    out: { type: 'string', default: path.join(root, 'dist/demo') },
    serve: { type: 'boolean', default: false },
  },
});
const folder = path.resolve(values.out);
await buildDemo(values.model, folder);
if (values.serve) serve(folder);
