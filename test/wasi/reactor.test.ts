/** The reactor in a program of ours: opens a model from a directory, or its own, and runs the core's calls. */
import { File, PreopenDirectory, WASI } from '@bjorn3/browser_wasi_shim';
import { describe, expect, it } from 'vitest';
import { Status } from '../../assembly/abi.ts';
import { Core } from '../../host/core.ts';
import { writeModel } from '../../host/model-file/index.ts';
import { load } from '../../host/node/index.ts';
import { embedModel } from '../../host/wasi/embed.ts';
import { randomModel } from '../support/random-model.ts';
import { BUILDS, wasm } from './run.ts';

const file = writeModel(randomModel(9));
const TEXT = 'a lantern by the gate';
const NO_SUCH_FILE = -100;

function start(module: Uint8Array) {
  const wasi = new WASI([], [], [], { debug: false });
  wasi.fds[3] = new PreopenDirectory('/data', new Map([['m.beex', new File(file)]]));
  const instance = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(module)), {
    wasi_snapshot_preview1: wasi.wasiImport,
  });
  wasi.initialize(instance as Parameters<typeof wasi.initialize>[0]);
  const calls = instance.exports as unknown as {
    memory: WebAssembly.Memory;
    pathPointer(): number;
    openFile(bytes: number): number;
  };
  const open = (path: string) => {
    const bytes = new TextEncoder().encode(path);
    new Uint8Array(calls.memory.buffer).set(bytes, calls.pathPointer());
    return calls.openFile(bytes.length);
  };
  return { core: new Core(instance), open };
}

describe.each(BUILDS)('the %s reactor', (build) => {
  const module = wasm(`beex.reactor.${build}`);

  it.each([
    ['a file', module, '/data/m.beex'],
    ['the model built in', embedModel(module, file), ''],
  ])('opens %s', async (_, bytes, path) => {
    const { core, open } = start(bytes);
    expect(open(path)).toBe(Status.Ok);
    core.begin(TEXT);
    core.run();
    const want = (await load(file)).classify(TEXT);
    expect(core.label()).toBe(want.index);
    expect(core.entropies()).toEqual(want.entropies);
  });

  it('says when there is none', () => {
    expect(start(module).open('')).toBe(Status.NotAModel);
    expect(start(module).open('/data/other.beex')).toBe(NO_SUCH_FILE);
    expect(start(module).open('/elsewhere/m.beex')).toBe(NO_SUCH_FILE);
  });
});
