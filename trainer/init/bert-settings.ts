/** What a published encoder says of itself beside its tensors, and what its vocabulary shows where it does not. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Normalizer } from '../../assembly/format.ts';
import { DataError } from '../data/record.ts';
import { readText } from '../data/text-file.ts';

export interface EncoderSettings {
  /** Bits of Normalizer. */
  normalizer: number;
  /** Undefined where no config.json says; then BERT's own 64 channels a head are taken for granted. */
  heads: number | undefined;
}

const SPECIAL = /^\[.*\]$/;

/** @throws DataError for a file that is there and is no JSON */
export function readSettings(folder: string, published: readonly string[]): EncoderSettings {
  const tokenizer = readJson(join(folder, 'tokenizer_config.json'));
  const config = readJson(join(folder, 'config.json'));
  const isUncased = published.every((piece) => SPECIAL.test(piece) || piece === piece.toLowerCase());
  const lowercase = boolean(tokenizer['do_lower_case']) ?? isUncased;
  // BERT's tokenizer strips accents where it lowers case, unless told.
  const stripAccents = boolean(tokenizer['strip_accents']) ?? lowercase;
  const heads = Number(config['num_attention_heads'] ?? config['n_heads']);
  return {
    normalizer: (lowercase ? Normalizer.Lowercase : 0) | (stripAccents ? Normalizer.StripAccents : 0),
    heads: Number.isInteger(heads) && heads > 0 ? heads : undefined,
  };
}

function boolean(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

function readJson(path: string): Record<string, unknown> {
  if (!existsSync(path)) return {};
  let value: unknown;
  try {
    value = JSON.parse(readText(path));
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(`${path}: is not JSON`);
  }
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
