/**
 * Fetches a file over HTTP, whole or not at all: bytes go into `PATH.partial`, which is renamed once as
 * many have come as the server promised. A connection that breaks is taken up where it broke, if the
 * server still has the same file.
 */
import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';

/** Says which address could not be fetched, and why. */
export class DownloadError extends Error {
  override name = 'DownloadError';
}

/** `total` is 0 where the server doesn't say. */
export type OnBytes = (done: number, total: number) => void;

const ATTEMPTS = 4;
const PAUSE_MS = 300;

/** @throws DownloadError; nothing is left behind then */
export async function fetchFile(url: string, path: string, onBytes: OnBytes = () => {}): Promise<void> {
  const partial = `${path}.partial`;
  try {
    let version: string | undefined;
    for (let attempt = 1; ; attempt++) {
      try {
        version = await fetchOnce(url, partial, version, onBytes);
        break;
      } catch (error) {
        if (error instanceof DownloadError || attempt === ATTEMPTS) throw error;
        version = error instanceof BrokenOff ? error.version : undefined;
        await wait(PAUSE_MS * attempt);
      }
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error instanceof DownloadError ? error : new DownloadError(`${url}: ${reasonOf(error)}`);
  }
}

/** The connection broke; `version` names the file that a part of has come. */
class BrokenOff extends Error {
  readonly version: string | undefined;
  constructor(message: string, version: string | undefined) {
    super(message);
    this.version = version;
  }
}

/** One request: for what is missing of `version`, or for everything. Gives the version that was fetched. */
async function fetchOnce(
  url: string,
  partial: string,
  version: string | undefined,
  onBytes: OnBytes,
): Promise<string | undefined> {
  const have = version === undefined ? 0 : ((await stat(partial).catch(() => undefined))?.size ?? 0);
  const response = await fetch(url, {
    headers: {
      // A compressed body's length would not be the file's.
      'accept-encoding': 'identity',
      ...(version !== undefined && have > 0 ? { range: `bytes=${have}-`, 'if-range': version } : {}),
    },
  });
  if (!response.ok || response.body === null) {
    throw new DownloadError(`${url}: the server answered ${response.status} ${response.statusText}`.trim());
  }
  // A server that has another file by now, or knows no ranges, sends all of it again.
  const from = response.status === 206 ? have : 0;
  const length = Number(response.headers.get('content-length') ?? 0);
  const total = length === 0 ? 0 : from + length;
  const etag = response.headers.get('etag') ?? undefined;
  const strong = etag?.startsWith('W/') ? undefined : etag;
  let done = from;
  try {
    const counted = async function* (body: AsyncIterable<Uint8Array>) {
      for await (const chunk of body) {
        done += chunk.length;
        onBytes(done, total);
        yield chunk;
      }
    };
    await pipeline(
      Readable.fromWeb(response.body as never),
      counted,
      createWriteStream(partial, { flags: from > 0 ? 'a' : 'w' }),
    );
  } catch (error) {
    throw new BrokenOff(reasonOf(error), strong);
  }
  if (total > 0 && done !== total) throw new BrokenOff(`${done} of ${total} bytes came`, strong);
  return strong;
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  const why = (cause as NodeJS.ErrnoException | undefined)?.code ?? (cause as Error | undefined)?.message;
  return why === undefined ? message : `${message} (${why})`;
}
