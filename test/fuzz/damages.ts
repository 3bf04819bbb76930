/**
 * What is done to a model file to break it. Every damage finds its way by the file's own section table, so
 * that it holds for whatever sections a later format has.
 */
import {
  ENTRY_BYTES,
  ENTRY_INDEX,
  ENTRY_KIND,
  ENTRY_LENGTH,
  ENTRY_OFFSET,
  HEADER_BYTES,
  HEADER_FILE_BYTES,
  HEADER_MAJOR,
  HEADER_MINOR,
  HEADER_SECTION_COUNT,
} from '../../assembly/format.ts';
import { entriesOf, sectionOf } from '../core/damage.ts';
import type { Dice } from './dice.ts';

/** A sound file and where its parts are: damages find their way by it, however bent the copy is already. */
export interface Sound {
  bytes: Uint8Array;
  /** Offsets of the section table's entries. */
  entries: number[];
  sections: { offset: number; length: number }[];
}

export function sound(bytes: Uint8Array): Sound {
  const entries = entriesOf(bytes);
  return { bytes, entries, sections: entries.map((_, section) => sectionOf(bytes, section)) };
}

/** Damages `file`, a copy of `of`, in place. `donor` is another model. */
type Damage = (file: Uint8Array, dice: Dice, of: Sound, donor: Sound) => void;
/** Gives a shorter or a longer file. */
type Resizing = (file: Uint8Array, dice: Dice, of: Sound) => Uint8Array;

const EDGES = [0, 1, 2, 15, 16, 63, 64, 65, 255, 256, 1023, 1024, 1025, 65535, 65536, 1 << 20, 1 << 28];
const HUGE = [(1 << 28) + 16, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 16, 2 ** 32 - 1];
const ODD_FLOATS = [Number.NaN, Infinity, -Infinity, 3.4e38, -3.4e38, 1e-45, -0, 1e30];

const viewOf = (file: Uint8Array) => new DataView(file.buffer, file.byteOffset, file.byteLength);

/** Bytes of the header and the table, which hold most of what is checked. */
const frontBytes = ({ entries }: Sound) => HEADER_BYTES + entries.length * ENTRY_BYTES;

/** A place in the front, in the start of some section, or anywhere: small parts are hit as often as large. */
function place(dice: Dice, of: Sound): number {
  if (dice.oneIn(12)) return dice.below(frontBytes(of));
  if (dice.oneIn(3)) return dice.below(of.bytes.length);
  const { offset, length } = dice.pick(of.sections);
  return offset + dice.below(dice.oneIn(2) ? Math.min(length, 96) : length);
}

const placeOfWord = (dice: Dice, of: Sound) => place(dice, of) & ~3;

/** A number that some check should stumble over; `was` is what stands there. */
function oddWord(was: number, dice: Dice, { bytes }: Sound): number {
  const near = [was + 1, was - 1, was + 16, was - 16, was * 2, was >>> 1, was ^ (1 << dice.below(32))];
  const sizes = [bytes.length, bytes.length - 16, bytes.length + 16];
  return dice.pick([...EDGES, ...HUGE, ...near, ...sizes, dice.below(2 ** 32)]) >>> 0;
}

function swapRange(file: Uint8Array, a: number, b: number, bytes: number): void {
  const first = file.slice(a, a + bytes);
  file.copyWithin(a, b, b + bytes);
  file.set(first, b);
}

/** Turns the bytes of each word of a range around, as the other endianness would have it. */
function turnWords(file: Uint8Array, from: number, to: number, bytes: number): void {
  for (let at = from; at + bytes <= Math.min(to, file.length); at += bytes) {
    file.subarray(at, at + bytes).reverse();
  }
}

export const DAMAGES = {
  'bits flipped': (file, dice, of) => {
    for (let i = dice.below(8); i >= 0; i--) file[place(dice, of)] ^= 1 << dice.below(8);
  },
  'random bytes': (file, dice, of) => {
    const at = place(dice, of);
    const end = Math.min(at + 1 + dice.below(24), file.length);
    for (let i = at; i < end; i++) file[i] = dice.below(256);
  },
  'odd word': (file, dice, of) => {
    const at = placeOfWord(dice, of);
    const view = viewOf(file);
    view.setUint32(at, oddWord(view.getUint32(at, true), dice, of), true);
  },
  'odd half word': (file, dice, of) => {
    viewOf(file).setUint16(place(dice, of) & ~1, dice.pick([0, 1, 0x7c00, 0x7fff, 0x8000, 0xffff]), true);
  },
  'odd floats': (file, dice, of) => {
    const view = viewOf(file);
    for (let i = dice.below(12); i >= 0; i--) {
      view.setFloat32(placeOfWord(dice, of), dice.pick(ODD_FLOATS), true);
    }
  },
  'entries swapped': (file, dice, { entries }) => {
    swapRange(file, dice.pick(entries), dice.pick(entries), ENTRY_BYTES);
  },
  'kinds swapped': (file, dice, { entries }) => {
    swapRange(file, dice.pick(entries), dice.pick(entries), ENTRY_OFFSET);
  },
  'another kind or index': (file, dice, { entries }) => {
    const at = dice.pick(entries) + dice.pick([ENTRY_KIND, ENTRY_INDEX]);
    viewOf(file).setUint16(at, dice.pick([dice.below(12), 64, 65535]), true);
  },
  'contents swapped': (file, dice, { sections }) => {
    const a = dice.pick(sections);
    const b = dice.pick(sections);
    if (a !== b) swapRange(file, a.offset, b.offset, Math.min(a.length, b.length));
  },
  'overlapping sections': (file, dice, { entries, sections }) => {
    const { offset, length } = dice.pick(sections);
    viewOf(file).setUint32(dice.pick(entries) + ENTRY_OFFSET, (offset + dice.below(length)) & ~15, true);
  },
  'huge or zero section': (file, dice, { entries }) => {
    const at = dice.pick(entries) + dice.pick([ENTRY_OFFSET, ENTRY_LENGTH]);
    viewOf(file).setUint32(at, dice.pick([0, 1, ...HUGE]), true);
  },
  'border between sections moved': (file, dice, { entries, sections }) => {
    const section = dice.below(entries.length - 1);
    const next = sections[section + 1];
    const { offset, length } = sections[section];
    const moved = Math.max(0, length + 16 * (dice.below(9) - 4));
    const border = (offset + moved + 15) & ~15;
    const view = viewOf(file);
    view.setUint32(entries[section] + ENTRY_LENGTH, moved, true);
    view.setUint32(entries[section + 1] + ENTRY_OFFSET, border, true);
    view.setUint32(entries[section + 1] + ENTRY_LENGTH, next.offset + next.length - border, true);
  },
  'another number of sections': (file, dice, { entries }) => {
    const near = dice.below(9) - 4;
    const count = dice.pick([entries.length + near, dice.below(3), 134, 135, ...HUGE]);
    viewOf(file).setUint32(HEADER_SECTION_COUNT, count, true);
  },
  'another version': (file, dice) => {
    const at = dice.pick([HEADER_MAJOR, HEADER_MINOR]);
    viewOf(file).setUint16(at, dice.pick([0, 1, 2, 3, 255, 65535]), true);
  },
  'other endianness': (file, dice, of) => {
    const bytes = dice.pick([2, 4, 8]);
    if (dice.oneIn(3)) turnWords(file, 0, file.length, bytes);
    else if (dice.oneIn(2)) turnWords(file, 0, frontBytes(of), bytes);
    else {
      const { offset, length } = dice.pick(of.sections);
      turnWords(file, offset, offset + length, bytes);
    }
  },
  'a section of another model': (file, dice, of, donor) => {
    const to = dice.pick(of.sections);
    const from = dice.pick(donor.sections);
    const bytes = Math.min(to.length, from.length);
    file.set(donor.bytes.subarray(from.offset, from.offset + bytes), to.offset);
  },
  'the table of another model': (file, _dice, _of, donor) => {
    file.set(donor.bytes.subarray(0, Math.min(frontBytes(donor), file.length)));
  },
} satisfies Record<string, Damage>;

export const RESIZINGS = {
  'cut off': (file, dice, of) => file.slice(0, 1 + place(dice, of)),
  'cut off, and its size with it': (file, dice, of) => {
    const cut = file.slice(0, Math.max(HEADER_BYTES, place(dice, of) & ~15));
    viewOf(cut).setUint32(HEADER_FILE_BYTES, cut.length, true);
    return cut;
  },
  'bytes behind it': (file, dice) => {
    const longer = new Uint8Array(file.length + 16 * (1 + dice.below(8)));
    longer.set(file);
    if (dice.oneIn(2)) viewOf(longer).setUint32(HEADER_FILE_BYTES, longer.length, true);
    return longer;
  },
} satisfies Record<string, Resizing>;

export type DamageName = keyof typeof DAMAGES | keyof typeof RESIZINGS;
