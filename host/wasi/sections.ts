/** A Wasm module as a list of sections, and the numbers in them: just enough to add data to a module. */

/** Section ids of the binary format. */
export enum SectionId {
  Memory = 5,
  Global = 6,
  Export = 7,
  DataCount = 12,
  Data = 11,
}

export interface WasmSection {
  id: number;
  bytes: Uint8Array;
}

const PREAMBLE_BYTES = 8;
const MAGIC = 0x6d736100;

/** Reads LEB128 numbers and bytes one after the other. */
export class Reader {
  at = 0;
  constructor(readonly bytes: Uint8Array) {}

  byte(): number {
    if (this.at >= this.bytes.length) throw new RangeError('the module ends too early');
    return this.bytes[this.at++];
  }

  unsigned(): number {
    return this.#number().value;
  }

  signed(): number {
    const { value, bits, last } = this.#number();
    return bits < 32 && last & 0x40 ? value - 2 ** bits : value | 0;
  }

  text(): string {
    const length = this.unsigned();
    this.at += length;
    return new TextDecoder().decode(this.bytes.subarray(this.at - length, this.at));
  }

  rest(): Uint8Array {
    return this.bytes.subarray(this.at);
  }

  #number(): { value: number; bits: number; last: number } {
    let value = 0;
    let bits = 0;
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** bits;
      bits += 7;
      if (byte < 0x80) return { value, bits, last: byte };
    }
  }
}

/** @throws RangeError for bytes that are no module */
export function readWasm(module: Uint8Array): WasmSection[] {
  const view = new DataView(module.buffer, module.byteOffset, module.byteLength);
  if (module.length < PREAMBLE_BYTES || view.getUint32(0, true) !== MAGIC) {
    throw new RangeError('these bytes are no WebAssembly module');
  }
  const reader = new Reader(module);
  reader.at = PREAMBLE_BYTES;
  const sections: WasmSection[] = [];
  while (reader.at < module.length) {
    const id = reader.byte();
    const length = reader.unsigned();
    sections.push({ id, bytes: module.subarray(reader.at, reader.at + length) });
    reader.at += length;
  }
  return sections;
}

export function writeWasm(sections: readonly WasmSection[]): Uint8Array {
  const preamble = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const parts = sections.flatMap(({ id, bytes }) => [Uint8Array.of(id, ...unsigned(bytes.length)), bytes]);
  return concat([Uint8Array.from(preamble), ...parts]);
}

/** LEB128 of a number that is not negative. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 0x80);
  }
}

/** The same as a signed number: one more bit, which is the sign's. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 64) return [...bytes, rest];
    bytes.push((rest % 128) | 0x80);
  }
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
