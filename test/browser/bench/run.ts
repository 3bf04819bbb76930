/**
 * Bytes and time to the first answer in Chromium, beside transformers.js with onnxruntime-web: the same page,
 * machine, line and number of tokens. Prints the table of docs/browser.md.
 *
 *   npm run bench:browser:peers                      installs the peer into runs/peers, then measures all
 *   npm run bench:browser -- [--rate MEGABITS] [--peers FOLDER]
 *
 * The peer is half a gigabyte, so the package does not depend on it. Without `--peers`, a folder in which it
 * was installed, only our own rows are measured.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { launch } from '../support/chromium.ts';
import { TestServer } from '../support/server.ts';
import { beexFile, TOKENS, textOf, writeTransformersModel } from './distilbert.ts';

const RUNS = 30;
const busy = loadavg()[0].toFixed(1);

interface Row {
  name: string;
  /** The page's module: calls `first()` at the first answer, then returns milliseconds of warm runs. */
  script: string;
  text: string;
}

const { values } = parseArgs({
  options: { rate: { type: 'string', default: '50' }, peers: { type: 'string' } },
});
const bytesPerSecond = (Number(values.rate) * 1e6) / 8;
const root = process.cwd();
const folder = mkdtempSync(path.join(tmpdir(), 'beex-bench-'));
const server = await TestServer.start();
server.folders.set('/dist/', path.join(root, 'dist/browser'));

/** `policy` as JavaScript writes it. */
const ours = (file: string, policy: string) => `
  import { load } from '/dist/index.js';
  window.run = async (text, first) => {
    const model = await load('${file}');
    await model.classify(text, { policy: ${policy} });
    await first();
    await model.whole;
    return async () => { await model.classify(text, { policy: ${policy} }); };
  };`;

const theirs = `
  import { env, pipeline } from '@huggingface/transformers';
  env.allowLocalModels = true;
  env.allowRemoteModels = false;
  env.useBrowserCache = false;
  env.localModelPath = '/models/';
  env.backends.onnx.wasm.wasmPaths = '/ort/';
  window.run = async (text, first) => {
    const classify = await pipeline('text-classification', 'distilbert', { device: 'wasm', dtype: 'q8' });
    await classify(text);
    await first();
    return async () => { await classify(text); };
  };`;

const FIRST_EXIT = "{ kind: 'fixed', depth: 1 }";
const rows: Row[] = [];
const sst2 = path.join(root, 'models/sst2.beex');
if (existsSync(sst2)) {
  server.files.set('/sst2.beex', { body: readFileSync(sst2) });
  const text = 'a quiet little film '.repeat(8);
  rows.push(
    { name: '`models/sst2.beex`, first exit', script: ours('/sst2.beex', FIRST_EXIT), text },
    { name: '`models/sst2.beex`, every block', script: ours('/sst2.beex', "'full'"), text },
  );
} else console.warn('models/sst2.beex is not there: its row is left out');
server.files.set('/distilbert.beex', { body: beexFile() });
const text = textOf(TOKENS);
rows.push(
  { name: "beexformer, DistilBERT's shape, first exit", script: ours('/distilbert.beex', FIRST_EXIT), text },
  { name: "beexformer, DistilBERT's shape, every block", script: ours('/distilbert.beex', "'full'"), text },
);
if (values.peers) {
  const models = path.join(folder, 'models');
  writeTransformersModel(path.join(models, 'distilbert'));
  server.folders.set('/models/', models);
  server.folders.set('/ort/', path.join(values.peers, 'node_modules/onnxruntime-web/dist'));
  const { outputFiles } = await build({
    stdin: { contents: theirs, resolveDir: path.resolve(values.peers) },
    bundle: true,
    format: 'esm',
    minify: true,
    write: false,
    logLevel: 'error',
  });
  rows.push({
    name: "transformers.js, DistilBERT's shape in int8",
    script: outputFiles[0].text,
    text: textOf(TOKENS - 2),
  });
}

const table: string[] = [];
for (const [i, { name, script, text }] of rows.entries()) {
  server.files.set(`/row-${i}.html`, {
    body: `<!doctype html><script type="module" src="row-${i}.js"></script>`,
  });
  server.files.set(`/row-${i}.js`, { body: script });
  const { context, close } = await launch();
  const page = await context.newPage();
  let received = 0;
  let atFirst = { bytes: 0, milliseconds: 0 };
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  const line = { offline: false, latency: 20, uploadThroughput: -1, downloadThroughput: bytesPerSecond };
  await session.send('Network.emulateNetworkConditions', line);
  session.on('Network.dataReceived', ({ dataLength }) => {
    received += dataLength;
  });
  const started = performance.now();
  await page.exposeFunction('first', () => {
    atFirst = { bytes: received, milliseconds: performance.now() - started };
  });
  page.on('pageerror', (error) => console.error(String(error)));
  await page.goto(`${server.url}/row-${i}.html`);
  const median = await page.evaluate(
    async ({ text, runs }) => {
      const { first, run } = window as unknown as {
        first(): Promise<void>;
        run(text: string, first: () => Promise<void>): Promise<() => Promise<void>>;
      };
      const again = await run(text, first);
      const times: number[] = [];
      for (let i = 0; i < 2 * runs; i++) {
        const start = performance.now();
        await again();
        times.push(performance.now() - start);
      }
      return times.slice(runs).sort((a, b) => a - b)[runs >> 1];
    },
    { text, runs: RUNS },
  );
  await close();
  const megabytes = (atFirst.bytes / 1e6).toFixed(2);
  const seconds = (atFirst.milliseconds / 1000).toFixed(2);
  table.push(`| ${name} | ${megabytes} MB | ${seconds} s | ${median.toFixed(1)} ms |`);
}
await server.close();
rmSync(folder, { recursive: true });

console.log(`${cpus()[0].model}, Chromium, ${values.rate} Mbit/s, ${TOKENS} tokens, one thread`);
console.log(
  `load before: ${busy} on ${cpus().length} cores; where it is above 1, times are those of a busy machine`,
);
console.log('| what | bytes to the first answer | time to the first answer | a text, warm |');
console.log('| --- | --- | --- | --- |');
console.log(table.join('\n'));
