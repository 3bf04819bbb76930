/**
 * Several classifiers of one model, each in a worker thread, for more texts than one thread gets done.
 *
 *   inputs ─ batches ─ waiting ─┬─ worker 1: one at work, one behind it ─┬─ results, in the inputs' order
 *                               └─ worker 2: ...                        ─┘
 *
 * The workers share the compiled core and the file's bytes. A worker that dies is replaced, and what it
 * had not answered is given out again: nothing is lost, and nothing answered twice.
 */
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type Classification, Classifier, type ClassifyOptions, type ModelInfo } from '../classifier.ts';
import type { Input } from '../core.ts';
import { useFastestKernel } from '../kernel.ts';
import { type Policy, resolvePolicy } from '../policy.ts';
import { bytesOf, type LoadOptions } from './load.ts';
import { coreModule } from './modules.ts';
import type { Answers, Batch, WorkerSetup } from './pool-worker.ts';

export interface PoolOptions extends LoadOptions {
  /** Threads; as many as the machine runs at once unless given. */
  workers?: number;
}

/** Inputs in one message: enough that its cost does not show, few enough that all workers get some. */
const BATCH = 16;
/** Batches that a worker holds: one to work on, one that waits so that it never does. */
const DEPTH = 2;
/** Batches a worker that are on their way or wait for their turn to be given. */
const PENDING = 3;
/** A batch is given up when this many workers died over it. */
const ATTEMPTS = 3;

const { resolve } = createRequire(import.meta.url);

interface Job {
  inputs: Input[];
  policy: Policy;
  attempts: number;
  resolve(answers: Answers): void;
  reject(error: Error): void;
}

interface Thread {
  worker: Worker;
  /** Given out and not answered, by id. */
  jobs: Map<number, Job>;
}

/**
 * Starts a pool on a model: one of the package's by name, a file by path or URL, or a file's bytes.
 * @throws NoSuchModelError, ModelFileError, RangeError for a number of workers that is none
 */
export async function createPool(
  source: string | URL | Uint8Array | ArrayBuffer,
  options: PoolOptions = {},
): Promise<Pool> {
  const { workers = availableParallelism() } = options;
  if (!Number.isInteger(workers) || workers < 1) {
    throw new RangeError(`a pool has a whole number of workers of at least 1, and not ${workers}`);
  }
  const { module, build } = await coreModule(options.build);
  const bytes = await bytesOf(source);
  // Opened here once: damage is this call's error, and the kernel is measured while nothing else runs.
  const model = Classifier.open(module, bytes, build);
  const kernel = useFastestKernel(model.core, build);
  const file = new Uint8Array(new SharedArrayBuffer(bytes.length));
  file.set(bytes);
  const pool = new Pool({ module, file, build, kernel }, model.info, workers);
  model.dispose();
  return pool;
}

export class Pool {
  /** What the model is. */
  readonly info: ModelInfo;
  readonly #setup: WorkerSetup;
  readonly #threads: Thread[] = [];
  readonly #waiting: Job[] = [];
  #nextId = 0;
  /** Deaths since the last answer. */
  #failures = 0;
  /** Why there are no workers any more. */
  #ended: Error | undefined;

  /** Use `createPool`. */
  constructor(setup: WorkerSetup, info: ModelInfo, workers: number) {
    this.#setup = setup;
    this.info = info;
    for (let i = 0; i < workers; i++) this.#start();
  }

  /** Threads at work. */
  get workers(): number {
    return this.#threads.length;
  }

  /**
   * Classifies one input on the next worker that is free.
   * @throws PolicyError, RangeError when a pair comes to a model of single texts
   */
  async classify(input: Input, options: ClassifyOptions = {}): Promise<Classification> {
    const { results, error } = await this.#submit([input], this.#policyOf(options));
    if (error) throw error;
    return results[0];
  }

  /**
   * Classifies inputs as they come; gives one result each, in their order. No more are taken from `inputs`
   * than the workers keep busy with: a consumer that waits makes the source wait.
   * @throws PolicyError; in the place of its result, an input's RangeError
   */
  async *classifyMany(
    inputs: Iterable<Input> | AsyncIterable<Input>,
    options: ClassifyOptions = {},
  ): AsyncGenerator<Classification, void, void> {
    const policy = this.#policyOf(options);
    const most = PENDING * this.workers;
    const source = iteratorOf(inputs);
    const pending: Promise<Answers>[] = [];
    let batch: Input[] = [];
    const fetchNext = () => {
      const next = source.next();
      // Its failure is seen when it is awaited.
      next.catch(() => {});
      return next;
    };
    const send = () => {
      if (batch.length === 0) return;
      const answers = this.#submit(batch, policy);
      // Its turn to be awaited, and to fail, comes later.
      answers.catch(() => {});
      pending.push(answers);
      batch = [];
    };
    try {
      let next: Promise<IteratorResult<Input>> | undefined = fetchNext();
      while (next || pending.length > 0) {
        if (next && pending.length < most) {
          const arrived = await soonest(next, pending[0]);
          if (arrived) {
            next = arrived.done ? undefined : fetchNext();
            if (!arrived.done) batch.push(arrived.value);
            const hurry = arrived.done || pending.length === 0 || this.#hasIdleWorker();
            if (hurry || batch.length === BATCH) send();
            continue;
          }
        }
        const { results, error } = await pending.shift()!;
        send();
        yield* results;
        if (error) throw error;
      }
    } finally {
      await source.return?.();
    }
  }

  /** Ends the workers. What has not been answered fails. */
  async close(): Promise<void> {
    await this.#end(new Error('the pool was closed'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #end(reason: Error): Promise<void> {
    this.#ended ??= reason;
    const threads = this.#threads.splice(0);
    const jobs = [...threads.flatMap((thread) => [...thread.jobs.values()]), ...this.#waiting.splice(0)];
    for (const job of jobs) job.reject(reason);
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }

  /** Resolved here so that a policy that is wrong fails where it was given. */
  #policyOf({ policy = this.info.policies[0].name }: ClassifyOptions): Policy {
    resolvePolicy(policy, this.info.policies, this.info.dimensions.blocks);
    return policy;
  }

  #submit(inputs: Input[], policy: Policy): Promise<Answers> {
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ inputs, policy, attempts: 0, resolve, reject });
      this.#giveOut();
    });
  }

  #hasIdleWorker(): boolean {
    return this.#waiting.length === 0 && this.#threads.some(({ jobs }) => jobs.size === 0);
  }

  /** Gives what waits to the workers that have least to do. */
  #giveOut(): void {
    while (this.#waiting.length > 0) {
      const thread = this.#threads.reduce((a, b) => (b.jobs.size < a.jobs.size ? b : a));
      if (thread.jobs.size >= DEPTH) return;
      const job = this.#waiting.shift()!;
      const id = this.#nextId++;
      thread.jobs.set(id, job);
      thread.worker.ref();
      thread.worker.postMessage({ id, inputs: job.inputs, policy: job.policy } satisfies Batch);
    }
  }

  #start(): void {
    const worker = new Worker(resolve('beexformer/pool-worker.js'), { workerData: this.#setup });
    const thread: Thread = { worker, jobs: new Map() };
    let cause: unknown;
    worker.on('message', (answers: Answers) => {
      thread.jobs.get(answers.id)?.resolve(answers);
      thread.jobs.delete(answers.id);
      this.#failures = 0;
      if (thread.jobs.size === 0) worker.unref();
      this.#giveOut();
    });
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('exit', () => this.#replace(thread, cause));
    // A pool that nobody waits for does not keep the process alive; pending answers do.
    worker.unref();
    this.#threads.push(thread);
  }

  #replace(thread: Thread, cause: unknown): void {
    const place = this.#threads.indexOf(thread);
    if (place < 0) return;
    this.#threads.splice(place, 1);
    const [current, ...behind] = thread.jobs.values();
    this.#waiting.unshift(...behind);
    if (current) {
      current.attempts++;
      if (current.attempts < ATTEMPTS) this.#waiting.unshift(current);
      else current.reject(new Error(`${ATTEMPTS} workers of the pool died over an input`, { cause }));
    }
    this.#failures++;
    if (this.#failures > ATTEMPTS * (this.#threads.length + 1)) {
      this.#end(new Error('the workers of the pool die before they answer anything', { cause }));
      return;
    }
    this.#start();
    this.#giveOut();
  }
}

function iteratorOf(inputs: Iterable<Input> | AsyncIterable<Input>): AsyncIterator<Input> {
  if (Symbol.asyncIterator in inputs) return inputs[Symbol.asyncIterator]();
  const iterator = inputs[Symbol.iterator]();
  return {
    next: async () => iterator.next(),
    return: async () => iterator.return?.() ?? { done: true, value: undefined },
  };
}

/** The next input, or nothing when the oldest answers are there before it. */
async function soonest(
  next: Promise<IteratorResult<Input>>,
  answers: Promise<Answers> | undefined,
): Promise<IteratorResult<Input> | undefined> {
  const answered = answers?.then(
    () => undefined,
    () => undefined,
  );
  return answered ? Promise.race([next, answered]) : next;
}
