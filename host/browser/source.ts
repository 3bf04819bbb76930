/** Where a model's bytes come from: whatever a page has, as one stream. */
import { checked, fetchOk } from './cores.ts';

/** An address to fetch, a response, a stream, or bytes; a `File` that a user dropped is a Blob. */
export type ModelSource = string | URL | Response | ReadableStream<Uint8Array> | Blob | BufferSource;

export interface OpenSource {
  stream: ReadableStream<Uint8Array>;
  /** Where in the file the stream starts. */
  start: number;
  /** Where the rest can be asked for. */
  url?: string;
  /** What the server calls this version of the file. */
  version?: string | null;
}

/**
 * Opens the source, asking for the bytes from `start` on where that can be asked.
 * @throws Error when a server refuses
 */
export async function openSource(source: ModelSource, signal?: AbortSignal, start = 0): Promise<OpenSource> {
  const isAddress = typeof source === 'string' || source instanceof URL;
  const headers: HeadersInit = start > 0 ? { Range: `bytes=${start}-` } : {};
  const response = isAddress
    ? await fetchOk(source, { signal, headers })
    : source instanceof Response
      ? checked(source)
      : new Response(source as BodyInit);
  if (!response.body) throw new Error('the response has no body');
  // Another origin's Content-Range can only be read where it says so.
  const [, from = start] = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '') ?? [];
  return {
    stream: response.body,
    start: response.status === 206 ? Number(from) : 0,
    url: response.url || undefined,
    version: response.headers.get('etag') ?? response.headers.get('last-modified'),
  };
}
