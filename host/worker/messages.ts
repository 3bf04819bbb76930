/**
 * What page and worker say to each other. Each model has a message port of its own, so a worker may hold
 * many models and do its owner's other work.
 *
 *   page ── Start, with a port ─────────► worker    once a model; all else goes over that port
 *   page ◄── progress*, loaded ────────── worker
 *   page ── call, abort, dispose ───────► worker
 *   page ◄── exit*, then value or error ─ worker    by the call's number; number 0 is the whole file
 */
import type { Progress } from '../browser/arrival.ts';
import type { Cores } from '../browser/cores.ts';
import type { ModelInfo } from '../browser/model.ts';
import { CoreError } from '../core-error.ts';
import { ModelFileError } from '../model-file/error.ts';
import { PolicyError } from '../policy.ts';
import type { ExitResult } from '../results.ts';

/** A response in parts: itself it can't be sent. */
export interface SentResponse {
  stream: ReadableStream<Uint8Array>;
  status: number;
  url: string;
  headers: [string, string][];
}

export type SentSource = string | ReadableStream<Uint8Array> | Blob | BufferSource | SentResponse;

export interface Start {
  beexformer: MessagePort;
  source: SentSource;
  options: { integrity?: string; cores?: Cores };
}

/** The load is call 0, which ends when the whole file is in. */
export type ToWorker =
  | { id: number; call: string; args: unknown[] }
  | { id: number; abort: unknown }
  | { dispose: true };

export type ToPage =
  | { loaded: ModelInfo }
  | { progress: Progress }
  | { id: number; exit: ExitResult }
  | { id: number; value: unknown }
  | { id: number; error: SentError };

/** An error as it is sent: cloning alone would lose its class and what it adds. */
export type SentError = { thrown: unknown } | { error: Record<string, unknown> };

const FIELDS = ['name', 'message', 'stack', 'code', 'section', 'offset'];
const CLASSES: Record<string, { prototype: Error }> = {
  CoreError,
  ModelFileError,
  PolicyError,
  RangeError,
  SyntaxError,
  TypeError,
};

export function sentError(thrown: unknown): SentError {
  if (!(thrown instanceof Error)) return { thrown };
  const all = thrown as unknown as Record<string, unknown>;
  const fields = FIELDS.filter((field) => all[field] !== undefined);
  return { error: Object.fromEntries(fields.map((field) => [field, all[field]])) };
}

/** The error again: of the same class, with the worker's stack. */
export function receivedError(sent: SentError): unknown {
  if ('thrown' in sent) return sent.thrown;
  const error = new Error();
  const known = CLASSES[String(sent.error['name'])];
  if (known) Object.setPrototypeOf(error, known.prototype);
  for (const [field, value] of Object.entries(sent.error)) {
    Object.defineProperty(error, field, { value, configurable: true, writable: true });
  }
  return error;
}
