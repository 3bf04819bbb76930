/**
 * One build of the core under watch: everything around what it may write is painted and looked at again,
 * each read of the flash build is checked, each call has a bound on its loops. What is not as it must be is a
 * Breach.
 *
 *   resident  │ static data │ file as far as it came │ paint │ arena │ paint │
 *   flash     │ static data │ buffers and arena              │ paint │         the file is outside
 */
import { Kernel, Status, Step } from '../../assembly/abi.ts';
import type { CoreCalls } from '../core/builds.ts';
import type { HostileModel } from './cases.ts';
import { type CountedBuild, countedModule, FUEL } from './counted.ts';

/** What a core must never do, and with which model. */
export class Breach extends Error {}

interface SandboxCalls extends CoreCalls {
  fuel: WebAssembly.Global;
  segmentStart(): number;
  wasCut(): number;
  tokensPointer(): number;
  arenaBytes(): number;
  rareTokens(): number;
  entropiesPointer(): number;
  logitsPointer(): number;
  probabilitiesPointer(): number;
  /** Of the flash build. */
  memoryBytes?(): number;
  __heap_base?: WebAssembly.Global;
}

/** Different in each build: an answer that depends on bytes outside differs between builds. */
const PAINT: Record<CountedBuild, number> = { relaxed: 0xaa, simd: 0x55, scalar: 0xff, flash: 0x3c };
const PAGE = 65_536;
const TEXTS = ['a b abc ad 1', 'b c'].map((text) => new TextEncoder().encode(text));
const [SEGMENTS, BLOCKS, CLASSES, VOCABULARY] = [7, 2, 4, 6];

export class Sandbox {
  readonly build: CountedBuild;
  readonly #paint: number;
  readonly #calls: SandboxCalls;
  readonly #kernels: number[];
  /** Bytes of the file that have arrived: as far as a read may go. */
  #file: Uint8Array = new Uint8Array(0);
  #isOpen = false;
  #fileStart = 0;
  /** Static data as they were. */
  readonly #pristine: Uint8Array;
  /** As much paint as memory has held. */
  #wall = new Uint8Array(0);
  /** Bytes of static data that the core writes in honest use. */
  #variable = new Set<number>();
  /** Most turns of loops that one call has taken. */
  turnsMost = 0;

  constructor(build: CountedBuild, module = countedModule(build)) {
    this.build = build;
    this.#paint = PAINT[build];
    const imports = { flash: { read: this.#read.bind(this) } };
    const { exports } = new WebAssembly.Instance(module, imports);
    this.#calls = exports as unknown as SandboxCalls;
    this.#fileStart = this.#calls.__heap_base?.value ?? this.#calls.reserve(16);
    this.#pristine = this.#memory().slice(0, this.#fileStart);
    const kernels = Object.values(Kernel).filter((value): value is Kernel => typeof value === 'number');
    this.#kernels = kernels.filter((kernel) => this.#calls.chooseKernel(kernel) === 0);
  }

  /** Learns from honest use which static data are variables. */
  learn(models: readonly HostileModel[]): void {
    for (const model of models) {
      this.attempt(model, true);
      const now = this.#memory();
      for (let at = 0; at < this.#fileStart; at++) if (now[at] !== this.#pristine[at]) this.#variable.add(at);
    }
  }

  /** Bytes of linear memory: grows with the largest model so far, and never shrinks. */
  get bytes(): number {
    return this.#calls.memory.buffer.byteLength;
  }

  /**
   * Opens the model as it arrives and classifies with it as soon and as far as it can be used. What was
   * said on the way is the same for every build; a last line `OutOfMemory` of the flash build is the only
   * exception.
   * @throws Breach
   */
  attempt({ number, bytes, arrivals }: HostileModel, isHonest = false): string[] {
    const said: string[] = [];
    this.#isOpen = false;
    this.#file = bytes.subarray(0, 0);
    this.#call('chooseKernel', this.#kernels[number % this.#kernels.length]);
    const place = this.#call('reserve', bytes.length);
    if (place === 0) return ['no room'];
    if (this.build !== 'flash') this.#fileStart = place;
    this.#memory().fill(this.#paint, this.#fileStart);
    for (const arrived of arrivals) {
      const before = this.#file.length;
      this.#file = bytes.subarray(0, arrived);
      if (this.build !== 'flash') this.#memory().set(bytes.subarray(before, arrived), place + before);
      const pages = this.bytes;
      const status = this.#call(this.#isOpen ? 'extend' : 'open', arrived);
      said.push(`${Status[status]} ${this.#calls.errorSection()} ${this.#calls.errorOffset()}`);
      if (Status[status] === undefined) this.#breach(`status ${status}`);
      if (!this.#isOpen && status === Status.Ok) {
        this.#isOpen = true;
        this.#memory().fill(this.#paint, pages);
      }
      this.#lookAround(bytes.length);
      if (status === Status.OutOfMemory) return [...said.slice(0, -1), 'OutOfMemory'];
      if (this.#isOpen) said.push(...this.#classify(bytes.length));
      if (status !== Status.Ok && status !== Status.Truncated) break;
    }
    if (!isHonest) this.#lookAtStatics();
    return said;
  }

  #classify(fileBytes: number): string[] {
    const calls = this.#calls;
    const file =
      this.build === 'flash'
        ? this.#file
        : this.#memory().slice(this.#fileStart, this.#fileStart + fileBytes);
    this.#call('clear');
    for (let segment = 0; segment < calls.dimension(SEGMENTS); segment++) {
      const text = TEXTS[segment];
      this.#memory().set(text, calls.textPointer());
      this.#call('feed', segment, text.length);
    }
    const tokens = this.#call('tokenize');
    const ids = [...new Uint32Array(calls.memory.buffer, calls.tokensPointer(), tokens)];
    if (ids.some((id) => id >= calls.dimension(VOCABULARY))) this.#breach(`token ids ${ids}`);
    const said = [`${ids} ${calls.segmentStart()} ${calls.wasCut()}`];
    const blocks = calls.dimension(BLOCKS);
    const begun = this.#call('begin');
    const isPartial = begun === Status.NeedRows && calls.rareTokens() > 0;
    if (!isPartial && begun !== (blocks > 0 ? tokens : Status.NoBlocks)) this.#breach(`begin said ${begun}`);
    said.push(`${Status[begun] ?? 'whole'} ${calls.rareTokens()}`);
    if (blocks === 0) return said;
    let step = Step.GoOn;
    for (let i = 0; step === Step.GoOn; i++) {
      if (i > blocks) this.#breach('it steps on beyond its last block');
      step = this.#call('step');
    }
    if (step !== Step.Stopped && step !== Step.NeedBlock) this.#breach(`step said ${step}`);
    const exits = calls.exits();
    if (step === Step.NeedBlock && exits !== calls.blocksReady()) this.#breach(`needs a block at ${exits}`);
    const classes = calls.dimension(CLASSES);
    const label = calls.label();
    if (label < 0 || label >= classes) this.#breach(`label ${label} of ${classes}`);
    said.push(`${Step[step]} ${exits} ${label}`);
    said.push(this.#numbers(calls.entropiesPointer(), exits));
    said.push(this.#numbers(calls.logitsPointer(), exits * classes));
    said.push(this.#numbers(calls.probabilitiesPointer(), exits * classes));
    this.#lookAround(fileBytes, file);
    return said;
  }

  /** Bits of floats; those of what is no number are not pinned by Wasm. */
  #numbers(pointer: number, count: number): string {
    const { buffer } = this.#calls.memory;
    const words = new Uint32Array(buffer, pointer, count);
    const floats = new Float32Array(buffer, pointer, count);
    return Array.from(words, (word, i) => (Number.isNaN(floats[i]) ? 'NaN' : word.toString(16))).join(' ');
  }

  /** The file, unless it was just laid out anew, and the paint around file and arena. */
  #lookAround(fileBytes: number, file?: Uint8Array): void {
    const memory = this.#memory();
    let from = this.#fileStart;
    if (this.build !== 'flash') {
      if (file) this.#same(memory.subarray(from, from + fileBytes), file, 'the file');
      if (!this.#isOpen) this.#same(memory.subarray(from, from + this.#file.length), this.#file, 'the file');
      from += this.#file.length;
      const behind = this.#isOpen ? this.#calls.textPointer() : memory.length;
      this.#painted(memory.subarray(from, behind), 'behind the file');
      if (!this.#isOpen) return;
      from = behind + this.#calls.arenaBytes();
    } else {
      from = Math.min(this.#calls.memoryBytes!(), PAGE);
      if (!this.#isOpen) return;
    }
    this.#painted(memory.subarray(from), 'behind the arena');
  }

  #lookAtStatics(): void {
    const now = this.#memory().slice(0, this.#pristine.length);
    for (const at of this.#variable) now[at] = this.#pristine[at];
    this.#same(now, this.#pristine, 'static data');
  }

  #same(found: Uint8Array, expected: Uint8Array, what: string): void {
    if (Buffer.compare(found, expected) === 0) return;
    this.#breach(`${what} changed at byte ${found.findIndex((byte, i) => byte !== expected[i])}`);
  }

  #painted(found: Uint8Array, where: string): void {
    if (this.#wall.length < found.length) this.#wall = new Uint8Array(this.bytes).fill(this.#paint);
    if (Buffer.compare(found, this.#wall.subarray(0, found.length)) === 0) return;
    const at = found.findIndex((byte) => byte !== this.#paint);
    this.#breach(`wrote ${where}, at byte ${at}`);
  }

  /** The flash build's only way to the model. */
  #read(offset: number, pointer: number, bytes: number): void {
    const from = offset >>> 0;
    if (bytes < 0 || from + bytes > this.#file.length) {
      this.#breach(`read ${bytes} bytes at ${from} of ${this.#file.length} that have arrived`);
    }
    if (pointer >>> 0 < this.#fileStart || (pointer >>> 0) + bytes > this.bytes) {
      this.#breach(`asked for ${bytes} bytes at ${pointer >>> 0} of its memory`);
    }
    this.#memory().set(this.#file.subarray(from, from + bytes), pointer >>> 0);
  }

  #call(name: keyof CoreCalls, ...args: number[]): number {
    const { fuel } = this.#calls;
    fuel.value = FUEL;
    try {
      return (this.#calls[name] as (...args: number[]) => number)(...args);
    } catch (error) {
      if (error instanceof Breach) throw error;
      this.#breach(fuel.value < 0 ? `${name} took more than ${FUEL} turns of loops` : `${name}: ${error}`);
    } finally {
      this.turnsMost = Math.max(this.turnsMost, FUEL - fuel.value);
    }
  }

  #memory(): Uint8Array {
    return new Uint8Array(this.#calls.memory.buffer);
  }

  #breach(what: string): never {
    throw new Breach(`${this.build}: ${what}`);
  }
}
