/** Made-up files in a temporary folder, gone when the tests are. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';

/** A function that writes a file below a temporary folder of its own and gives its path. */
export function temporaryFiles(): (name: string, content: string | Uint8Array) => string {
  const folder = mkdtempSync(join(tmpdir(), 'beexformer-data-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (name, content) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  };
}

/** The message of the DataError that `read` throws; fails where it throws none. */
export function complaint(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if ((error as Error).name === 'DataError') return (error as Error).message;
    throw error;
  }
  throw new Error('no DataError was thrown');
}
