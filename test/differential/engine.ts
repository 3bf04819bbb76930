/**
 * Runs cases on the resident builds of one JavaScript engine, with every kernel each has, and gives a digest
 * a case. Used in this process, in other versions of Node and in a browser: it asks for nothing of theirs.
 */
import { Kernel } from '../../assembly/abi.ts';
import { Core } from '../../host/core.ts';
import { crc32 } from '../../host/model-file/crc32.ts';
import { writeModel } from '../../host/model-file/write.ts';
import { type Case, caseOf, modelOf } from './cases.ts';
import { traceOf } from './trace.ts';

export type Modules = Record<string, WebAssembly.Module>;

const KERNELS = [Kernel.Scalar, Kernel.Popcount, Kernel.PairLookup];

/** What each build with each kernel says. */
export function runBuilds(modules: Modules, one: Case): Record<string, string[]> {
  const parts = modelOf(one);
  const file = writeModel(parts);
  const said: Record<string, string[]> = {};
  for (const [build, module] of Object.entries(modules)) {
    for (const kernel of KERNELS) {
      const instance = new WebAssembly.Instance(module);
      const { chooseKernel } = instance.exports as { chooseKernel(kernel: number): number };
      if (chooseKernel(kernel) !== 0) continue;
      const core = new Core(instance);
      core.open(file);
      said[`${build}, ${Kernel[kernel]}`] = traceOf(core, parts, one.texts);
    }
  }
  return said;
}

export const digest = (lines: readonly string[]): string =>
  crc32(new TextEncoder().encode(lines.join('\n'))).toString(16);

/** A digest for each case; where builds differ, all of theirs. */
export function digests(modules: Modules, from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, i) => {
    const said = Object.values(runBuilds(modules, caseOf(from + i))).map(digest);
    return [...new Set(said)].join(' and ');
  });
}
