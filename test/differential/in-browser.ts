/** For a browser: `window.differ` gives its digests of a range of cases. */
import { digests, type Modules } from './engine.ts';

declare global {
  interface Window {
    differ(folder: string, from: number, to: number): Promise<{ builds: string[]; digests: string[] }>;
  }
}

window.differ = async (folder, from, to) => {
  const modules: Modules = {};
  for (const build of ['relaxed', 'simd', 'scalar']) {
    const bytes = await (await fetch(`${folder}/core.${build}.wasm`)).arrayBuffer();
    if (WebAssembly.validate(bytes)) modules[build] = await WebAssembly.compile(bytes);
  }
  return { builds: Object.keys(modules), digests: digests(modules, from, to) };
};
