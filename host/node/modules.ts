/** The package's compiled cores: found, chosen by what the engine can do, and compiled once each. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/**
 * From the fastest to the one that runs everywhere; all give the same bits. `relaxed` needs an engine with
 * relaxed SIMD (Node 20: `node --experimental-wasm-relaxed-simd`), `simd` one with Wasm SIMD.
 */
export type Build = 'relaxed' | 'simd' | 'scalar';
export const BUILDS: readonly Build[] = ['relaxed', 'simd', 'scalar'];

const { resolve } = createRequire(import.meta.url);
const compiled = new Map<Build, Promise<WebAssembly.Module>>();

/**
 * The core in the build asked for, or in the best that this engine takes.
 * @throws Error when the engine does not take that build, or the package was not built
 */
export async function coreModule(build?: Build): Promise<{ module: WebAssembly.Module; build: Build }> {
  if (build !== undefined && !BUILDS.includes(build)) {
    throw new RangeError(`there is no build "${build}": builds are ${BUILDS.join(', ')}`);
  }
  const chosen = build ?? (await bestBuild());
  let module = compiled.get(chosen);
  if (!module) {
    module = coreBytes(chosen).then((bytes) => WebAssembly.compile(bytes));
    compiled.set(chosen, module);
    // A failure is not kept: the file may be there the next time.
    module.catch(() => compiled.delete(chosen));
  }
  return { module: await module, build: chosen };
}

/** The first of BUILDS that this engine takes. */
async function bestBuild(): Promise<Build> {
  for (const build of BUILDS) if (WebAssembly.validate(await coreBytes(build))) return build;
  throw new Error('this engine takes none of the builds');
}

async function coreBytes(build: Build): Promise<Uint8Array<ArrayBuffer>> {
  const name = `core.${build}.wasm`;
  try {
    return await readFile(resolve(`beexformer/${name}`));
  } catch (error) {
    throw new Error(`the package was built without ${name}: npm run build makes it`, { cause: error });
  }
}
