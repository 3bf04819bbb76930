/** Every build of the core, opened on a model, and their answers beside the reference's, bit for bit. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from 'vitest';
import { Kernel } from '../../assembly/abi.ts';
import { Core, type Input, type Rule } from '../../host/core.ts';
import type { ModelParts } from '../../host/model-file/parts.ts';
import { writeModel } from '../../host/model-file/write.ts';
import type { Answer } from '../reference/exit.ts';
import { runReference } from '../reference/model.ts';
import '../support/relaxed-simd.ts';
import type { randomSource } from '../support/random-model.ts';

export const BUILDS = ['relaxed', 'simd', 'scalar'] as const;
export type Build = (typeof BUILDS)[number];

const { resolve } = createRequire(import.meta.url);
const readBuild = (build: Build) => Uint8Array.from(readFileSync(resolve(`beexformer/core.${build}.wasm`)));

export const BYTES: Record<Build, Uint8Array<ArrayBuffer>> = {
  relaxed: readBuild('relaxed'),
  simd: readBuild('simd'),
  scalar: readBuild('scalar'),
};
const MODULES: Record<Build, WebAssembly.Module> = {
  relaxed: new WebAssembly.Module(BYTES.relaxed),
  simd: new WebAssembly.Module(BYTES.simd),
  scalar: new WebAssembly.Module(BYTES.scalar),
};

/** The calls that tests make past host/core.ts. */
export interface CoreCalls {
  memory: WebAssembly.Memory;
  reserve(bytes: number): number;
  open(arrived: number): number;
  extend(arrived: number): number;
  errorSection(): number;
  errorOffset(): number;
  blocksReady(): number;
  chooseKernel(kernel: Kernel): number;
  policy(kind: number, parameter: number): number;
  clear(): void;
  feed(segment: number, bytes: number): number;
  tokenize(): number;
  begin(): number;
  step(): number;
  run(): number;
  exits(): number;
  label(): number;
  dimension(which: number): number;
  textPointer(): number;
  thresholdsPointer(): number;
}

export interface Instance {
  name: string;
  core: Core;
  calls: CoreCalls;
}

export function instantiate(build: Build): Instance {
  const instance = new WebAssembly.Instance(MODULES[build]);
  return {
    name: build,
    core: new Core(instance),
    calls: instance.exports as unknown as CoreCalls,
  };
}

/** Every build with every kernel that it has, opened on `parts`. */
export function openAll(parts: ModelParts): Instance[] {
  const file = writeModel(parts);
  const kernels: [Build, Kernel][] = [
    ['relaxed', Kernel.PairLookup],
    ['simd', Kernel.PairLookup],
    ['simd', Kernel.Popcount],
    ['scalar', Kernel.Scalar],
  ];
  return kernels.map(([build, kernel]) => {
    const instance = instantiate(build);
    expect(instance.calls.chooseKernel(kernel)).toBe(0);
    instance.core.open(file);
    return { ...instance, name: `${build}, ${Kernel[kernel]}` };
  });
}

/** Words of the vocabulary, one token each. */
export function wordsOf(parts: ModelParts, random: ReturnType<typeof randomSource>, count: number): string {
  const words = parts.pieces.filter((piece) => /^[a-z]+$/.test(piece));
  return Array.from({ length: count }, () => words[Math.floor(random() * words.length)]).join(' ');
}

/** Runs the input on every instance, holds each to the reference, and returns the reference's answers. */
export function expectSameBits(instances: Instance[], parts: ModelParts, input: Input, rule: Rule): Answer[] {
  const { ids, segmentStart } = instances[0].core.tokenize(input);
  const expected = runReference(parts, ids, segmentStart, rule);
  for (const { name, core } of instances) {
    core.setPolicy(rule);
    expect(core.begin(input)).toBe(ids.length);
    core.run();
    expect({ name, ...bitsOf(answersOf(core)) }).toEqual({ name, ...bitsOf(expected) });
    expect(core.label()).toBe(expected.at(-1)!.label);
  }
  return expected;
}

export function answersOf(core: Core): Omit<Answer, 'label'>[] {
  return core.entropies().map((entropy, i) => ({
    logits: Float32Array.from(core.logits(i + 1)),
    probabilities: Float32Array.from(core.probabilities(i + 1)),
    entropy,
  }));
}

/** The answers as hexadecimal words: equal only when every bit is. */
export function bitsOf(answers: Omit<Answer, 'label'>[]): Record<string, string> {
  const hex = (values: Float32Array) =>
    Buffer.from(Uint8Array.from(new Uint8Array(values.buffer))).toString('hex');
  return Object.fromEntries(
    answers.flatMap(({ logits, probabilities, entropy }, i) => [
      [`logits ${i + 1}`, hex(logits)],
      [`probabilities ${i + 1}`, hex(probabilities)],
      [`entropy ${i + 1}`, hex(Float32Array.of(entropy))],
    ]),
  );
}
