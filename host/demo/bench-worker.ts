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

const CORES = {
  relaxed: new URL('./core.relaxed.wasm', import.meta.url),
  simd: new URL('./core.simd.wasm', import.meta.url),
  scalar: new URL('./core.scalar.wasm', import.meta.url),
};

globalThis.addEventListener('message', async ({ data }: MessageEvent<BenchRequest>) => {
  try {
    const results: BenchResult[] = [];
    for (const [build, core] of Object.entries(CORES)) {
      const model = await load(data.source, { cores: { [build]: core } }).catch((error) => error);
      // Not every engine takes every build.
      if (model instanceof Error) continue;
      await model.whole;
      results.push({ build, exits: measure(model.core, data.text, { samples: 60, warmup: 200 }).exits });
    }
    postMessage({ results });
  } catch (error) {
    postMessage({ problem: String(error) });
  }
});
