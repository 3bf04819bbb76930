/**
 * A model file on its way into a core.
 *
 *   stream ──chunks──► core ──► usable once block 1 is in ──► block 2 ──► ... ──► whole
 *                                                   └── breaks off: the blocks so far stay usable
 */
import { Status } from '../../assembly/abi.ts';
import {
  HEADER_BYTES,
  HEADER_FILE_BYTES,
  HEADER_MAGIC,
  MAGIC,
  type SectionKind,
} from '../../assembly/format.ts';
import { type Core, sentence } from '../core.ts';
import { ModelFileError } from '../model-file/error.ts';
import { checkIntegrity } from './integrity.ts';
import type { OpenSource } from './source.ts';

/** How far a model has arrived. */
export interface Progress {
  /** Bytes of the file that are there. */
  bytes: number;
  /** Bytes of the whole file; 0 until its header has come. */
  total: number;
  /** Blocks that can be used. */
  blocks: number;
}

export interface ArrivalOptions {
  onProgress?: (progress: Progress) => void;
  /** Digest of the whole file: nothing reaches the core before all of it has been checked. */
  integrity?: string;
}

export class Arrival {
  readonly core: Core;
  readonly #options: ArrivalOptions;
  /** What came before the core could take it. */
  #held = new Uint8Array(0);
  #total = 0;
  #isReserved = false;
  #isOpen = false;
  #isComing = false;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #source: OpenSource | undefined;
  #waiting: (() => void)[] = [];

  constructor(core: Core, options: ArrivalOptions) {
    this.core = core;
    this.#options = options;
  }

  get progress(): Progress {
    const bytes = this.#isReserved ? this.core.arrived : this.#held.length;
    return { bytes, total: this.#total, blocks: this.#isOpen ? this.core.blocksReady() : 0 };
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get isWhole(): boolean {
    const { bytes, total } = this.progress;
    return total > 0 && bytes >= total;
  }

  /** Whether a stream is being read. */
  get isComing(): boolean {
    return this.#isComing;
  }

  /** Where the rest of the file can be asked for. */
  get url(): string | undefined {
    return this.#source?.url;
  }

  /** Bytes of the file up to the end of a section. */
  bytesTo(kind: SectionKind, index = 0): number {
    const { offset, bytes } = this.core.section(kind, index);
    return offset + bytes.length;
  }

  /**
   * Reads a stream of the file to its end, or until the signal; what is there already is skipped.
   * @throws ModelFileError, CoreError, the stream's error, the signal's reason
   */
  async read(opening: Promise<OpenSource>, signal?: AbortSignal): Promise<void> {
    const stop = () => this.stop(signal!.reason);
    this.#isComing = true;
    try {
      const source = await opening;
      const before = this.#source?.version;
      if (before && source.version && before !== source.version) {
        throw new Error('the file has changed since its first part was read: load it anew');
      }
      this.#source = source;
      this.#reader = source.stream.getReader();
      signal?.addEventListener('abort', stop);
      await this.#readFrom(this.#reader, source.start, signal);
    } finally {
      signal?.removeEventListener('abort', stop);
      this.stop();
      this.#isComing = false;
      this.#tell();
    }
  }

  /** Lets go of the stream. */
  stop(reason?: unknown): void {
    // A stream that has failed says so to its reader.
    this.#reader?.cancel(reason).catch(() => {});
  }

  /** Resolves at the next news: more bytes, or the stream's end. */
  news(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = () => reject(signal!.reason);
      signal?.addEventListener('abort', abort);
      this.#waiting.push(() => {
        signal?.removeEventListener('abort', abort);
        resolve();
      });
    });
  }

  #tell(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  async #readFrom(
    reader: ReadableStreamDefaultReader<Uint8Array>,
    start: number,
    signal?: AbortSignal,
  ): Promise<void> {
    let skip = this.progress.bytes - start;
    if (skip < 0)
      throw new Error(`the stream goes on at byte ${start}, but the first ${start + skip} are here`);
    while (!this.isWhole) {
      signal?.throwIfAborted();
      const { done, value } = await reader.read();
      signal?.throwIfAborted();
      if (done) this.#failTruncated();
      this.#take(value.subarray(skip));
      skip = Math.max(0, skip - value.length);
    }
    const { integrity } = this.#options;
    if (integrity && !this.#isReserved) {
      await checkIntegrity(this.#held, integrity);
      this.#bring(this.#held);
    }
  }

  #take(chunk: Uint8Array): void {
    if (this.#isReserved) this.#bring(chunk);
    else {
      const held = new Uint8Array(this.#held.length + chunk.length);
      held.set(this.#held);
      held.set(chunk, this.#held.length);
      this.#held = held;
      if (held.length >= HEADER_BYTES) this.#total ||= totalOf(held);
      if (this.#total && !this.#options.integrity) this.#bring(held);
    }
    this.#options.onProgress?.(this.progress);
  }

  #bring(chunk: Uint8Array): void {
    if (!this.#isReserved) {
      this.core.reserve(this.#total);
      this.#isReserved = true;
      this.#held = new Uint8Array(0);
    }
    try {
      this.#isOpen = this.core.append(chunk);
    } catch (error) {
      // The section that came damaged is taken anew when the stream is resumed.
      if (this.#isOpen && error instanceof ModelFileError) this.core.rewind(error.offset);
      throw error;
    }
    this.#tell();
  }

  #failTruncated(): never {
    const { bytes, total } = this.progress;
    const problem = `the stream broke off, ${total ? total - bytes : 'unknown'} bytes before the end`;
    throw new ModelFileError(Status.Truncated, 'file', bytes, problem);
  }
}

/** The size of the file that begins so. */
function totalOf(head: Uint8Array): number {
  const view = new DataView(head.buffer);
  if (view.getUint32(HEADER_MAGIC, true) !== MAGIC) {
    throw new ModelFileError(Status.NotAModel, 'header', 0, sentence(Status.NotAModel));
  }
  return view.getUint32(HEADER_FILE_BYTES, true);
}
