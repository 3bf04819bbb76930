/**
 * A running core: its calls with types, its status codes as errors with sentences. The only file that
 * touches Wasm memory. docs/core-abi.md describes each call and the order in which they make sense.
 */
import { Dimension, type Kernel, Status, type Step, TEXT_CAPACITY } from '../assembly/abi.ts';
import {
  CONFIG_BINARY_SCORES,
  CONFIG_RECURRENCE,
  ENTRY_BYTES,
  ENTRY_INDEX,
  ENTRY_KIND,
  ENTRY_LENGTH,
  ENTRY_OFFSET,
  HEADER_BYTES,
  HEADER_SECTION_COUNT,
  type PolicyKind,
  SectionKind,
} from '../assembly/format.ts';
import { CoreError } from './core-error.ts';
import { ModelFileError } from './model-file/error.ts';
import { sectionName } from './model-file/layout.ts';
import type { Dimensions } from './model-file/parts.ts';
import type { Section } from './model-file/section/container.ts';

export { CoreError };

/** A text as a string, or as bytes of UTF-8; what is ill-formed in either becomes U+FFFD. */
export type Text = string | Uint8Array;
/** What is classified: one text, or a pair for a model of two segments. */
export type Input = Text | readonly [Text, Text];

/** The rule that the core stops by. */
export interface Rule {
  kind: PolicyKind;
  /** Depth of `fixed`, patience of `patience`, otherwise 0. */
  parameter: number;
  /** [L] */
  thresholds: ArrayLike<number>;
}

export interface Tokens {
  ids: Uint32Array;
  /** Index of the second text's first token; the number of tokens when there is none. */
  segmentStart: number;
  /** Whether text was left out because the model takes no more tokens. */
  cut: boolean;
}

const SENTENCES: Record<Status, string> = {
  [Status.Ok]: 'all is well',
  [Status.NotAModel]: 'this is not a model file: it does not begin with "BEEX"',
  [Status.UnknownVersion]: 'the file has a version that this core does not know',
  [Status.Truncated]: 'the file ends too early',
  [Status.Corrupt]: 'a checksum differs: bytes were changed',
  [Status.BadSectionTable]: 'the section table is out of order or lacks a section',
  [Status.BadSection]: 'a number is out of its range or does not fit the others',
  [Status.OverLimit]: 'a size is over the limit of the format',
  [Status.OutOfMemory]: 'there is not enough memory for the model',
  [Status.WrongState]: 'the core was called in the wrong order',
  [Status.BadArgument]: 'an argument is out of range',
  [Status.NoBlocks]: 'the file holds only a vocabulary: it can tokenize, not classify',
  [Status.NeedRows]: 'a token of the text has not arrived yet',
};

/** What a status code means, in words. */
export function sentence(code: Status): string {
  return SENTENCES[code] ?? `the core returned the unknown code ${code}`;
}

/** Exports of assembly/core.ts; pointers are addresses of bytes in `memory`. */
interface CoreExports {
  memory: WebAssembly.Memory;
  reserve(bytes: number): number;
  open(arrived: number): Status;
  extend(arrived: number): Status;
  errorSection(): number;
  errorOffset(): number;
  dimension(which: Dimension): number;
  normalizer(): number;
  arenaBytes(): number;
  blocksReady(): number;
  chooseKernel(kernel: Kernel): Status;
  textPointer(): number;
  clear(): void;
  feed(segment: number, bytes: number): number;
  tokenize(): number;
  splitWords(bytes: number): number;
  splitPointer(): number;
  tokensPointer(): number;
  segmentStart(): number;
  wasCut(): number;
  begin(): number;
  rareTokens(): number;
  thresholdsPointer(): number;
  policy(kind: PolicyKind, parameter: number): Status;
  step(): number;
  run(): number;
  exits(): number;
  label(): number;
  entropiesPointer(): number;
  logitsPointer(): number;
  probabilitiesPointer(): number;
}

const FEED_MORE = 1;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Offset of a section's entry in the table, 0 when there is none. */
function findEntry(file: DataView, kind: SectionKind, index: number): number {
  const end = HEADER_BYTES + ENTRY_BYTES * file.getUint32(HEADER_SECTION_COUNT, true);
  for (let entry = HEADER_BYTES; entry < end; entry += ENTRY_BYTES) {
    const isOfKind = file.getUint16(entry + ENTRY_KIND, true) === kind;
    if (isOfKind && file.getUint16(entry + ENTRY_INDEX, true) === index) return entry;
  }
  return 0;
}

/** One instance of the core, with room for one model. Every method that the core refuses throws. */
export class Core {
  readonly #exports: CoreExports;
  #bytes = new Uint8Array(0);
  #file = 0;
  #reserved = 0;
  #arrived = 0;
  #isOpen = false;

  constructor(instance: WebAssembly.Instance) {
    this.#exports = instance.exports as unknown as CoreExports;
  }

  static instantiate(module: WebAssembly.Module): Core {
    return new Core(new WebAssembly.Instance(module));
  }

  // ---- The model --------------------------------------------------------------------------------

  /**
   * Opens a whole file.
   * @throws ModelFileError, CoreError
   */
  open(file: Uint8Array): void {
    if (file.length === 0)
      throw new ModelFileError(Status.NotAModel, 'header', 0, sentence(Status.NotAModel));
    this.reserve(file.length);
    if (!this.append(file)) this.#throwFileError(Status.Truncated);
  }

  /**
   * Makes room for a file of this many bytes, whose parts then come by `append`.
   * @throws CoreError when memory is short
   */
  reserve(bytes: number): void {
    this.#isOpen = false;
    this.#arrived = 0;
    this.#reserved = bytes;
    this.#file = this.#exports.reserve(bytes);
    if (this.#file === 0) throw new CoreError(Status.OutOfMemory, sentence(Status.OutOfMemory));
  }

  /**
   * Takes the file's next bytes; true once the first block has come, so that the model can be used.
   * @throws ModelFileError, CoreError, RangeError when more comes than was reserved
   */
  append(bytes: Uint8Array): boolean {
    if (this.#arrived + bytes.length > this.#reserved) {
      throw new RangeError(`more than the ${this.#reserved} bytes that were reserved for the model`);
    }
    this.#memory().set(bytes, this.#file + this.#arrived);
    this.#arrived += bytes.length;
    const { open, extend } = this.#exports;
    const status = this.#isOpen ? extend(this.#arrived) : open(this.#arrived);
    if (status === Status.Truncated && this.#arrived < this.#reserved) return this.#isOpen;
    if (status !== Status.Ok) this.#throwFileError(status);
    this.#isOpen = true;
    return true;
  }

  /** Bytes of the file that have been appended. */
  get arrived(): number {
    return this.#arrived;
  }

  /**
   * Forgets the bytes from `offset` on, so that `append` takes them anew: for a stream that brought damage
   * behind a block that can be used.
   */
  rewind(offset: number): void {
    this.#arrived = Math.min(this.#arrived, offset);
  }

  /**
   * A section of the open model. Its bytes are a copy, valid once it has arrived; those of embedding and
   * blocks are laid out as the kernels want them, not as in the file.
   */
  section(kind: SectionKind, index = 0): Section {
    const view = new DataView(this.#exports.memory.buffer, this.#file, this.#reserved);
    const entry = findEntry(view, kind, index);
    if (!entry) throw new RangeError(`the model has no ${sectionName({ kind, index })}`);
    const offset = view.getUint32(entry + ENTRY_OFFSET, true);
    const start = this.#file + offset;
    const bytes = this.#memory().slice(start, start + view.getUint32(entry + ENTRY_LENGTH, true));
    return { kind, index, name: sectionName({ kind, index }), offset, bytes };
  }

  /** Whether the open model has such a section. */
  has(kind: SectionKind): boolean {
    return findEntry(new DataView(this.#exports.memory.buffer, this.#file, this.#reserved), kind, 0) > 0;
  }

  dimension(which: Dimension): number {
    return this.#check(this.#exports.dimension(which));
  }

  /** Of a model that was given to this class, as `reserve` and `append` or `open` do. */
  dimensions(): Dimensions {
    const dimensions: Dimensions = {
      hidden: this.dimension(Dimension.Hidden),
      slfn: this.dimension(Dimension.Slfn),
      blocks: this.dimension(Dimension.Blocks),
      heads: this.dimension(Dimension.Heads),
      classes: this.dimension(Dimension.Classes),
      tokens: this.dimension(Dimension.Tokens),
      vocabulary: this.dimension(Dimension.Vocabulary),
      segments: this.dimension(Dimension.Segments),
    };
    const { bytes } = this.section(SectionKind.Config);
    const config = new DataView(bytes.buffer);
    const recurrence = config.getUint32(CONFIG_RECURRENCE, true);
    const binaryScores = config.getUint32(CONFIG_BINARY_SCORES, true);
    return {
      ...dimensions,
      ...(recurrence > 0 ? { recurrence } : {}),
      ...(binaryScores > 0 ? { binaryScores } : {}),
    };
  }

  /** Bits of Normalizer. */
  normalizer(): number {
    return this.#check(this.#exports.normalizer());
  }

  /** Bytes of working memory that the model needs besides its file. */
  arenaBytes(): number {
    return this.#check(this.#exports.arenaBytes());
  }

  /** Blocks that have arrived with their exits. */
  blocksReady(): number {
    return this.#check(this.#exports.blocksReady());
  }

  /**
   * How mismatches are counted from now on. It changes how fast the core is, and no result.
   * @throws CoreError when this build does not have that kernel
   */
  chooseKernel(kernel: Kernel): void {
    this.#check(this.#exports.chooseKernel(kernel));
  }

  // ---- The tokenizer ----------------------------------------------------------------------------

  /** @throws RangeError when a pair comes to a model of single texts */
  tokenize(input: Input): Tokens {
    this.#write(input);
    const count = this.#check(this.#exports.tokenize());
    const ids = new Uint32Array(this.#memory().buffer, this.#exports.tokensPointer(), count).slice();
    return { ids, segmentStart: this.#exports.segmentStart(), cut: this.wasCut() };
  }

  /** Whether the last text was longer than the model takes. */
  wasCut(): boolean {
    return this.#exports.wasCut() === 1;
  }

  #write(input: Input): void {
    this.#exports.clear();
    if (typeof input === 'string' || input instanceof Uint8Array) {
      this.#feed(0, input);
      return;
    }
    const segments = this.dimension(Dimension.Segments);
    if (segments < 2) throw new RangeError('this model takes single texts, not pairs');
    this.#feed(0, input[0]);
    this.#feed(1, input[1]);
  }

  #feed(segment: number, text: Text): void {
    this.#writeInPieces(text, (bytes) => this.#check(this.#exports.feed(segment, bytes)) === FEED_MORE);
  }

  /**
   * The words of a text, normalized, as the tokenizer looks them up; those of more than 64 bytes are left
   * out. Only for a file that holds a vocabulary and no blocks.
   * @throws CoreError
   */
  splitWords(text: Text): string[] {
    const { clear, splitPointer, splitWords } = this.#exports;
    let words = '';
    const split = (bytes: number): boolean => {
      const written = this.#check(splitWords(bytes));
      const start = splitPointer();
      words += decoder.decode(this.#memory().subarray(start, start + written));
      return true;
    };
    clear();
    this.#writeInPieces(text, split);
    split(0); // the end of the text
    return words.split('\n').slice(0, -1);
  }

  /**
   * Writes the text to the core's buffer piece by piece until `take` wants no more; an empty text is one
   * empty piece. Pieces may end anywhere: the core decodes UTF-8 as a stream.
   */
  #writeInPieces(text: Text, take: (bytes: number) => boolean): void {
    const start = this.#exports.textPointer();
    const room = this.#memory().subarray(start, start + TEXT_CAPACITY);
    let at = 0;
    do {
      let written: number;
      if (typeof text === 'string') {
        const progress = encoder.encodeInto(at === 0 ? text : text.slice(at), room);
        at += progress.read;
        written = progress.written;
      } else {
        const piece = text.subarray(at, at + TEXT_CAPACITY);
        room.set(piece);
        at += piece.length;
        written = piece.length;
      }
      if (!take(written)) return;
    } while (at < text.length);
  }

  // ---- The machine ------------------------------------------------------------------------------

  /**
   * Sets the rule by which `step` stops. After `open` it is the file's first operating point.
   * @throws CoreError
   */
  setPolicy({ kind, parameter, thresholds }: Rule): void {
    const blocks = this.dimension(Dimension.Blocks);
    if (thresholds.length !== blocks) {
      throw new CoreError(Status.BadArgument, `${thresholds.length} thresholds for ${blocks} exits`);
    }
    this.#floats(this.#exports.thresholdsPointer(), blocks).set(thresholds);
    this.#check(this.#exports.policy(kind, parameter));
  }

  /**
   * Takes a text and embeds it; gives its number of tokens.
   * @throws CoreError NeedRows while rows of rare tokens in it have not arrived
   */
  begin(input: Input): number {
    this.#write(input);
    return this.#check(this.#exports.begin());
  }

  /**
   * The same in a model that is still arriving: `isWhole` is false when rows of rare tokens are missing. Bring
   * them and begin again, or step on, with those tokens as unknown ones.
   */
  beginEarly(input: Input): { tokens: number; isWhole: boolean } {
    this.#write(input);
    const begun = this.#exports.begin();
    const isWhole = begun !== Status.NeedRows;
    return { tokens: this.#check(isWhole ? begun : this.#exports.tokenize()), isWhole };
  }

  /** Tokens of the text whose rows come behind exit 1. */
  rareTokens(): number {
    return this.#check(this.#exports.rareTokens());
  }

  /** One block, its exit and the policy. */
  step(): Step {
    return this.#check(this.#exports.step());
  }

  /** Steps until the policy stops, or a block is missing. */
  run(): Step {
    return this.#check(this.#exports.run());
  }

  /** Exits computed so far. */
  exits(): number {
    return this.#exports.exits();
  }

  /** Class of the last exit computed. */
  label(): number {
    return this.#check(this.#exports.label());
  }

  /** In nats, of each exit computed so far. */
  entropies(): number[] {
    return Array.from(this.#floats(this.#exports.entropiesPointer(), this.exits()));
  }

  /** Of exit `exit`, counted from 1. [C] */
  probabilities(exit: number): number[] {
    return this.#row(this.#exports.probabilitiesPointer(), exit);
  }

  /** Of exit `exit`, counted from 1. [C] */
  logits(exit: number): number[] {
    return this.#row(this.#exports.logitsPointer(), exit);
  }

  #row(pointer: number, exit: number): number[] {
    if (exit < 1 || exit > this.exits()) throw new RangeError(`exit ${exit} was not computed`);
    const classes = this.dimension(Dimension.Classes);
    return Array.from(this.#floats(pointer + 4 * classes * (exit - 1), classes));
  }

  // ---- Memory and errors ------------------------------------------------------------------------

  /** Growing memory detaches its old buffer, so the view is made anew whenever the buffer changed. */
  #memory(): Uint8Array {
    const { buffer } = this.#exports.memory;
    if (this.#bytes.buffer !== buffer) this.#bytes = new Uint8Array(buffer);
    return this.#bytes;
  }

  #floats(pointer: number, length: number): Float32Array {
    return new Float32Array(this.#exports.memory.buffer, pointer, length);
  }

  #check(result: number): number {
    if (result < 0) throw new CoreError(result, sentence(result));
    return result;
  }

  #throwFileError(code: Status): never {
    if (code === Status.OutOfMemory || code === Status.WrongState) throw new CoreError(code, sentence(code));
    const { errorSection, errorOffset } = this.#exports;
    throw new ModelFileError(code, this.#sectionName(errorSection()), errorOffset(), sentence(code));
  }

  #sectionName(tableIndex: number): string {
    const view = new DataView(this.#exports.memory.buffer, this.#file, this.#arrived);
    const entry = HEADER_BYTES + tableIndex * ENTRY_BYTES;
    if (tableIndex < 0 || entry + ENTRY_BYTES > this.#arrived) return 'header';
    if (tableIndex >= view.getUint32(HEADER_SECTION_COUNT, true)) return 'table';
    const kind = view.getUint16(entry + ENTRY_KIND, true);
    return sectionName({ kind, index: view.getUint16(entry + ENTRY_INDEX, true) });
  }
}
