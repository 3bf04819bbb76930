/**
 * Random models and their texts give the same bits wherever they run; what differs is made small and kept. A
 * short form; `npm run differential` takes 2,000.
 */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Status } from '../../assembly/abi.ts';
import { FlashCore, flashModule } from '../../host/mcu/flash-core.ts';
import type { ModelParts } from '../../host/model-file/parts.ts';
import { writeModel } from '../../host/model-file/write.ts';
import { root } from '../browser/support/build.ts';
import { CHROMIUM, hasChromium, launch } from '../browser/support/chromium.ts';
import { TestServer } from '../browser/support/server.ts';
import { BYTES } from '../core/builds.ts';
import { has, make } from '../mcu/boards.ts';
import { runReference } from '../reference/model.ts';
import { stops } from '../reference/policy.ts';
import { referenceTokens } from '../reference/tokenizer.ts';
import { type Case, caseOf, modelOf } from './cases.ts';
import { digest, type Modules, runBuilds } from './engine.ts';
import { keep, keptCases, minimize } from './minimize.ts';
import { fullRule, hex, inputsOf, line, traceOf } from './trace.ts';

const CASES = Number(process.env['BEEX_CASES'] ?? 400);
const STEP = 50;
const HOUR = 3_600_000;
const NODES = ['22', '24'];

const numbers = Array.from({ length: CASES }, (_, number) => number);
const kept = keptCases();
const modules: Modules = Object.fromEntries(
  Object.entries(BYTES).map(([name, bytes]) => [name, new WebAssembly.Module(bytes)]),
);
const flash = await flashModule();
/** Digest of every case by number, once it has run here. */
const digests: string[] = [];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'beex-differ-'));
  mkdirSync(path.join(root, '.tools'), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the reference says, which shares no code with the core: tokenizer, forward pass and policies. */
function referenceTrace(parts: ModelParts, { texts }: Case): string[] {
  const { dimensions, pieces, normalizer } = parts;
  const model = {
    pieces,
    tokens: dimensions.tokens,
    lowercase: (normalizer & 1) !== 0,
    stripAccents: (normalizer & 2) !== 0,
  };
  return texts.map(([a, b]) => {
    const { ids, segmentStart } = referenceTokens(a, dimensions.segments === 2 ? b : undefined, model);
    const answers = runReference(parts, ids, segmentStart, fullRule(parts));
    const exit = answers.findIndex((_, i) => stops(parts.policies[0], answers.slice(0, i + 1))) + 1;
    return line(ids, answers, exit || answers.length, answers.at((exit || 0) - 1)!.label);
  });
}

/** What one page of flash and of memory says; undefined for a model that does not fit. */
function flashTrace(parts: ModelParts, { texts }: Case): string[] | undefined {
  const core = new FlashCore(flash, writeModel(parts));
  const status = core.open();
  if (status === Status.OutOfMemory) return undefined;
  expect(status).toBe(Status.Ok);
  return traceOf(core.core, parts, texts);
}

/** Everything that runs in this process. */
function allTraces(one: Case): Record<string, string[]> {
  const parts = modelOf(one);
  const ofFlash = flashTrace(parts, one);
  return {
    reference: referenceTrace(parts, one),
    ...runBuilds(modules, one),
    ...(ofFlash ? { flash: ofFlash } : {}),
  };
}

const differs = (one: Case): boolean => new Set(Object.values(allTraces(one)).map(digest)).size > 1;

function expectSame(one: Case): string {
  const traces = allTraces(one);
  if (new Set(Object.values(traces).map(digest)).size > 1) {
    const file = keep(minimize(one, differs));
    throw new Error(`answers differ; the case is kept as ${file}:\n${JSON.stringify(traces, null, 2)}`);
  }
  return digest(traces['reference']);
}

describe('the reference, the resident builds with each kernel, and the flash build', () => {
  it.each(kept)('say the same of %s', (_, one) => {
    expectSame(one);
  });

  it.each(numbers.filter((number) => number % STEP === 0))(
    `say the same of ${STEP} cases from %i on`,
    async (from) => {
      for (const number of numbers.slice(from, from + STEP)) {
        digests[number] = expectSame(caseOf(number));
        await nextTurn();
      }
    },
    HOUR,
  );
});

/** Bundles an entry into .tools, where it may be run from. */
async function bundle(entry: string, platform: 'node' | 'browser'): Promise<string> {
  const outfile = path.join(root, '.tools', `${path.basename(entry, '.ts')}-${process.pid}.mjs`);
  const options = { bundle: true, format: 'esm', target: 'es2022', logLevel: 'error' } as const;
  await build({ ...options, platform, entryPoints: [path.join(import.meta.dirname, entry)], outfile });
  return outfile;
}

describe.each(NODES)('Node %s', (version) => {
  const name = `node-${process.platform}-${process.arch}`;
  const program = path.join(root, `.tools/node-${version}/node_modules/${name}/bin/node`);
  const isThere = existsSync(program);
  if (!isThere) console.warn(`SKIPPED: Node ${version} is not there (npm run nodes brings it)`);

  it.skipIf(!isThere)(
    'says the same in every build (skipped before npm run nodes)',
    async () => {
      const script = await bundle('in-node.ts', 'node');
      const args = [script, path.join(root, 'build'), '0', String(CASES)];
      const { stdout, stderr } = await promisify(execFile)(program, args, { maxBuffer: 1 << 26 });
      rmSync(script);
      expect(stderr).toBe('');
      const said = JSON.parse(stdout) as { builds: string[]; digests: string[] };
      expect(said.builds).toEqual(['relaxed', 'simd', 'scalar']);
      expect(said.digests).toEqual(digests);
    },
    HOUR,
  );
});

it.skipIf(!hasChromium)(
  `Chromium says the same in every build (skipped without ${CHROMIUM})`,
  async () => {
    const script = await bundle('in-browser.ts', 'browser');
    const server = await TestServer.start();
    const page = '<!doctype html><title>differ</title><script type="module" src="/differ.js"></script>';
    server.files.set('/', { body: page, headers: { 'content-type': 'text/html' } });
    server.files.set('/differ.js', { body: readFileSync(script) });
    for (const [name, body] of Object.entries(BYTES)) server.files.set(`/cores/core.${name}.wasm`, { body });
    const browser = await launch();
    const tab = await browser.context.newPage();
    await tab.goto(`${server.url}/`);
    await tab.waitForFunction(() => window.differ !== undefined);
    const said = await tab.evaluate((cases) => window.differ('/cores', 0, cases), CASES);
    await browser.close();
    await server.close();
    rmSync(script);
    expect(said.builds).toEqual(['relaxed', 'simd', 'scalar']);
    expect(said.digests).toEqual(digests);
  },
  HOUR,
);

/** A case as in-c.c reads it. */
function forC(parts: ModelParts, texts: Case['texts']): Buffer {
  const word = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    return bytes;
  };
  const counted = (bytes: Uint8Array) => Buffer.concat([word(bytes.length), bytes]);
  const inputs = inputsOf(parts, texts).flatMap((input) =>
    typeof input === 'string'
      ? [counted(Buffer.from(input)), word(0xffffffff)]
      : [counted(Buffer.from(input[0] as string)), counted(Buffer.from(input[1] as string))],
  );
  return Buffer.concat([counted(writeModel(parts)), word(texts.length), ...inputs]);
}

/** The reference's numbers as in-c.c prints them: pairs show their last exit only. */
function expectedOfC(parts: ModelParts, trace: readonly string[]): string[] {
  return trace.map((text) => {
    const [, ...exits] = text.split(' | ');
    const last = exits.pop()!;
    const shown = parts.dimensions.segments === 2 ? exits.slice(-1) : exits;
    return `${shown.map((exit) => `${exit} | `).join('')}${last}`;
  });
}

const hasC = has('wasm2c', 'make', 'gcc');
it.skipIf(!hasC)(
  'the C library on this machine says the same (skipped without wabt, make, gcc)',
  async () => {
    make(folder, 'TARGETS=native');
    const program = path.join(folder, 'differ');
    const mcu = path.join(root, 'host/mcu');
    const sources = [path.join(import.meta.dirname, 'in-c.c'), path.join(folder, 'native/libbeex.a'), '-lm'];
    const flags = ['-O2', '-Wall', '-Wextra', '-Werror', '-ffp-contract=off', `-I${mcu}`];
    const compiled = spawnSync('gcc', [...flags, ...sources, '-o', program], { encoding: 'utf8' });
    expect(compiled.stderr).toBe('');
    const cases = [...kept.map(([, one]) => one), ...numbers.filter((n) => n % 4 === 0).map(caseOf)];
    const models = cases.map((one) => ({ one, parts: modelOf(one) }));
    const input = Buffer.concat(models.map(({ one, parts }) => forC(parts, one.texts)));
    const child = spawn(program);
    child.stdin.end(input);
    const [printed, complaint] = await Promise.all([text(child.stdout), text(child.stderr)]);
    expect(complaint).toBe('');
    const expected = models.flatMap(({ one, parts }) => expectedOfC(parts, referenceTrace(parts, one)));
    expect(printed.trimEnd().split('\n')).toEqual(expected);
  },
);

describe('a difference', () => {
  it('is made as small as it can be', () => {
    const one = caseOf(3);
    const large = {
      ...one,
      texts: [
        ['a bé c', 'd'],
        ['e', 'f'],
      ] as Case['texts'],
    };
    const bad = ({ texts }: Case) => texts.some(([a]) => a.includes('é'));
    const least = minimize(large, bad);
    expect(least.texts).toEqual([['é', '']]);
    expect(least.options).toMatchObject({
      hidden: 64,
      slfn: 64,
      blocks: 1,
      heads: 1,
      tokens: 1,
      segments: 1,
    });
  });

  it('of one bit is seen', () => {
    const { texts } = caseOf(5);
    const parts = modelOf(caseOf(5));
    const other = structuredClone(parts);
    other.exits[0].bias[0] = Math.fround(other.exits[0].bias[0] * (1 + 2 ** -22));
    const [a, b] = [parts, other].map((model) => referenceTrace(model, { ...caseOf(5), texts }));
    expect(digest(a)).not.toBe(digest(b));
    expect(hex([0])).not.toBe(hex([-0]));
  });
});
