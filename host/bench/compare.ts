/** The core beside its peers: the same shape, one thread each, in turns, and cold starts in processes of their own. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Core, Input } from '../core.ts';
import { interleave } from './interleave.ts';
import { floatKernelPeer } from './peers/float-kernel.ts';
import { onnxTwin, type Precision } from './peers/onnx-twin.ts';
import { onnxruntimePeer } from './peers/onnxruntime.ts';
import { tfjsPeer } from './peers/tfjs.ts';
import { randomTwin } from './peers/twin.ts';
import { type Summary, summarize } from './statistics.ts';

const { resolve } = createRequire(import.meta.url);
const run = promisify(execFile);

/** Microseconds of one input at full depth. */
export interface PeerTiming extends Summary {
  name: string;
  /** Its median over ours. */
  ratio: number;
  /** How many runs one sample has. */
  runsPerSample: number;
}

export interface Comparison {
  ours: Summary;
  peers: PeerTiming[];
}

/**
 * Full depth, text to answer, against the twin at as many tokens. The peers are given token ids: tokenizing
 * is in our time and not in theirs.
 * @param kernels build/bench.simd.wasm
 * @throws MissingPeerError
 */
export async function measurePeers(
  core: Core,
  input: Input,
  kernels: WebAssembly.Module,
  samples = 50,
): Promise<Comparison> {
  const dimensions = core.dimensions();
  const tokens = core.tokenize(input).ids.length;
  const twin = randomTwin(dimensions);
  const onnx = (precision: Precision) =>
    onnxruntimePeer(dimensions, onnxTwin(dimensions, twin, tokens, precision), tokens, precision);
  const peers = [
    await onnx('float32'),
    await onnx('int8'),
    await tfjsPeer(dimensions, twin, tokens),
    floatKernelPeer(dimensions, kernels, tokens),
  ];
  const runOurs = () => {
    core.begin(input);
    core.run();
  };
  const [ours, ...others] = await interleave([{ name: 'ours', run: runOurs }, ...peers], {
    samples,
    warmup: 500,
  });
  for (const peer of peers) await peer.dispose();
  return { ours, peers: others.map((peer) => ({ ...peer, ratio: peer.p50 / ours.p50 })) };
}

/** Milliseconds from a model's bytes to the first answer, each start in a process of its own. */
export interface ColdComparison {
  ours: Summary;
  onnxruntime: Summary;
  /** onnxruntime's median over ours. */
  ratio: number;
}

/** @throws MissingPeerError */
export async function measureCold(
  core: Core,
  build: string,
  file: Uint8Array,
  input: string,
  starts = 10,
): Promise<ColdComparison> {
  const dimensions = core.dimensions();
  const tokens = core.tokenize(input).ids.length;
  const folder = await mkdtemp(path.join(tmpdir(), 'beex-cold-'));
  try {
    const [model, onnx] = [path.join(folder, 'model.beex'), path.join(folder, 'twin.onnx')];
    await writeFile(model, file);
    await writeFile(onnx, onnxTwin(dimensions, randomTwin(dimensions), tokens, 'float32'));
    const start = async (...args: string[]) => {
      const script = resolve('beexformer/cold-start.js');
      const { stdout } = await run(process.execPath, [...process.execArgv, script, ...args]);
      return Number(stdout);
    };
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let i = 0; i < starts; i++) {
      ours.push(await start('ours', resolve(`beexformer/core.${build}.wasm`), model, input));
      theirs.push(await start('onnx', onnx, String(tokens), String(dimensions.vocabulary)));
    }
    const [first, second] = [summarize(ours), summarize(theirs)];
    return { ours: first, onnxruntime: second, ratio: second.p50 / first.p50 };
  } finally {
    await rm(folder, { recursive: true });
  }
}
