/** The core for this engine: which build it takes, and its module, compiled once each. */
import { relaxedSimd, simd } from 'wasm-feature-detect';

/** From the fastest to the one that every engine takes. All give the same bits. */
export type Build = 'relaxed' | 'simd' | 'scalar';

/** Where a build of the core comes from: an address to fetch, or its bytes. */
export type CoreSource = string | URL | BufferSource;
export type Cores = Partial<Record<Build, CoreSource>>;

const RUNS: Record<Build, () => Promise<boolean>> = {
  relaxed: relaxedSimd,
  simd,
  scalar: async () => true,
};

const compiled = new Map<CoreSource, Promise<WebAssembly.Module>>();

/**
 * The best of `cores` that this engine takes.
 * @throws Error when there is none, it can't be fetched, or the page's policy forbids Wasm
 */
export async function coreModule(cores: Cores): Promise<{ module: WebAssembly.Module; build: Build }> {
  for (const build of Object.keys(RUNS) as Build[]) {
    const source = cores[build];
    if (!source || !(await RUNS[build]())) continue;
    let module = compiled.get(source);
    if (!module) {
      module = compile(source);
      compiled.set(source, module);
      // A failure is not kept: the file may be there the next time.
      module.catch(() => compiled.delete(source));
    }
    return { module: await module, build };
  }
  throw new Error(`this engine takes none of the builds ${Object.keys(cores).join(', ')}`);
}

async function compile(source: CoreSource): Promise<WebAssembly.Module> {
  // Not compileStreaming: it insists on a media type that many servers don't send for so small a file.
  const bytes =
    typeof source === 'string' || source instanceof URL
      ? await (await fetchOk(source)).arrayBuffer()
      : source;
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    if (!/CSP|Content Security Policy/i.test(String(cause))) throw cause;
    throw new Error("the page's Content-Security-Policy must allow 'wasm-unsafe-eval' in script-src", {
      cause,
    });
  }
}

/**
 * A response that is one of success.
 * @throws Error with the address and the status
 */
export async function fetchOk(source: string | URL | Request, init?: RequestInit): Promise<Response> {
  return checked(await fetch(source, init));
}

export function checked(response: Response): Response {
  if (response.ok) return response;
  throw new Error(`${response.url || 'the response'} answered ${response.status} ${response.statusText}`);
}
