/** The error of a call to the core; by itself, for a page whose core is in a worker. */
import type { Status } from '../assembly/abi.ts';

/** A call to the core that failed. */
export class CoreError extends Error {
  readonly code: Status;

  constructor(code: Status, message: string) {
    super(message);
    this.name = 'CoreError';
    this.code = code;
  }
}
