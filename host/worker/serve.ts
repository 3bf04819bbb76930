/** The worker's side: loads models that pages ask for, and answers their calls. */
import type { Progress } from '../browser/arrival.ts';
import type { LoadOptions } from '../browser/load.ts';
import type { ClassifyOptions, Model } from '../browser/model.ts';
import type { ModelSource } from '../browser/source.ts';
import type { Input } from '../core.ts';
import { type SentSource, type Start, sentError, type ToPage, type ToWorker } from './messages.ts';

type Load = (source: ModelSource, options: LoadOptions) => Promise<Model>;

/** Listens on `scope` for pages' wishes; other messages are left alone. */
export function serve(scope: Pick<EventTarget, 'addEventListener'>, load: Load): void {
  scope.addEventListener('message', (event) => {
    const start: Start | undefined = (event as MessageEvent).data;
    if (start?.beexformer instanceof MessagePort) new Served(start, load);
  });
}

class Served {
  readonly #port: MessagePort;
  readonly #calls = new Map<number, AbortController>();
  #model: Model | undefined;

  constructor({ beexformer, source, options }: Start, load: Load) {
    this.#port = beexformer;
    beexformer.onmessage = ({ data }: MessageEvent<ToWorker>) => this.#receive(data);
    this.#answer(0, async (signal) => {
      const onProgress = (progress: Progress) => this.#send({ progress });
      this.#model = await load(sourceOf(source), { ...options, signal, onProgress });
      this.#send({ loaded: this.#model.info });
      await this.#model.whole;
    });
  }

  #send(message: ToPage): void {
    this.#port.postMessage(message);
  }

  #receive(message: ToWorker): void {
    if ('dispose' in message) {
      for (const call of this.#calls.values()) call.abort();
      this.#model?.dispose();
      this.#port.close();
    } else if ('abort' in message) this.#calls.get(message.id)?.abort(message.abort);
    else {
      const { id, call, args } = message;
      this.#answer(id, (signal) => this.#do(id, call, args, signal));
    }
  }

  async #answer(id: number, work: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    const controller = new AbortController();
    this.#calls.set(id, controller);
    try {
      this.#send({ id, value: await work(controller.signal) });
    } catch (error) {
      this.#send({ id, error: sentError(error) });
    }
    this.#calls.delete(id);
  }

  async #do(id: number, call: string, args: unknown[], signal: AbortSignal): Promise<unknown> {
    const model = this.#model!;
    const [input, options] = args as [Input, ClassifyOptions | undefined];
    switch (call) {
      case 'classify':
      case 'classifyAsync':
        return model[call](input, { ...options, signal });
      case 'steps': {
        const steps = model.steps(input, { ...options, signal });
        for (;;) {
          const { done, value } = await steps.next();
          if (done) return value;
          this.#send({ id, exit: value });
        }
      }
      case 'tokenize':
        return model.tokenize(input);
      case 'card':
        return model.card();
      case 'resume':
        return model.resume(args[0] === undefined ? undefined : sourceOf(args[0] as SentSource), { signal });
    }
    throw new Error(`there is no call "${call}"`);
  }
}

function sourceOf(source: SentSource): ModelSource {
  if (typeof source === 'string' || !('stream' in source) || source instanceof Blob)
    return source as ModelSource;
  const { stream, url, ...init } = source;
  // A response that is made by hand has no address, but one is needed to ask for the rest.
  return Object.defineProperty(new Response(stream, init), 'url', { value: url });
}
