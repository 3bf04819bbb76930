/** Builds what the browser tests run, when a source is newer. Test files run side by side: one builds. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../..', import.meta.url));
const WAIT_MS = 50;
/** A lock that is older was left behind by a run that was killed. */
const LOCK_MS = 60_000;

/**
 * Runs a script of the repository unless `output` is newer than every source.
 * @param script path from the root, of a module that builds when it is run
 */
export async function buildOnce(script: string, output: string, sources: string[]): Promise<void> {
  const lock = path.join(root, 'dist', `.building-${path.basename(output)}`);
  mkdirSync(path.join(root, 'dist'), { recursive: true });
  while (isStale(output, sources)) {
    if (!takeLock(lock)) {
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
      continue;
    }
    try {
      const { status, stderr } = spawnSync(process.execPath, [path.join(root, script)], { encoding: 'utf8' });
      if (status !== 0) throw new Error(`${script} failed:\n${stderr}`);
    } finally {
      rmSync(lock, { recursive: true });
    }
  }
}

/** dist/browser */
export async function buildBrowser(): Promise<string> {
  await buildOnce('host/browser/build.mjs', 'dist/browser/index.js', ['assembly', 'host', 'build']);
  return path.join(root, 'dist/browser');
}

function isStale(output: string, sources: string[]): boolean {
  const time = modified(path.join(root, output));
  return sources.some((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|mjs|html|css|json|wasm)$/.test(name))
      .some((name) => modified(path.join(root, folder, name)) > time),
  );
}

function takeLock(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    if (Date.now() - modified(lock) > LOCK_MS) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}

function modified(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
