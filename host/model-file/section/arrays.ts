/** Sections that are nothing but arrays (embedding, block, exit), by the table in layout.ts. */
import { Status } from '../../../assembly/abi.ts';
import { ModelFileError, ModelPartsError } from '../error.ts';
import { type ArrayField, aligned, type ElementType } from '../layout.ts';
import type { Section } from './container.ts';

type NumberArray = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Float32Array;

interface Element {
  bytes: number;
  make(length: number): NumberArray;
  get(view: DataView, at: number): number;
  set(view: DataView, at: number, value: number): void;
}

const ELEMENTS: Record<ElementType, Element> = {
  u8: element(1, Uint8Array, 'Uint8'),
  i8: element(1, Int8Array, 'Int8'),
  u16: element(2, Uint16Array, 'Uint16'),
  i16: element(2, Int16Array, 'Int16'),
  u32: element(4, Uint32Array, 'Uint32'),
  f16: element(2, Uint16Array, 'Uint16'),
  f32: element(4, Float32Array, 'Float32'),
};

type Accessor = 'Uint8' | 'Int8' | 'Uint16' | 'Int16' | 'Uint32' | 'Float32';

function element(bytes: number, make: new (length: number) => NumberArray, name: Accessor): Element {
  return {
    bytes,
    make: (length) => new make(length),
    get: (view, at) => view[`get${name}`](at, true),
    set: (view, at, value) => view[`set${name}`](at, value, true),
  };
}

/** Fields with their offsets from the start of the section, and the section's length. */
export function placeArrays(fields: readonly ArrayField[]): {
  places: (ArrayField & { offset: number; bytes: number })[];
  length: number;
} {
  let end = 0;
  const places = fields.map((field) => {
    const offset = aligned(end);
    const bytes = field.length * ELEMENTS[field.type].bytes;
    end = offset + bytes;
    return { ...field, offset, bytes };
  });
  return { places, length: end };
}

/**
 * @param where what to call `parts` in errors, such as `blocks[1]`
 * @throws ModelPartsError
 */
export function writeArrays(where: string, parts: object, fields: readonly ArrayField[]): Uint8Array {
  const { places, length } = placeArrays(fields);
  const section = new Uint8Array(length);
  const view = new DataView(section.buffer);
  for (const place of places) {
    const { bytes, set, make } = ELEMENTS[place.type];
    const name = `${where}.${place.path}`;
    const values = lookUp(parts, place.path);
    const wanted = make(0).constructor.name;
    if (!isLike(values, wanted)) throw new ModelPartsError(name, `is not of type ${wanted}`);
    if (values.length !== place.length) {
      throw new ModelPartsError(name, `has ${values.length} elements instead of ${place.length}`);
    }
    const bad = elementProblem(values, place);
    if (bad) throw new ModelPartsError(`${name}[${bad.index}]`, bad.problem);
    values.forEach((value: number, i: number) => {
      set(view, place.offset + i * bytes, value);
    });
  }
  return section;
}

/** @throws ModelFileError */
export function readArrays<T>(section: Section, fields: readonly ArrayField[]): T {
  const { places, length } = placeArrays(fields);
  const { bytes: source, name: sectionName, offset: start } = section;
  if (source.length !== length) {
    const problem = `its length is ${source.length}, but the dimensions make it ${length}`;
    throw new ModelFileError(Status.BadSection, sectionName, start, problem);
  }
  const view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  const parts = {};
  let end = 0;
  for (const place of places) {
    const { bytes, get, make } = ELEMENTS[place.type];
    const gap = source.subarray(end, place.offset).findIndex(Boolean);
    if (gap >= 0) {
      const problem = `the gap before ${place.path} is not zero`;
      throw new ModelFileError(Status.BadSection, sectionName, start + end + gap, problem);
    }
    const values = make(place.length);
    for (let i = 0; i < place.length; i++) values[i] = get(view, place.offset + i * bytes);
    const bad = elementProblem(values, place);
    if (bad) {
      const at = start + place.offset + bad.index * bytes;
      const problem = `${place.path}[${bad.index}] ${bad.problem}`;
      throw new ModelFileError(Status.BadSection, sectionName, at, problem);
    }
    putIn(parts, place.path, values);
    end = place.offset + place.bytes;
  }
  return parts as T;
}

function elementProblem(
  values: NumberArray,
  { type, range }: ArrayField,
): { index: number; problem: string } | undefined {
  if (type === 'f32') {
    const index = values.findIndex((value: number) => !Number.isFinite(value));
    if (index >= 0) return { index, problem: `is ${values[index]}, not a finite number` };
  }
  if (type === 'f16') {
    const index = values.findIndex((bits: number) => (bits & 0x7c00) === 0x7c00);
    if (index >= 0) return { index, problem: 'is not a finite half float' };
  }
  if (range) {
    const [least, most] = range;
    const index = values.findIndex((value: number) => value < least || value > most);
    if (index >= 0) return { index, problem: `is ${values[index]}, not from ${least} to ${most}` };
  }
  return undefined;
}

/** By the constructor's name: arrays may come from another realm, such as a worker's or a test's. */
function isLike(values: unknown, constructorName: string): values is NumberArray {
  return ArrayBuffer.isView(values) && values.constructor.name === constructorName;
}

function lookUp(parts: object, path: string): unknown {
  let value: unknown = parts;
  for (const key of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[key];
  return value;
}

function putIn(parts: object, path: string, values: NumberArray): void {
  const keys = path.split('.');
  let target = parts as Record<string, object>;
  for (const key of keys.slice(0, -1)) {
    target[key] ??= {};
    target = target[key] as Record<string, object>;
  }
  target[keys.at(-1)!] = values;
}
