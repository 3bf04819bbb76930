/**
 * A start from a published encoder of BERT's family: a .safetensors file with vocab.txt beside it, and
 * tokenizer_config.json and config.json where they are at hand.
 *
 * Its word embeddings come along whole, its positions and segments too. Where its width is ours, all stay
 * in its own axes, and so the attention of its layers fits. Where it is not, they pass through a
 * projection (projection.ts), which is learned on from there, and attention, which speaks of other axes,
 * is left.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DataError } from '../data/record.ts';
import { readText, unreadable } from '../data/text-file.ts';
import { type OpenTensors, openTensors, TensorFileError } from '../safetensors.ts';
import { attentionOf } from './bert-attention.ts';
import { embeddingOf } from './bert-embedding.ts';
import { type BertTensors, bertTensors } from './bert-names.ts';
import { type EncoderSettings, readSettings } from './bert-settings.ts';
import type { Start, StartTarget } from './start.ts';
import { chooseWordpieces } from './wordpieces.ts';

const VOCABULARY = 'vocab.txt';

/** @throws DataError naming the file, for one that is no encoder or has no vocabulary beside it */
export async function startFromEncoder(path: string, target: StartTarget): Promise<Start> {
  const bytes = readBytes(path);
  const vocabularyPath = join(dirname(path), VOCABULARY);
  const vocabulary = readText(vocabularyPath);
  const published = vocabulary.replace(/\r?\n$/, '').split(/\r?\n/);
  const settings = readSettings(dirname(path), published);
  try {
    const bert = open(path, bytes);
    const [count, width] = bert.words.shape;
    if (bert.words.shape.length !== 2 || published.length > count) {
      throw new DataError(
        `${vocabularyPath}: has ${published.length} pieces, the word embeddings of ${path} ${count} rows`,
      );
    }
    if (width % 4 !== 0) throw new DataError(`${path}: its rows are ${width} wide, not a multiple of 4`);
    return await assemble(bert, published, settings, target, sha256(bytes, vocabulary));
  } catch (error) {
    throw error instanceof TensorFileError ? new DataError(`${path}: ${error.message}`) : error;
  }
}

async function assemble(
  bert: BertTensors,
  published: readonly string[],
  settings: EncoderSettings,
  target: StartTarget,
  digest: string,
): Promise<Start> {
  const { recipe, texts } = target;
  const { normalizer } = settings;
  const wordpieces = await chooseWordpieces(published, { normalizer, size: recipe.vocabularySize, texts });
  const embedding = embeddingOf(bert, published, wordpieces, target);
  const attention = attentionOf(bert, settings.heads, target);
  const share = wordpieces.length < published.length ? ` of ${published.length}` : '';
  return {
    pieces: wordpieces.map(({ piece }) => piece),
    normalizer,
    rowWidth: bert.words.shape[1],
    values: { ...embedding.values, ...attention.values },
    record: {
      kind: 'encoder',
      digest,
      taken: [
        `vocabulary (${wordpieces.length}${share} pieces)`,
        ...embedding.taken,
        ...(attention.layers > 0 ? [`attention in ${attention.layers} blocks`] : []),
      ],
      left: attention.why === undefined ? [] : [`attention, ${attention.why}`],
    },
  };
}

function open(path: string, bytes: Uint8Array): BertTensors {
  const file: OpenTensors = openTensors(bytes);
  const bert = bertTensors(file);
  if (bert) return bert;
  throw new DataError(
    `${path}: has no tensor "...embeddings.word_embeddings.weight"; --init takes a run, a model file or an encoder of BERT's family`,
  );
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function sha256(...parts: (Uint8Array | string)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}
