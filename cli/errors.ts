/** From an error to one line for the user and an exit code: 1 failed, 2 wrong usage. */
import { CommanderError } from 'commander';

export const FAILED = 1;
export const WRONG_USAGE = 2;

/** The command was called wrongly. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/**
 * Errors that are the caller's to mend. By name: importing them all would load the trainer for those
 * who only classify.
 */
const CALLERS_ERRORS = new Set([
  'UsageError',
  'PolicyError',
  'NoSuchModelError',
  'DataError',
  'NoRunError',
  'MissingToolError',
  'MissingPackageError',
]);

/** The exit code for an error; its line has been written to standard error. */
export function report(error: unknown): number {
  // Commander has written its own line, and help is no error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  process.stderr.write(`error: ${message}\n`);
  if (process.env.BEEX_DEBUG) process.stderr.write(`${stack}\n`);
  return CALLERS_ERRORS.has(name) ? WRONG_USAGE : FAILED;
}
