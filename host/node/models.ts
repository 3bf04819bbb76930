/** Where a model's bytes come from in Node: the package's own models by name, or a file. */
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

const SUFFIX = '.beex';
const { resolve } = createRequire(import.meta.url);
const folder = path.join(path.dirname(resolve('beexformer/package.json')), 'models');

/** No model of that name and no file there either. */
export class NoSuchModelError extends Error {
  /** The models that come with the package. */
  readonly names: string[];

  constructor(wanted: string, names: string[]) {
    const known = names.length > 0 ? names.join(', ') : 'none';
    super(`there is no model or file "${wanted}"; models of the package: ${known}`);
    this.name = 'NoSuchModelError';
    this.names = names;
  }
}

/** Names of the models that come with the package, sorted. */
export async function modelNames(): Promise<string[]> {
  const files = await readdir(folder).catch(() => []);
  return files
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => path.basename(file, SUFFIX))
    .sort();
}

/**
 * The bytes of a model: a name of the package's models comes before a file of that name.
 * @throws NoSuchModelError, and the file system's errors
 */
export async function modelBytes(source: string | URL): Promise<Uint8Array> {
  const names = await modelNames();
  const file =
    typeof source === 'string' && names.includes(source) ? path.join(folder, source + SUFFIX) : source;
  try {
    return await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new NoSuchModelError(String(source), names);
    if (code === 'EISDIR') throw new Error(`${source} is a folder, not a model file`);
    throw error;
  }
}
