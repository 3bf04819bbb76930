/** What a model takes on a device that runs it by the C library: flash, RAM, and bytes read. */
import type { Dimensions } from '../model-file/parts.ts';
import type { ModelFacts } from '../model-file/read.ts';
import { flashMemoryBytes } from './flash-core.ts';
import { predictReads, type Reads } from './reads.ts';

/**
 * Upper bounds for the library at -O2 with bounds checks, which test/mcu holds for Cortex-M3, M4F and M7: its
 * code, its variables, and the stack that a classification takes.
 */
export const LIBRARY_FLASH_BYTES = 28 * 1024;
export const LIBRARY_RAM_BYTES = 768;
export const STACK_BYTES = 768;

/** Flash is erased, and mapped, in blocks of this many bytes. */
export const IMAGE_STEP = 4096;

export interface Footprint {
  /** Bytes of the model file, and of everything. */
  flash: { model: number; library: number; total: number };
  /** Bytes of the core's linear memory, of the library's variables and stack, and of everything. */
  ram: { memory: number; library: number; stack: number; total: number };
  /** For an input of as many tokens as the model takes. */
  reads: Reads;
}

/** @throws CoreError for bytes that are no sound model */
export async function predictFootprint(
  file: Uint8Array,
  facts: Pick<ModelFacts, 'dimensions' | 'rowKind' | 'rareTokens'>,
): Promise<Footprint> {
  const memory = await flashMemoryBytes(file);
  return {
    flash: { model: file.length, library: LIBRARY_FLASH_BYTES, total: file.length + LIBRARY_FLASH_BYTES },
    ram: {
      memory,
      library: LIBRARY_RAM_BYTES,
      stack: STACK_BYTES,
      total: memory + LIBRARY_RAM_BYTES + STACK_BYTES,
    },
    reads: predictReads(facts, facts.dimensions.tokens),
  };
}

/** Bytes that a piece of the vocabulary takes: its row of bits and scale, its string, its share of a bucket. */
export function bytesPerPiece({ hidden }: Pick<Dimensions, 'hidden'>): number {
  return hidden / 8 + 2 + PIECE_STRING_BYTES;
}

/** What front coding makes of a learned vocabulary's pieces, with 4 bytes of offset for 16; about. */
const PIECE_STRING_BYTES = 5.5;
