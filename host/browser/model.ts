/**
 * A model in a browser: usable from its first block on, while the others still arrive. Its answers are
 * those of the Node host, bit for bit.
 */
import { Step } from '../../assembly/abi.ts';
import { SectionKind } from '../../assembly/format.ts';
import type { Core, Input, Tokens } from '../core.ts';
import type { Card, Dimensions, OperatingPoint } from '../model-file/parts.ts';
import { type Policy, resolvePolicy } from '../policy.ts';
import { type Classification, classification, type ExitResult, exitResult } from '../results.ts';
import type { Arrival, Progress } from './arrival.ts';
import type { Build } from './cores.ts';
import { cardOf, labelsOf, policiesOf } from './facts.ts';
import { pause } from './pause.ts';
import { type ModelSource, openSource } from './source.ts';

export interface ClassifyOptions {
  /** When to stop; the model's first operating point unless given. */
  policy?: Policy;
  /** Rejects the call with the signal's reason. */
  signal?: AbortSignal;
}

export interface StreamedClassification extends Classification {
  /** Every exit that ran. */
  exits: ExitResult[];
  /**
   * `partial`: the stream broke off before a block that the policy wanted, or before rows of rare tokens in
   * the text, which then counted as unknown ones.
   */
  depth: 'complete' | 'partial';
  /** Bytes of the file that this answer needed. */
  bytes: number;
}

/** What is known once the first block is in. */
export interface ModelInfo {
  dimensions: Dimensions;
  /** The first is what `classify` uses unless told otherwise. */
  policies: OperatingPoint[];
  labels: string[];
  /** Size of the model file. */
  fileBytes: number;
  /** [L], bytes of the file that an answer at each exit needs. */
  exitBytes: number[];
  /** Bytes of the file that any answer about a text with rare tokens needs. */
  rareBytes: number;
  /** Working memory that the core needs besides the file. */
  arenaBytes: number;
  build: Build;
}

/** The interface of a model in the page and of one in a worker. */
export interface AsyncModel {
  readonly info: ModelInfo;
  readonly progress: Progress;
  /** Resolves when the whole file is in; rejects when its stream breaks off. Renewed by `resume`. */
  readonly whole: Promise<void>;
  /**
   * Classifies a text, or a pair for a model of pairs, and waits for just the blocks that it needs.
   * @throws PolicyError, RangeError when a pair comes to a model of single texts, the signal's reason
   */
  classify(input: Input, options?: ClassifyOptions): Promise<StreamedClassification>;
  /** The same, letting the page work between blocks: no task is longer than one block. */
  classifyAsync(input: Input, options?: ClassifyOptions): Promise<StreamedClassification>;
  /** The same, block by block: yields what each exit says, returns the classification. */
  steps(input: Input, options?: ClassifyOptions): AsyncGenerator<ExitResult, StreamedClassification, void>;
  /** The tokens that an input becomes. */
  tokenize(input: Input): Promise<Tokens>;
  /** Facts about the model, which are the file's last section: waits for the whole file. */
  card(): Promise<Card>;
  /**
   * Goes on where the stream broke off, by a range request to the same address, or with another source
   * of the same file. Resolves when the whole file is in.
   */
  resume(source?: ModelSource, options?: { signal?: AbortSignal }): Promise<void>;
  /** Lets go of the core and its memory, and of the stream. */
  dispose(): void;
}

export class Model implements AsyncModel {
  readonly info: ModelInfo;
  #arrival: Arrival | undefined;
  #whole: Promise<void>;
  /** Number of the call whose input the core holds, and of the latest call. */
  #holder = 0;
  #calls = 0;

  /** @param whole settles when the arrival is over */
  constructor(arrival: Arrival, build: Build, whole: Promise<void>) {
    const { core } = arrival;
    const dimensions = core.dimensions();
    this.info = {
      dimensions,
      policies: policiesOf(core, dimensions.blocks),
      labels: labelsOf(core, dimensions.classes),
      fileBytes: arrival.progress.total,
      exitBytes: Array.from({ length: dimensions.blocks }, (_, i) => arrival.bytesTo(SectionKind.Exit, i)),
      rareBytes: arrival.bytesTo(core.has(SectionKind.Rare) ? SectionKind.Rare : SectionKind.Exit),
      arenaBytes: core.arenaBytes(),
      build,
    };
    this.#arrival = arrival;
    this.#whole = whole;
  }

  get progress(): Progress {
    return this.#live().progress;
  }

  get whole(): Promise<void> {
    return this.#whole;
  }

  /** The core underneath, for measuring. Its state is this model's: don't use both at a time. */
  get core(): Core {
    this.#holder = 0;
    return this.#live().core;
  }

  async classify(input: Input, options?: ClassifyOptions): Promise<StreamedClassification> {
    return last(this.#run(input, options));
  }

  async classifyAsync(input: Input, options?: ClassifyOptions): Promise<StreamedClassification> {
    return last(this.#run(input, options, pause));
  }

  steps(input: Input, options?: ClassifyOptions): AsyncGenerator<ExitResult, StreamedClassification, void> {
    return this.#run(input, options, pause);
  }

  async tokenize(input: Input): Promise<Tokens> {
    return this.core.tokenize(input);
  }

  async card(): Promise<Card> {
    await this.#whole;
    return cardOf(this.#live().core);
  }

  resume(source?: ModelSource, { signal }: { signal?: AbortSignal } = {}): Promise<void> {
    const arrival = this.#live();
    if (arrival.isWhole || arrival.isComing) return this.#whole;
    const from = source ?? arrival.url;
    if (!from) throw new Error('this model came from no address: give the source to resume from');
    this.#whole = arrival.read(openSource(from, signal, arrival.progress.bytes), signal);
    this.#whole.catch(() => {});
    return this.#whole;
  }

  dispose(): void {
    this.#arrival?.stop();
    this.#arrival = undefined;
  }

  #live(): Arrival {
    if (!this.#arrival) throw new Error('this model was disposed of: load it again');
    return this.#arrival;
  }

  async *#run(
    input: Input,
    { policy = this.info.policies[0].name, signal }: ClassifyOptions = {},
    rest?: () => Promise<void>,
  ): AsyncGenerator<ExitResult, StreamedClassification, void> {
    const { labels, policies, exitBytes, rareBytes } = this.info;
    const { core } = this.#live();
    const rule = resolvePolicy(policy, policies, exitBytes.length);
    const call = ++this.#calls;
    const exits: ExitResult[] = [];
    let tokens = 0;
    /** Whether the rows of all tokens are there; whether an exit had to do without. */
    let isWhole = true;
    let isPartial = false;
    // The core holds one input: whoever finds another's in it brings its own again.
    const takeUp = () => {
      if (this.#holder === call) return;
      this.#holder = 0;
      core.setPolicy(rule);
      ({ tokens, isWhole } = core.beginEarly(input));
      for (const _ of exits) core.step();
      this.#holder = call;
    };
    let step = Step.GoOn;
    while (step !== Step.Stopped) {
      signal?.throwIfAborted();
      const arrival = this.#live();
      takeUp();
      step = isWhole || !arrival.isComing ? core.step() : Step.NeedBlock;
      if (step === Step.NeedBlock) {
        if (!arrival.isComing) break;
        await arrival.news(signal);
        // Rows may have come: the text is embedded anew.
        if (!isWhole) this.#holder = 0;
        continue;
      }
      isPartial ||= !isWhole;
      const exit = exitResult(core, labels, exits.length + 1);
      exits.push(exit);
      yield exit;
      if (step === Step.GoOn) await rest?.();
    }
    takeUp();
    const depth = step === Step.Stopped && !isPartial ? 'complete' : 'partial';
    const bytes = Math.max(exitBytes[exits.length - 1], isWhole && core.rareTokens() ? rareBytes : 0);
    return { ...classification(core, labels, tokens), exits, depth, bytes };
  }
}

async function last<T>(steps: AsyncGenerator<unknown, T, void>): Promise<T> {
  for (;;) {
    const { done, value } = await steps.next();
    if (done) return value;
  }
}
