/** What fits on a device: a model's footprint against a budget, and the presets that would fit it. */
import { blankModel } from '../host/mcu/blank-model.ts';
import { bytesPerPiece, type Footprint, predictFootprint } from '../host/mcu/footprint.ts';
import { readFacts } from '../host/model-file/index.ts';
import { PRESETS } from '../trainer/settings.ts';
import { UsageError } from './errors.ts';
import { count, table } from './output.ts';

export interface Budget {
  flash: number;
  ram: number;
}

const UNITS: Record<string, number> = { '': 1, K: 1024, M: 1024 * 1024 };
/** Vocabularies are trained in steps of this. */
const VOCABULARY_STEP = 64;
const LEAST_VOCABULARY = 256;

/** `flash=256K,ram=64K`; bytes, or K and M of 1,024. */
export function parseBudget(text: string): Budget {
  const budget: Partial<Budget> = {};
  for (const part of text.split(',')) {
    const [, name, digits, unit] = /^(flash|ram)=(\d+)([KM]?)$/.exec(part.trim()) ?? [];
    if (name === undefined) throw new UsageError(`--budget: "${part}" is not like flash=256K or ram=64K`);
    budget[name as keyof Budget] = Number(digits) * UNITS[unit];
  }
  return { flash: budget.flash ?? Infinity, ram: budget.ram ?? Infinity };
}

export interface Fit {
  preset: string;
  /** RAM, the library's and the stack's included. */
  ram: number;
  /** Flash, the library's included, without the vocabulary's pieces; and of each of these, about. */
  flash: number;
  perPiece: number;
  /** Size of the largest vocabulary that fits; 0 when not even a small one does. */
  vocabulary: number;
}

/** Each preset's needs, and the vocabulary that the budget leaves room for. */
export async function fitPresets(budget: Budget): Promise<Fit[]> {
  const fits: Fit[] = [];
  for (const [preset, shape] of Object.entries(PRESETS)) {
    const blank = blankModel(shape);
    const { flash, ram } = await predictFootprint(blank, readFacts(blank));
    const perPiece = bytesPerPiece(shape);
    const room = Math.floor((budget.flash - flash.total) / perPiece / VOCABULARY_STEP) * VOCABULARY_STEP;
    const vocabulary = ram.total <= budget.ram && room >= LEAST_VOCABULARY ? room : 0;
    fits.push({ preset, ram: ram.total, flash: flash.total, perPiece, vocabulary });
  }
  return fits;
}

export function fitsText(fits: readonly Fit[]): string {
  const rows = fits.map(({ preset, ram, flash, perPiece, vocabulary }) => [
    preset,
    count(ram),
    `${count(flash)} + ${perPiece} a piece`,
    vocabulary === 0
      ? 'does not fit'
      : vocabulary === Infinity
        ? 'fits'
        : `up to ${count(vocabulary)} pieces`,
  ]);
  return table(['preset', 'RAM', 'flash', 'vocabulary'], rows, [0, 3]);
}

/** A model's footprint as facts for a table. */
export function footprintFacts({ flash, ram, reads }: Footprint): string[][] {
  return [
    ['flash', `${count(flash.total)} bytes: the file, and at most ${count(flash.library)} of the C library`],
    [
      'RAM',
      `${count(ram.total)} bytes: ${count(ram.memory)} to work in, at most ${count(ram.library + ram.stack)} besides`,
    ],
    [
      'read at the longest input',
      `${count(reads.embedding)} bytes to embed it, ${count(reads.step)} a block`,
    ],
  ];
}
