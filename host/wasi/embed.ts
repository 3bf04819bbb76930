/**
 * One self-contained command: the WASI command with a model as a data segment of its own, at the place where
 * the core wants a file's bytes. Nothing is copied when it starts; assembly/wasi/model.ts looks there.
 *
 *   │ static data │ model │ arena, grown at open │
 *                 ^ __heap_base, aligned
 */
import { ARENA_ALIGNMENT } from '../../assembly/abi.ts';
import {
  concat,
  Reader,
  readWasm,
  SectionId,
  signed,
  unsigned,
  type WasmSection,
  writeWasm,
} from './sections.ts';

const PAGE_BYTES = 65_536;
const I32_CONST = 0x41;
const END = 0x0b;
const GLOBAL_EXPORT = 3;

/**
 * @param module a command or reactor of the package: it exports `__heap_base`
 * @param model a model file's bytes, which are not checked here
 */
export function embedModel(module: Uint8Array, model: Uint8Array): Uint8Array {
  const sections = readWasm(module);
  const place = Math.ceil(heapBase(sections) / ARENA_ALIGNMENT) * ARENA_ALIGNMENT;
  return writeWasm(
    sections.map(({ id, bytes }) => {
      if (id === SectionId.Memory) return { id, bytes: withRoom(bytes, place + model.length) };
      if (id === SectionId.DataCount) return { id, bytes: withOneMore(bytes) };
      if (id === SectionId.Data) return { id, bytes: withSegment(bytes, place, model) };
      return { id, bytes };
    }),
  );
}

function heapBase(sections: readonly WasmSection[]): number {
  const index = exportedGlobal(sectionOf(sections, SectionId.Export), '__heap_base');
  return globalValue(sectionOf(sections, SectionId.Global), index);
}

function sectionOf(sections: readonly WasmSection[], wanted: SectionId): Reader {
  const section = sections.find(({ id }) => id === wanted);
  if (!section) throw new RangeError(`the module has no section of kind ${SectionId[wanted]}`);
  return new Reader(section.bytes);
}

function exportedGlobal(reader: Reader, wanted: string): number {
  for (let left = reader.unsigned(); left > 0; left--) {
    const name = reader.text();
    const kind = reader.byte();
    const index = reader.unsigned();
    if (name === wanted && kind === GLOBAL_EXPORT) return index;
  }
  throw new RangeError(`the module does not export ${wanted}`);
}

/** The value of a constant among globals that are constants, as a compiled core has them before it. */
function globalValue(reader: Reader, wanted: number): number {
  const count = reader.unsigned();
  for (let index = 0; index < count; index++) {
    reader.at += 2; // type, mutability
    const value = skipConstant(reader);
    if (index === wanted && value !== undefined) return value;
  }
  throw new RangeError(`global ${wanted} is no constant of 32 bits`);
}

const I64_CONST = 0x42;
const F32_CONST = 0x43;
const F64_CONST = 0x44;

/** The constant expression's value when it is an i32. */
function skipConstant(reader: Reader): number | undefined {
  const code = reader.byte();
  let value: number | undefined;
  if (code === I32_CONST) value = reader.signed();
  else if (code === I64_CONST) while (reader.byte() >= 0x80);
  else if (code === F32_CONST) reader.at += 4;
  else if (code === F64_CONST) reader.at += 8;
  else throw new RangeError(`a global begins with instruction ${code}, which is no constant`);
  reader.at += 1; // the end
  return value;
}

/** Memory of at least `bytes` bytes; no most size remains, since the arena grows behind the model. */
function withRoom(section: Uint8Array, bytes: number): Uint8Array {
  const reader = new Reader(section);
  reader.at = 2; // one memory, its flags
  const pages = Math.max(reader.unsigned(), Math.ceil(bytes / PAGE_BYTES));
  return Uint8Array.of(1, 0, ...unsigned(pages));
}

function withOneMore(section: Uint8Array): Uint8Array {
  return Uint8Array.from(unsigned(new Reader(section).unsigned() + 1));
}

function withSegment(section: Uint8Array, place: number, model: Uint8Array): Uint8Array {
  const reader = new Reader(section);
  const count = unsigned(reader.unsigned() + 1);
  const segment = [0, I32_CONST, ...signed(place), END, ...unsigned(model.length)];
  return concat([Uint8Array.from(count), reader.rest(), Uint8Array.from(segment), model]);
}
