/** Measures in a worker, so that the page stays awake: every exit of one text, in each build. */
import { measure } from '../bench/measure.ts';
import { load, type ModelSource } from '../browser/index.ts';

export interface BenchRequest {
  source: ModelSource;
  text: string;
}

/** Microseconds from the text to each exit. */
export interface BenchResult {
  build: string;
  exits: { p50: number; p95: number }[];
}

const BUILDS = ['simd', 'scalar'] as const;

globalThis.addEventListener('message', async ({ data }: MessageEvent<BenchRequest>) => {
  try {
    const results: BenchResult[] = [];
    for (const build of BUILDS) {
      const cores = { [build]: new URL(`./core.${build}.wasm`, import.meta.url) };
      const model = await load(data.source, { cores });
      await model.whole;
      results.push({ build, exits: measure(model.core, data.text, { samples: 60, warmup: 200 }).exits });
    }
    postMessage({ results });
  } catch (error) {
    postMessage({ problem: String(error) });
  }
});
