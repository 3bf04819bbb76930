/**
 * TensorFlow itself, through the packages that bind it to Node. They bring a compiled library of some
 * hundred megabytes, so this package names them and leaves installing them to the user.
 */
import { createRequire } from 'node:module';
import { locateAll } from './packages.ts';
import { loadTfjs, TFJS_PACKAGES, type Tf } from './tfjs.ts';

type PackageName = '@tensorflow/tfjs-node' | '@tensorflow/tfjs-node-gpu';

/** tfjs knows both by one name, so a process can load one of them. */
let loaded: PackageName | undefined;

/**
 * Loads the package, which registers itself as `tensorflow`.
 * @returns what it computes on
 * @throws MissingPackageError; Error where its compiled library can't be loaded
 */
export async function startTensorFlow(name: PackageName): Promise<string> {
  if (loaded !== undefined && loaded !== name)
    throw new Error(`${loaded} is loaded already; ${name} can't be.`);
  const what = `The backend ${name.replace('@tensorflow/tfjs-', '')}`;
  const [file] = locateAll(what, [name], [...TFJS_PACKAGES, `${name}@4.22`]);
  try {
    createRequire(import.meta.url)(file);
  } catch (cause) {
    throw new Error(`${what} can't load ${name}: ${(cause as Error).message.trim()}`, { cause });
  }
  loaded = name;
  const tf = loadTfjs<Tf>('@tensorflow/tfjs-core');
  await tf.setBackend('tensorflow');
  return usesGpu(tf) ? 'TensorFlow on a CUDA GPU' : 'TensorFlow on the CPU';
}

/** Whether the active backend, TensorFlow's, found a GPU: without one tfjs-node-gpu computes on the CPU. */
export function usesGpu(tf: Tf): boolean {
  return (tf.backend() as unknown as { isUsingGpuDevice?: boolean }).isUsingGpuDevice === true;
}
