/** The page's side: a model whose calls are answered by a worker. */
import type { Progress } from '../browser/arrival.ts';
import type { Cores } from '../browser/cores.ts';
import type { AsyncModel, ClassifyOptions, ModelInfo, StreamedClassification } from '../browser/model.ts';
import type { ModelSource } from '../browser/source.ts';
import type { Input, Tokens } from '../core.ts';
import type { Card } from '../model-file/parts.ts';
import type { ExitResult } from '../results.ts';
import type { WorkerLoadOptions } from './index.ts';
import { receivedError, type SentSource, type Start, type ToPage, type ToWorker } from './messages.ts';

interface Pending {
  resolve(value: unknown): void;
  reject(reason: unknown): void;
  onExit?(exit: ExitResult): void;
}

interface CallOptions {
  signal?: AbortSignal;
  transfer?: Transferable[];
  onExit?(exit: ExitResult): void;
}

export class WorkerModel implements AsyncModel {
  info!: ModelInfo;
  #progress: Progress = { bytes: 0, total: 0, blocks: 0 };
  #whole: Promise<void>;
  readonly #own: Worker | undefined;
  readonly #port: MessagePort;
  readonly #pending = new Map<number, Pending>();
  #calls = 0;
  #isDisposed = false;

  /** @param own the worker that ends with the model, if it is the model's own */
  static async load(
    worker: Worker,
    own: Worker | undefined,
    source: ModelSource,
    { signal, onProgress, integrity, cores, transfer }: WorkerLoadOptions,
  ): Promise<WorkerModel> {
    const { port1, port2 } = new MessageChannel();
    const model = new WorkerModel(port1, own);
    try {
      signal?.throwIfAborted();
      const loaded = new Promise<void>((resolve, reject) => {
        model.#listen(resolve, reject, onProgress);
        worker.addEventListener('error', (event) => {
          reject(new Error(`the worker's script failed: ${event.message ?? 'it could not be loaded'}`));
        });
        signal?.addEventListener('abort', () => {
          model.#send({ id: 0, abort: signal.reason });
          reject(signal.reason);
        });
      });
      const sent = sendable(source);
      const start: Start = {
        beexformer: port2,
        source: sent,
        options: { integrity, cores: absolute(cores) },
      };
      worker.postMessage(start, [port2, ...transferables(sent, transfer)]);
      await loaded;
      return model;
    } catch (error) {
      model.dispose();
      throw error;
    }
  }

  private constructor(port: MessagePort, own: Worker | undefined) {
    this.#port = port;
    this.#own = own;
    // Number 0 is the load, which is over when the whole file is in.
    this.#whole = new Promise((resolve, reject) => {
      this.#pending.set(0, { resolve: () => resolve(), reject });
    });
    this.#whole.catch(() => {});
  }

  get progress(): Progress {
    return this.#progress;
  }

  get whole(): Promise<void> {
    return this.#whole;
  }

  classify(input: Input, options?: ClassifyOptions): Promise<StreamedClassification> {
    return this.#classify('classify', input, options);
  }

  classifyAsync(input: Input, options?: ClassifyOptions): Promise<StreamedClassification> {
    return this.#classify('classifyAsync', input, options);
  }

  async *steps(
    input: Input,
    options?: ClassifyOptions,
  ): AsyncGenerator<ExitResult, StreamedClassification, void> {
    const exits: ExitResult[] = [];
    let wake = () => {};
    let isOver = false;
    const stop = new AbortController();
    const onExit = (exit: ExitResult) => {
      exits.push(exit);
      wake();
    };
    const end = () => {
      isOver = true;
      wake();
    };
    const signal = options?.signal;
    signal?.addEventListener('abort', () => stop.abort(signal.reason));
    const result = this.#classify('steps', input, { ...options, signal: stop.signal }, onExit);
    result.then(end, end);
    try {
      signal?.throwIfAborted();
      for (;;) {
        while (exits.length > 0) yield exits.shift()!;
        if (isOver) return await result;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      stop.abort();
    }
  }

  tokenize(input: Input): Promise<Tokens> {
    return this.#call('tokenize', [input]);
  }

  card(): Promise<Card> {
    return this.#call('card', []);
  }

  resume(source?: ModelSource, { signal }: { signal?: AbortSignal } = {}): Promise<void> {
    const sent = source === undefined ? undefined : sendable(source);
    this.#whole = this.#call('resume', [sent], { signal, transfer: transferables(sent) });
    this.#whole.catch(() => {});
    return this.#whole;
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#send({ dispose: true });
    this.#port.close();
    this.#own?.terminate();
    this.#failAll(gone());
  }

  #classify(
    call: 'classify' | 'classifyAsync' | 'steps',
    input: Input,
    { policy, signal }: ClassifyOptions = {},
    onExit?: (exit: ExitResult) => void,
  ): Promise<StreamedClassification> {
    return this.#call(call, [input, { policy }], { signal, onExit });
  }

  async #call<T>(call: string, args: unknown[], options: CallOptions = {}): Promise<T> {
    const { signal, transfer = [], onExit } = options;
    if (this.#isDisposed) throw gone();
    signal?.throwIfAborted();
    const id = ++this.#calls;
    const abort = () => {
      this.#send({ id, abort: signal!.reason });
      this.#pending.get(id)?.reject(signal!.reason);
    };
    try {
      return await new Promise<T>((resolve, reject) => {
        this.#pending.set(id, { resolve: (value) => resolve(value as T), reject, onExit });
        signal?.addEventListener('abort', abort);
        this.#send({ id, call, args }, transfer);
      });
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#pending.delete(id);
    }
  }

  #send(message: ToWorker, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }

  #listen(
    loaded: () => void,
    failed: (error: unknown) => void,
    onProgress?: (progress: Progress) => void,
  ): void {
    this.#port.onmessage = ({ data }: MessageEvent<ToPage>) => {
      if ('progress' in data) {
        this.#progress = data.progress;
        onProgress?.(data.progress);
      } else if ('loaded' in data) {
        this.info = data.loaded;
        loaded();
      } else if ('exit' in data) this.#pending.get(data.id)?.onExit?.(data.exit);
      else if ('value' in data) this.#pending.get(data.id)?.resolve(data.value);
      else {
        const error = receivedError(data.error);
        this.#pending.get(data.id)?.reject(error);
        if (data.id === 0) failed(error);
      }
    };
  }

  #failAll(error: unknown): void {
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}

function gone(): Error {
  return new Error('this model was disposed of: load it again');
}

/** What can be sent in place of the source: addresses as the page sees them, responses in parts. */
function sendable(source: ModelSource): SentSource {
  if (typeof source === 'string' || source instanceof URL) return new URL(source, location.href).href;
  if (!(source instanceof Response)) return source;
  const { body, status, url, headers } = source;
  return { stream: body!, status, url, headers: [...headers] };
}

function transferables(source: SentSource | undefined, transfer = false): Transferable[] {
  if (source instanceof ReadableStream) return [source];
  if (typeof source === 'object' && 'stream' in source && !(source instanceof Blob)) return [source.stream];
  if (!transfer) return [];
  if (source instanceof ArrayBuffer) return [source];
  return ArrayBuffer.isView(source) ? [source.buffer as ArrayBuffer] : [];
}

/** The worker has another address than the page. */
function absolute(cores: Cores | undefined): Cores | undefined {
  if (!cores) return undefined;
  const entries = Object.entries(cores).map(([build, core]) => [
    build,
    typeof core === 'string' || core instanceof URL ? new URL(core, location.href).href : core,
  ]);
  return Object.fromEntries(entries);
}
