/** A small web server for tests: files from memory or folders, slow or broken where a test wants it. */
import { createReadStream, statSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

export interface Served {
  body: Uint8Array | string;
  headers?: Record<string, string>;
  status?: number;
  /** Stalls after this many bytes of the file until `release` is called. */
  stallAt?: number;
  /** Breaks the connection after this many bytes of the file, once. */
  breakAt?: number;
  /** Whether range requests are honoured. */
  ranges?: boolean;
}

export interface Request {
  path: string;
  range?: string;
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

export class TestServer {
  /** What is served by path; looked at before folders. */
  readonly files = new Map<string, Served>();
  /** URL prefix to folder. */
  readonly folders = new Map<string, string>();
  /** Every request so far. */
  readonly requests: Request[] = [];
  #url = '';
  #stalled: (() => void)[] = [];
  readonly #server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost');
    this.requests.push({ path: pathname, range: request.headers.range });
    const served = this.files.get(pathname);
    if (served) this.#send(served, response, pathname, request.headers.range);
    else this.#sendFile(pathname, response);
  });

  static async start(): Promise<TestServer> {
    const server = new TestServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    server.#url = `http://127.0.0.1:${(server.#server.address() as AddressInfo).port}`;
    return server;
  }

  get url(): string {
    return this.#url;
  }

  /** Lets every stalled answer go on. */
  release(): void {
    for (const resolve of this.#stalled.splice(0)) resolve();
  }

  async close(): Promise<void> {
    this.release();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #send(served: Served, response: ServerResponse, pathname: string, range?: string): Promise<void> {
    const bytes = typeof served.body === 'string' ? Buffer.from(served.body) : served.body;
    const headers = { 'content-type': TYPES[path.extname(pathname)] ?? 'application/octet-stream' };
    Object.assign(headers, served.headers);
    const start = served.ranges ? Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0) : 0;
    if (start > 0) {
      Object.assign(headers, { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` });
    }
    response.writeHead(start > 0 ? 206 : (served.status ?? 200), headers);
    const write = (from: number, to: number) =>
      new Promise<void>((resolve) => response.write(bytes.subarray(from, to), () => resolve()));
    const { stallAt, breakAt } = served;
    if (breakAt !== undefined && breakAt > start) {
      served.breakAt = undefined;
      await write(start, breakAt);
      // The browser hears of a broken connection at once and drops what it has not handed on: let it.
      await new Promise((resolve) => setTimeout(resolve, 1500));
      response.destroy();
      return;
    }
    if (stallAt !== undefined && stallAt > start) {
      await write(start, stallAt);
      await new Promise<void>((resolve) => this.#stalled.push(resolve));
      await write(stallAt, bytes.length);
    } else await write(start, bytes.length);
    response.end();
  }

  #sendFile(pathname: string, response: ServerResponse): void {
    for (const [prefix, folder] of this.folders) {
      if (!pathname.startsWith(prefix)) continue;
      let file = path.join(folder, pathname.slice(prefix.length));
      if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) file = path.join(file, 'index.html');
      if (!statSync(file, { throwIfNoEntry: false })) continue;
      response.writeHead(200, { 'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream' });
      createReadStream(file).pipe(response);
      return;
    }
    response.writeHead(404).end('not found');
  }
}
