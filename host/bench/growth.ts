/** How time grows with the number of tokens, the width and the depth, on models of random weights. */
import { Core } from '../core.ts';
import { useFastestKernel } from '../kernel.ts';
import { writeModel } from '../model-file/index.ts';
import { type Interleaved, interleave } from './interleave.ts';
import { randomModel } from './random-model.ts';
import { textOfTokens } from './text.ts';

export interface GrowthPoint extends Interleaved {
  /** What grows. */
  axis: 'tokens' | 'd' | 'L';
  value: number;
}

/** From where each axis sets out: the others stay. f is 2 d, a head is 64 wide. */
const BASE = { tokens: 32, d: 256, L: 6 };
const AXES: Record<GrowthPoint['axis'], number[]> = {
  tokens: [1, 2, 4, 8, 16, 32, 64, 128],
  d: [64, 128, 192, 256, 384, 512],
  L: [1, 2, 4, 6, 8, 12],
};

/** Full depth, text to answer. */
export async function measureGrowth(
  module: WebAssembly.Module,
  build: string,
  samples = 30,
): Promise<GrowthPoint[]> {
  const points = Object.entries(AXES).flatMap(([axis, values]) =>
    values.map((value) => ({ axis: axis as GrowthPoint['axis'], value })),
  );
  const subjects = points.map(({ axis, value }) => {
    const { tokens, d, L }: typeof BASE = { ...BASE, [axis]: value };
    const parts = randomModel({ hidden: d, slfn: 2 * d, blocks: L, heads: Math.max(1, d / 64), tokens });
    const core = Core.instantiate(module);
    core.open(writeModel(parts));
    useFastestKernel(core, build);
    const text = textOfTokens(core, parts.pieces, tokens);
    return {
      name: `${axis} ${value}`,
      run: () => {
        core.begin(text);
        core.run();
      },
    };
  });
  const times = await interleave(subjects, { samples, warmup: 100 });
  return times.map((time, i) => ({ ...points[i], ...time }));
}
