/**
 * Packages that only those who train install, each only for the backend that needs it. They are looked
 * for where this package lies and, for a `beex` that is installed globally, where the user stands.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Names what is missing and the one command that mends it. */
export class MissingPackageError extends Error {
  override name = 'MissingPackageError';

  constructor(
    /** What cannot be done, such as "training". */
    what: string,
    missing: string,
    /** Everything that it needs, with versions, as npm takes it. */
    packages: readonly string[],
  ) {
    super(
      `${what} needs ${missing}, which is not installed. Install it with:\n  npm install ${packages.join(' ')}`,
    );
  }
}

/** The file that importing the package would load; undefined where it is not installed. */
export function locate(name: string): string | undefined {
  const places = [import.meta.url, pathToFileURL(join(process.cwd(), 'package.json')).href];
  for (const place of places) {
    try {
      return createRequire(place).resolve(name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  return undefined;
}

/** @throws MissingPackageError unless all are installed; else their files, in order */
export function locateAll(what: string, names: readonly string[], packages: readonly string[]): string[] {
  return names.map((name) => {
    const file = locate(name);
    if (file === undefined) throw new MissingPackageError(what, name, packages);
    return file;
  });
}
