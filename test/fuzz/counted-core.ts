/** A core of a counting build on a model file: what host/core.ts does, and the turns of loops that it takes. */
import { Core, type Input, type Tokens } from '../../host/core.ts';
import type { CoreCalls } from '../core/builds.ts';
import { type CountedBuild, countedModule, FUEL } from './counted.ts';

export const RESIDENT_BUILDS = ['relaxed', 'simd', 'scalar'] as const satisfies CountedBuild[];

export class CountedCore {
  readonly core: Core;
  readonly calls: CoreCalls & { tokensPointer(): number };
  readonly #fuel: WebAssembly.Global;

  constructor(build: (typeof RESIDENT_BUILDS)[number], file: Uint8Array) {
    const instance = new WebAssembly.Instance(countedModule(build));
    this.calls = instance.exports as unknown as CountedCore['calls'];
    this.#fuel = instance.exports['fuel'] as WebAssembly.Global;
    this.core = new Core(instance);
    this.core.open(file);
  }

  /** The ids of a text that is fed in these pieces. */
  tokenizePieces(pieces: readonly Uint8Array[]): number[] {
    const { calls } = this;
    calls.clear();
    for (const piece of pieces) {
      new Uint8Array(calls.memory.buffer).set(piece, calls.textPointer());
      calls.feed(0, piece.length);
    }
    const tokens = calls.tokenize();
    return [...new Uint32Array(calls.memory.buffer, calls.tokensPointer(), tokens)];
  }

  /** Turns of loops from the first byte of the text to its last token. */
  tokenize(input: Input): Tokens & { turns: number } {
    this.#fuel.value = FUEL;
    const tokens = this.core.tokenize(input);
    return { ...tokens, turns: FUEL - this.#fuel.value };
  }
}
