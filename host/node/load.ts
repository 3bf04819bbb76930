/** Loading a model, or its tokenizer alone, in Node. */
import { Classifier } from '../classifier.ts';
import { useFastestKernel } from '../kernel.ts';
import { Tokenizer } from '../tokenizer.ts';
import { modelBytes } from './models.ts';
import { type Build, coreModule } from './modules.ts';

export interface LoadOptions {
  /** The best that the engine takes, unless given. */
  build?: Build;
}

/**
 * Loads a model: one of the package's by name (`'sst2'`), a file by path or URL, or a file's bytes.
 * @throws NoSuchModelError, ModelFileError for bytes that are no sound model
 */
export async function load(
  source: string | URL | Uint8Array | ArrayBuffer,
  options: LoadOptions = {},
): Promise<Classifier> {
  const { module, build } = await coreModule(options.build);
  const model = Classifier.open(module, await bytesOf(source), build);
  useFastestKernel(model.core, build);
  return model;
}

/**
 * Loads only the tokenizer, from a vocabulary file (`writeVocabulary`) or a model.
 * @throws NoSuchModelError, ModelFileError
 */
export async function loadTokenizer(
  source: string | URL | Uint8Array | ArrayBuffer,
  options: LoadOptions = {},
): Promise<Tokenizer> {
  const { module } = await coreModule(options.build);
  return new Tokenizer(module, await bytesOf(source));
}

/** The file's bytes, wherever they come from. */
export async function bytesOf(source: string | URL | Uint8Array | ArrayBuffer): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  return modelBytes(source);
}
