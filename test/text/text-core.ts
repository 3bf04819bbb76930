/**
 * The core's text half by its bare exports, so that tests can feed bytes cut anywhere.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { TEXT_CAPACITY } from '../../assembly/abi.ts';
import { Normalizer } from '../../assembly/format.ts';
import { sortPieces, writeVocabulary } from '../../host/model-file/index.ts';
import type { TokenizerModel, Tokens } from '../reference/tokenizer.ts';

export const BUILDS = ['simd', 'scalar'] as const;
export type Build = (typeof BUILDS)[number];

interface TextExports {
  memory: WebAssembly.Memory;
  reserve(bytes: number): number;
  open(arrived: number): number;
  textPointer(): number;
  splitPointer(): number;
  tokensPointer(): number;
  clear(): void;
  feed(segment: number, bytes: number): number;
  tokenize(): number;
  segmentStart(): number;
  wasCut(): number;
  splitWords(bytes: number): number;
}

const { resolve } = createRequire(import.meta.url);
const moduleOf = (build: Build) =>
  new WebAssembly.Module(readFileSync(resolve(`beexformer/core.${build}.wasm`)));
const modules = new Map(BUILDS.map((build) => [build, moduleOf(build)]));

export type TextModel = TokenizerModel & { segments: number };

export class TextCore {
  readonly exports: TextExports;

  constructor(build: Build) {
    this.exports = new WebAssembly.Instance(modules.get(build)!).exports as unknown as TextExports;
  }

  /** What the core says to a file that holds this vocabulary. */
  open({ pieces, tokens, segments, lowercase, stripAccents }: TextModel): number {
    const normalizer = (lowercase ? Normalizer.Lowercase : 0) | (stripAccents ? Normalizer.StripAccents : 0);
    return this.openFile(writeVocabulary({ normalizer, pieces: sortPieces(pieces), tokens, segments }));
  }

  openFile(file: Uint8Array): number {
    const pointer = this.exports.reserve(file.length);
    new Uint8Array(this.exports.memory.buffer).set(file, pointer);
    const status = this.exports.open(file.length);
    this.exports.clear();
    return status;
  }

  /** Feeds a buffer of at most TEXT_CAPACITY bytes. */
  feed(segment: number, bytes: Uint8Array): number {
    new Uint8Array(this.exports.memory.buffer).set(bytes, this.exports.textPointer());
    return this.exports.feed(segment, bytes.length);
  }

  /** Feeds a whole segment cut into pieces of at most `step` bytes; whether there is room for more. */
  feedAll(segment: number, bytes: Uint8Array, step = TEXT_CAPACITY): number {
    let room = this.feed(segment, bytes.subarray(0, step));
    for (let at = step; at < bytes.length && room === 1; at += step) {
      room = this.feed(segment, bytes.subarray(at, at + step));
    }
    return room;
  }

  tokens(): Tokens {
    const count = this.exports.tokenize();
    const ids = [...new Uint32Array(this.exports.memory.buffer, this.exports.tokensPointer(), count)];
    return { ids, segmentStart: this.exports.segmentStart(), wasCut: this.exports.wasCut() === 1 };
  }

  tokenize(first: string | Uint8Array, second?: string | Uint8Array, step?: number): Tokens {
    this.exports.clear();
    this.feedAll(0, bytesOf(first), step);
    if (second !== undefined) this.feedAll(1, bytesOf(second), step);
    return this.tokens();
  }

  words(text: string | Uint8Array, step = TEXT_CAPACITY): string[] {
    this.exports.clear();
    const bytes = bytesOf(text);
    let words = '';
    for (let at = 0; at < bytes.length; at += step) words += this.split(bytes.subarray(at, at + step));
    words += this.split(new Uint8Array(0));
    return words.split('\n').slice(0, -1);
  }

  private split(bytes: Uint8Array): string {
    new Uint8Array(this.exports.memory.buffer).set(bytes, this.exports.textPointer());
    const count = this.exports.splitWords(bytes.length);
    return Buffer.from(this.exports.memory.buffer, this.exports.splitPointer(), count).toString('utf8');
  }
}

export function bytesOf(text: string | Uint8Array): Uint8Array {
  return typeof text === 'string' ? new TextEncoder().encode(text) : text;
}

/** An opened core to see words; its vocabulary does not matter. */
export function wordCore(build: Build, lowercase: boolean, stripAccents: boolean): TextCore {
  const core = new TextCore(build);
  const status = core.open({ pieces: ['a'], tokens: 32, segments: 1, lowercase, stripAccents });
  if (status !== 0) throw new Error(`one piece was refused: ${status}`);
  return core;
}
