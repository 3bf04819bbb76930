/** What `beex bench` measures, part by part, as one report. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Kernel } from '../assembly/abi.ts';
import type { ColdComparison, PeerTiming } from '../host/bench/compare.ts';
import {
  type ExitTiming,
  type GrowthPoint,
  type Labelled,
  measure,
  measureGrowth,
  measureTexts,
  type Operations,
  operations,
  type PartShare,
  type PolicyOverTexts,
  profile,
  type Quantiles,
  type Summary,
  textOfTokens,
} from '../host/bench/index.ts';
import type { PoolTiming } from '../host/bench/pool.ts';
import { useFastestKernel } from '../host/kernel.ts';
import { readVocabulary } from '../host/model-file/index.ts';
import { type Build, type Classifier, load, type Policy } from '../host/node/index.ts';
import { modelBytes } from '../host/node/models.ts';
import { coreModule } from '../host/node/modules.ts';
import { UsageError } from './errors.ts';
import { inPairs } from './options.ts';
import { machine } from './output.ts';

/** Builds and kernels that `--core` pins; `auto` is what `load` does. */
const PINS = {
  auto: undefined,
  scalar: { build: 'scalar', kernel: Kernel.Scalar },
  popcount: { build: 'simd', kernel: Kernel.Popcount },
  pairs: { build: 'simd', kernel: Kernel.PairLookup },
  relaxed: { build: 'relaxed', kernel: Kernel.PairLookup },
} as const;
export type CoreName = keyof typeof PINS;
export const CORES = Object.keys(PINS) as CoreName[];
const KERNEL_NAMES: Record<Kernel, CoreName> = {
  [Kernel.Scalar]: 'scalar',
  [Kernel.Popcount]: 'popcount',
  [Kernel.PairLookup]: 'pairs',
};

export interface MeasureRequest {
  model: string;
  build?: Build;
  core?: CoreName;
  tokens?: number;
  text?: string[];
  task?: string;
  data?: string;
  dev?: string;
  column?: string;
  pair?: string;
  label?: string;
  policy?: Policy;
  samples: number;
  peers?: boolean;
  cold?: boolean;
  pool?: number;
  profile?: boolean;
  growth?: boolean;
}

/** Times in microseconds. */
export interface ExitReport extends Summary {
  exit: number;
  /** Its block alone; of one text only. */
  step?: Quantiles;
  /** On a data set: share of the texts that leave here by the policy, and their accuracy. */
  share: number | null;
  score: number | null;
  scoreOfAll?: number;
  operations: Operations;
}

export interface Report {
  host: string;
  machine: string;
  model: string;
  build: Build;
  kernel: CoreName;
  /** Of one input, or on average. */
  tokens: number;
  exits: ExitReport[];
  /** Smallest step of the clock, in microseconds. */
  clockResolution: number;
  begin: Quantiles;
  runs: number;
  runsPerSample: number;
  data?: { name: string; texts: number; policy: string; policies: PolicyOverTexts[] };
  /** Ours, beside the peers, at full depth of a text of as many tokens. */
  ours?: Summary;
  peers?: PeerTiming[];
  cold?: ColdComparison;
  pool?: PoolTiming[];
  profile?: PartShare[];
  growth?: GrowthPoint[];
}

/** @param note is told what comes next */
export async function measureModel(
  request: MeasureRequest,
  note: (what: string) => void = () => {},
): Promise<Report> {
  const file = await modelBytes(request.model);
  const pin = PINS[request.core ?? 'auto'];
  const model = await load(file, { build: pin?.build ?? request.build });
  const { dimensions, build: name } = model.info;
  const build = name as Build;
  const { core } = model;
  const kernel = pin?.kernel ?? useFastestKernel(core, build);
  core.chooseKernel(kernel);
  const policy = request.policy ?? model.info.policies[0].name;

  const data = await labelledTexts(request, model);
  const overTexts = data && {
    ...measureTexts(model, data.texts, policy, roundsOf(request.samples)),
    name: data.name,
  };
  const { pieces } = readVocabulary(file);
  const tokens = request.tokens ?? (overTexts ? Math.round(overTexts.tokens) : dimensions.tokens);
  if (tokens > dimensions.tokens) {
    throw new UsageError(`--tokens ${tokens}: this model takes 1 to ${dimensions.tokens}`);
  }
  const input = request.text
    ? ownInput(request.text, dimensions.segments)
    : textOfTokens(core, pieces, tokens);
  note('the exits of one text');
  const timing = measure(core, input, { samples: request.samples });
  const report: Report = {
    ...machine(),
    model: request.model,
    build,
    kernel: KERNEL_NAMES[kernel],
    tokens: overTexts?.tokens ?? timing.tokens,
    exits: overTexts
      ? overTexts.exits
      : timing.exits.map((exit, i) => ofOneText(exit, operations(dimensions, timing.tokens)[i])),
    begin: timing.begin,
    runs: timing.runs,
    runsPerSample: timing.runsPerSample,
    clockResolution: timing.clockResolution,
  };
  if (overTexts) {
    const { texts, policies } = overTexts;
    report.data = { name: overTexts.name, texts, policy: nameOf(policy), policies };
  }
  if (request.profile) {
    if (build === 'scalar') throw new UsageError('--profile is of the simd and the relaxed build');
    note('the parts of a block');
    const profiled = await wasm(`core.profile.${build}.wasm`);
    const { module: plain } = await coreModule(build);
    report.profile = profile({ plain, profiled }, file, input, kernel);
  }
  if (request.peers) {
    note('the peers');
    const { measurePeers } = await import('../host/bench/compare.ts');
    const compared = await measurePeers(core, input, await wasm('bench.simd.wasm'), request.samples);
    report.ours = compared.ours;
    report.peers = compared.peers;
  }
  if (request.cold) {
    note('cold starts');
    const { measureCold } = await import('../host/bench/compare.ts');
    if (typeof input !== 'string') throw new UsageError('--cold takes single texts');
    report.cold = await measureCold(core, build, file, input, Math.min(10, request.samples));
  }
  if (request.pool !== undefined) {
    note('workers');
    const { measurePool } = await import('../host/bench/pool.ts');
    if (typeof input !== 'string') throw new UsageError('--pool takes single texts');
    report.pool = await measurePool(file, build, input, request.pool);
  }
  if (request.growth) {
    note('models of other sizes');
    report.growth = await measureGrowth((await coreModule(build)).module, build);
  }
  model.dispose();
  return report;
}

/** Every text counts with the median of its rounds, so few will do. */
function roundsOf(samples: number): number {
  return Math.min(5, samples);
}

function ofOneText({ exit, p50, p95, low, high, step }: ExitTiming, counted: Operations): ExitReport {
  const { float, binary, total } = counted;
  return { exit, p50, p95, low, high, step, share: null, score: null, operations: { float, binary, total } };
}

function nameOf(policy: Policy): string {
  if (typeof policy === 'string') return policy;
  const { kind, ...numbers } = policy;
  return [kind, ...Object.values(numbers)].join(':');
}

async function wasm(name: string): Promise<WebAssembly.Module> {
  const { resolve } = createRequire(import.meta.url);
  return WebAssembly.compile(await readFile(resolve(`beexformer/${name}`)));
}

function ownInput(texts: string[], segments: number): string | [string, string] {
  if (segments === 2 && texts.length === 2) return inPairs(texts)[0];
  if (texts.length === 1) return texts[0];
  throw new UsageError(`--text takes one text${segments === 2 ? ', or two' : ''}, and got ${texts.length}`);
}

/** The texts of --task or --dev with their labels' numbers; nothing when neither is given. */
async function labelledTexts(
  { task, data, dev, column, pair, label }: MeasureRequest,
  { info: { labels } }: Classifier,
): Promise<{ name: string; texts: Labelled[] } | undefined> {
  if (task === undefined && dev === undefined) return undefined;
  const { readRecords } = await import('./bench-data.ts');
  const { name, records } = await readRecords({ task, data, dev, column, pair, label }, labels);
  const texts = records.map((record) => ({
    input: record.pair === undefined ? record.text : ([record.text, record.pair] as const),
    label: labels.indexOf(record.label),
  }));
  return { name, texts };
}
