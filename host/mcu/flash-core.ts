/**
 * The flash build under JavaScript: what a firmware does, for predictions and tests. The one call that the
 * core makes, `read`, is answered here, so this file writes to its memory as a device's driver would.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Status } from '../../assembly/abi.ts';
import { Core, CoreError, sentence } from '../core.ts';

const { resolve } = createRequire(import.meta.url);

interface FlashExports {
  memory: WebAssembly.Memory;
  reserve(bytes: number): number;
  open(arrived: number): Status;
  extend(arrived: number): Status;
  limitMemory(bytes: number): void;
  memoryBytes(): number;
  trust(yes: boolean): void;
  errorSection(): number;
  errorOffset(): number;
  __heap_base: WebAssembly.Global;
}

/** One read of the model. */
export interface FlashRead {
  offset: number;
  bytes: number;
}

export async function flashModule(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(resolve('beexformer/core.flash.wasm')));
}

/** A model outside linear memory, and the core that reads it. */
export class FlashCore {
  /** The machine's calls; the model is opened by this class. */
  readonly core: Core;
  readonly #exports: FlashExports;
  readonly #file: Uint8Array;
  #reads: FlashRead[] = [];

  constructor(module: WebAssembly.Module, file: Uint8Array) {
    this.#file = file;
    const read = (offset: number, pointer: number, bytes: number) => {
      this.#reads.push({ offset, bytes });
      this.memory().set(file.subarray(offset, offset + bytes), pointer);
    };
    const instance = new WebAssembly.Instance(module, { flash: { read } });
    this.#exports = instance.exports as unknown as FlashExports;
    this.core = new Core(instance);
  }

  /** Opens the first `arrived` bytes, which hold at least block 1 and its exit. */
  open(arrived = this.#file.length): Status {
    if (this.#exports.reserve(this.#file.length) === 0) return Status.OutOfMemory;
    return this.#exports.open(arrived);
  }

  /** Checks what has come since. */
  extend(arrived: number): Status {
    return this.#exports.extend(arrived);
  }

  limitMemory(bytes: number): void {
    this.#exports.limitMemory(bytes);
  }

  /** Whether `open` leaves out checksums and pieces from here on. */
  trust(yes: boolean): void {
    this.#exports.trust(yes);
  }

  /** Bytes of linear memory, from its start on, that the open model needs. */
  memoryBytes(): number {
    return this.#exports.memoryBytes();
  }

  /** Where `open` failed: index in the section table, byte offset in the file. */
  errorPlace(): [section: number, offset: number] {
    return [this.#exports.errorSection(), this.#exports.errorOffset()];
  }

  /** Bytes of static data at the start of linear memory. */
  staticBytes(): number {
    return this.#exports.__heap_base.value;
  }

  /** All of linear memory. */
  memory(): Uint8Array {
    return new Uint8Array(this.#exports.memory.buffer);
  }

  /** What was read since this was last asked. */
  takeReads(): FlashRead[] {
    const reads = this.#reads;
    this.#reads = [];
    return reads;
  }
}

/**
 * Bytes of linear memory that the flash build needs for a model.
 * @throws CoreError for bytes that are no sound model
 */
export async function flashMemoryBytes(file: Uint8Array): Promise<number> {
  const flash = new FlashCore(await flashModule(), file);
  const status = flash.open();
  // Too large for one page: how large is known all the same.
  if (status !== Status.Ok && status !== Status.OutOfMemory) throw new CoreError(status, sentence(status));
  return flash.memoryBytes();
}
