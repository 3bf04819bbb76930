/**
 * What users import: a model that is loaded, ready to classify. Everything is synchronous; a classifier
 * has a core instance of its own, so many can live side by side.
 */
import { Step } from '../assembly/abi.ts';
import { Core, type Input, type Tokens } from './core.ts';
import { type ModelFacts, readFacts } from './model-file/read.ts';
import { type Policy, resolvePolicy } from './policy.ts';
import { type Classification, classification, type ExitResult, exitResult } from './results.ts';

export type { Classification, ExitResult } from './results.ts';

export interface ClassifyOptions {
  /** When to stop; the model's first operating point unless given. */
  policy?: Policy;
}

export interface DetailedClassification extends Classification {
  /** Every exit that ran. */
  exits: ExitResult[];
}

/** Sizes, labels, policies, card, sections, and what the running core adds. */
export interface ModelInfo extends ModelFacts {
  /** Size of the model file. */
  fileBytes: number;
  /** Working memory that the core needs besides the file. */
  arenaBytes: number;
  /** The core's build, such as `simd`. */
  build: string;
}

/** Throws when used after `dispose`. */
export class Classifier {
  /** What the model is. */
  readonly info: ModelInfo;
  #core: Core | undefined;
  #policy: Policy | undefined;
  /** Counts inputs, so that an interrupted `steps` notices that its input is gone. */
  #inputs = 0;

  private constructor(core: Core, info: ModelInfo) {
    this.#core = core;
    this.info = info;
  }

  /**
   * @param file a model file's bytes; they are copied
   * @param build the name under which `info` shows the module
   * @throws ModelFileError for bytes that are no sound model
   */
  static open(module: WebAssembly.Module, file: Uint8Array, build: string): Classifier {
    const core = Core.instantiate(module);
    try {
      core.open(file);
    } catch (error) {
      // The reader says more about damage than the core's codes can.
      readFacts(file);
      throw error;
    }
    const facts = readFacts(file, true);
    return new Classifier(core, { ...facts, fileBytes: file.length, arenaBytes: core.arenaBytes(), build });
  }

  /** The core underneath, for measuring. Its state is this classifier's: don't use both at a time. */
  get core(): Core {
    if (!this.#core) throw new Error('this model was disposed of: load it again');
    return this.#core;
  }

  /**
   * Classifies one text, or a pair for a model of pairs. Any string will do: an empty one is one
   * unknown token, a long one is cut, and says so.
   * @throws PolicyError, RangeError when a pair comes to a model of single texts
   */
  classify(input: Input, options: ClassifyOptions = {}): Classification {
    const tokens = this.#begin(input, options.policy);
    this.core.run();
    return this.#result(tokens);
  }

  /** The same with what every exit on the way said; with the policy `full`, that is all of them. */
  classifyDetailed(input: Input, options: ClassifyOptions = {}): DetailedClassification {
    const result = this.classify(input, options);
    return { ...result, exits: result.entropies.map((_, i) => this.#exitResult(i + 1)) };
  }

  /**
   * Runs block by block: yields after each exit, returns the classification. Another call to this
   * model in between throws away the input, and the next step says so.
   */
  *steps(input: Input, options: ClassifyOptions = {}): Generator<ExitResult, Classification, void> {
    const tokens = this.#begin(input, options.policy);
    const turn = this.#inputs;
    let step = Step.GoOn;
    while (step === Step.GoOn) {
      step = this.core.step();
      yield this.#exitResult(this.core.exits());
      if (turn !== this.#inputs) throw new Error('the model was given another input between two steps');
    }
    return this.#result(tokens);
  }

  /** The tokens that an input becomes. */
  tokenize(input: Input): Tokens {
    const { core } = this;
    this.#inputs++;
    return core.tokenize(input);
  }

  /** Lets go of the core and its memory. */
  dispose(): void {
    this.#core = undefined;
  }

  #begin(input: Input, policy: Policy = this.info.policies[0].name): number {
    const { core } = this;
    this.#inputs++;
    // A rule's thresholds may change in the caller's hands; a name's cannot.
    if (typeof policy !== 'string' || policy !== this.#policy) {
      core.setPolicy(resolvePolicy(policy, this.info.policies, this.info.dimensions.blocks));
      this.#policy = policy;
    }
    return core.begin(input);
  }

  #result(tokens: number): Classification {
    return classification(this.core, this.info.labels, tokens);
  }

  #exitResult(exit: number): ExitResult {
    return exitResult(this.core, this.info.labels, exit);
  }
}
