/** For another version of Node: prints its digests of a range of cases. Arguments: folder of cores, from, to. */
import { readFileSync } from 'node:fs';
import { digests, type Modules } from './engine.ts';

const [, , folder, from, to] = process.argv;
const modules: Modules = {};
for (const build of ['relaxed', 'simd', 'scalar']) {
  const bytes = readFileSync(`${folder}/core.${build}.wasm`);
  if (WebAssembly.validate(bytes)) modules[build] = new WebAssembly.Module(bytes);
}
console.log(JSON.stringify({ builds: Object.keys(modules), digests: digests(modules, +from, +to) }));
