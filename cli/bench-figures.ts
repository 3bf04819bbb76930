/**
 * The figures of docs/performance.md that have a goal, in one run: `npm run bench:figures`, some minutes on a
 * machine that does nothing else. Ratios are of medians, taken in turns; the SIMD build unless said otherwise.
 * SST-2 is looked for in `BEEX_DATA`, or beside the project.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { gzipSync } from 'node:zlib';
import { Kernel, Part } from '../assembly/abi.ts';
import { measureCold, measurePeers } from '../host/bench/compare.ts';
import {
  interleave,
  measureKernels,
  type PartShare,
  profile,
  randomModel,
  textOfTokens,
} from '../host/bench/index.ts';
import { onnxTwin } from '../host/bench/peers/onnx-twin.ts';
import { onnxruntimePeer } from '../host/bench/peers/onnxruntime.ts';
import { randomTwin } from '../host/bench/peers/twin.ts';
import { measurePool } from '../host/bench/pool.ts';
import { PART_NAMES } from '../host/bench/profile.ts';
import { Core } from '../host/core.ts';
import { writeModel } from '../host/model-file/index.ts';
import { load } from '../host/node/index.ts';
import { findTask, loadTaskSplit } from '../trainer/data/tasks.ts';
import { machine } from './output.ts';

// Node 20 has it behind a flag; other versions don't know the flag and need none.
setFlagsFromString('--experimental-wasm-relaxed-simd');

const { resolve } = createRequire(import.meta.url);
const bytesOf = (name: string) => readFileSync(resolve(`beexformer/${name}`));
const compile = (name: string) => new WebAssembly.Module(bytesOf(name));
const SIMD = compile('core.simd.wasm');

function say(what: string, value: number, goal: number, most = false): void {
  const reached = most ? value <= goal : value >= goal;
  const sign = most ? 'at most' : 'at least';
  console.log(
    `${what.padEnd(62)} ${value.toFixed(2).padStart(8)}   ${sign} ${goal}${reached ? '' : '   MISSED'}`,
  );
}

/** d 256, f 512, 4 heads. */
const WIDE = { hidden: 256, slfn: 512, heads: 4, blocks: 6 };
/** d 128, f 256, 4 heads, as the models of mail are. */
const NARROW = { hidden: 128, slfn: 256, heads: 4, blocks: 3 };

/** A model of random weights with its text, open in a build. */
function randomCore(module: WebAssembly.Module, tokens: number, binaryScores = 0, shape = WIDE) {
  const parts = randomModel({ ...shape, tokens, binaryScores });
  const core = Core.instantiate(module);
  const file = writeModel(parts);
  core.open(file);
  const text = textOfTokens(core, parts.pieces, tokens);
  const run = () => {
    core.begin(text);
    core.run();
  };
  return { core, file, text, run };
}

async function products(): Promise<void> {
  const widths = [
    { rows: 256, tokens: 16 },
    { rows: 768, tokens: 64 },
  ];
  const shapes = widths.flatMap(({ rows, tokens }) =>
    [...new Set([1, 16, tokens])].map((count) => ({ rows, width: rows, tokens: count })),
  );
  const modules = { simd: compile('bench.simd.wasm'), relaxed: compile('bench.relaxed.wasm') };
  const timings = await measureKernels(modules, shapes, { samples: 100 });
  const rate = (rows: number, tokens: number, kernel: string) =>
    timings
      .find((timing) => timing.rows === rows && timing.tokens === tokens)!
      .kernels.find((timing) => timing.kernel === kernel)!.rate;
  for (const { rows, tokens } of widths) {
    const shape = `${rows} x ${rows}, ${tokens} tokens`;
    const simd = rate(rows, tokens, 'pair lookup');
    say(`products, ${shape}: simd over scalar`, simd / rate(rows, tokens, 'scalar'), 1.7);
    say(`products, ${shape}: simd over float32`, simd / rate(rows, tokens, 'float32'), 9);
    say(`products, ${shape}: relaxed over simd`, rate(rows, tokens, 'relaxed pair lookup') / simd, 1.3);
  }
  for (const { rows } of widths) {
    const one = (many: string) => rate(rows, 1, 'popcount') / rate(rows, 16, many);
    say(`${rows} x ${rows}, one token over 16: simd`, one('pair lookup'), 0.75);
    say(`${rows} x ${rows}, one token over 16: relaxed`, one('relaxed pair lookup'), 0.75);
  }
}

async function block(): Promise<void> {
  for (const build of ['simd', 'relaxed']) {
    const module = compile(`core.${build}.wasm`);
    const subjects = [0, 1].flatMap((binaryScores) =>
      [32, 128].map((tokens) => ({
        name: `${tokens}`,
        run: randomCore(module, tokens, binaryScores).run,
      })),
    );
    const times = await interleave(subjects, { samples: 60, warmup: 500 });
    const [few, many, fewBinary, manyBinary] = times.map(({ p50 }) => p50);
    say(`six blocks, 128 tokens over 32: ${build}`, many / few, 5, true);
    say(`the same, binary scores: ${build}`, manyBinary / fewBinary, 5, true);
  }
  const { share } = partsOf(32, 0).find(({ part }) => part === PART_NAMES[Part.Products])!;
  say('share of a block that is not binary products, 32 tokens', 1 - share, 0.5, true);
}

/** Where the time of the wide model goes in the SIMD build. */
function partsOf(tokens: number, binaryScores: number): PartShare[] {
  const { file, text } = randomCore(SIMD, tokens, binaryScores);
  const modules = { plain: SIMD, profiled: compile('core.profile.simd.wasm') };
  return profile(modules, file, text, Kernel.PairLookup);
}

/** Real scores beside binary ones, in microseconds: whole models in both builds, and the parts of a wide block. */
async function scores(): Promise<void> {
  for (const [name, shape] of Object.entries({ 'd 256, L 6': WIDE, 'd 128, L 3': NARROW })) {
    for (const tokens of [32, 64, 128]) {
      const subjects = [0, 1].flatMap((binaryScores) =>
        ['simd', 'relaxed'].map((build) => ({
          name: `${binaryScores ? 'binary' : 'real'} ${build}`,
          run: randomCore(compile(`core.${build}.wasm`), tokens, binaryScores, shape).run,
        })),
      );
      const times = await interleave(subjects, { samples: 30, warmup: 500 });
      const all = times.map(({ name, p50 }) => `${name} ${p50.toFixed(0)}`).join(', ');
      console.log(`${`µs, ${name}, ${tokens} tokens`.padEnd(30)} ${all}`);
    }
  }
  const columns = [32, 128].flatMap((tokens) => [0, 1].map((binaryScores) => partsOf(tokens, binaryScores)));
  console.log('µs of a block, d 256: 32 tokens real, binary; 128 tokens real, binary');
  for (const [i, { part }] of columns[0].entries()) {
    const times = columns.map((parts) => (parts[i].time / WIDE.blocks).toFixed(2).padStart(8));
    console.log(`${part.padEnd(20)} ${times.join(' ')}`);
  }
}

/** Full depth of six blocks at 32 tokens, cold starts and workers with the same model. */
async function peers(): Promise<void> {
  const { core, file, text } = randomCore(SIMD, 32);
  const goals: Record<string, number> = {
    'onnxruntime-web float32': 10,
    'onnxruntime-web int8': 5,
    'tfjs wasm': 10,
  };
  const compared = await measurePeers(core, text, compile('bench.simd.wasm'), 40);
  for (const { name, ratio } of compared.peers) {
    if (name in goals) say(`six blocks: ${name} over ours`, ratio, goals[name]);
  }
  const cold = await measureCold(core, 'simd', file, text, 10);
  say('from bytes to the first answer: onnxruntime-web over ours', cold.ratio, 20);
  const [, two] = await measurePool(file, 'simd', text, 2);
  say('two workers over one', two.gain, 1.8);
}

/** The policy's mean over the texts, against the twin at the texts' mean length. */
async function balanced(): Promise<void> {
  const glue = path.join(process.env.BEEX_DATA ?? '../shared/data', 'glue');
  if (!existsSync(glue)) {
    console.log(`SKIPPED, no ${glue}: SST-2 at balanced`);
    return;
  }
  const model = await load('sst2', { build: 'simd' });
  const { dimensions } = model.info;
  const texts = loadTaskSplit(findTask('sst2'), glue, 'dev').map(({ text }) => text);
  const lengths = texts.map((text) => model.tokenize(text).ids.length);
  const tokens = Math.round(lengths.reduce((sum, length) => sum + length, 0) / texts.length);
  const onnx = onnxTwin(dimensions, randomTwin(dimensions), tokens, 'float32');
  const twin = await onnxruntimePeer(dimensions, onnx, tokens, 'float32');
  const run = () => {
    for (const text of texts) model.classify(text, { policy: 'balanced' });
  };
  const [ours, theirs] = await interleave([{ name: 'ours', run }, twin], { samples: 20, warmup: 500 });
  say(
    `SST-2 dev at balanced: float32 twin of ${tokens} tokens over ours`,
    (theirs.p50 * texts.length) / ours.p50,
    20,
  );
  await twin.dispose();
  model.dispose();
}

function size(): void {
  const core = bytesOf('core.simd.wasm');
  say('core.simd.wasm, KiB', core.length / 1024, 24, true);
  say('the same, gzipped', gzipSync(core, { level: 9 }).length / 1024, 11, true);
}

console.log(Object.values(machine()).join('; '));
size();
await products();
await block();
await scores();
await balanced();
await peers();
