/** The core's tokenizer alone: for files that hold only a vocabulary, and for training. */
import { Core, type Input, type Tokens } from './core.ts';

export class Tokenizer {
  /** The most tokens that one input may have. */
  readonly tokens: number;
  /** Tokens that there are, special ones included. */
  readonly vocabulary: number;
  /** 1 for single texts, 2 for pairs. */
  readonly segments: number;
  #core: Core | undefined;

  /** @throws ModelFileError for bytes that are no sound vocabulary or model file */
  constructor(module: WebAssembly.Module, file: Uint8Array) {
    this.#core = Core.instantiate(module);
    this.#core.open(file);
    const { tokens, vocabulary, segments } = this.#core.dimensions();
    this.tokens = tokens;
    this.vocabulary = vocabulary;
    this.segments = segments;
  }

  /** The core underneath. */
  get core(): Core {
    if (!this.#core) throw new Error('this tokenizer was disposed of: load it again');
    return this.#core;
  }

  /** Token ids of a text, or of a pair joined by the separator. */
  tokenize(input: Input): Tokens {
    return this.core.tokenize(input);
  }

  /** Lets go of the core and its memory. */
  dispose(): void {
    this.#core = undefined;
  }
}
