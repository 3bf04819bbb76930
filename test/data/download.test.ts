/** The downloader against a server on localhost that breaks, lies and forgets. Made-up texts, official counts. */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fetchFile } from '../../trainer/data/download/fetch-file.ts';
import { downloadTask } from '../../trainer/data/download/glue.ts';
import { loadTask } from '../../trainer/data/tasks.ts';

const wnli = (rows: number): Uint8Array =>
  strToU8(
    `index\tsentence1\tsentence2\tlabel\n${Array.from({ length: rows }, (_, i) => `${i}\tThe cup ${i} fell.\tIt fell.\t${i % 2}\n`).join('')}`,
  );
const archive = (train: number, dev: number): Uint8Array =>
  zipSync({
    'WNLI/train.tsv': wnli(train),
    'WNLI/dev.tsv': wnli(dev),
    'WNLI/original/train.tsv': strToU8('not this one'),
    '../dev.tsv': strToU8('nor this'),
  });
const pair = (i: number): string =>
  `${i % 2}\t${i}\t${i + 10_000}\tThe river ${i} is wide.\tWide is river ${i}.`;
const pairs = Array.from({ length: 4076 }, (_, i) => pair(i));

let root: string;
let server: Server;
let base: string;
let files: Record<string, Uint8Array>;
/** Bytes after which the connection breaks, for each request to come. */
let breaks: number[];
let requests: { url: string; range: string | undefined }[];

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = request.url as string;
  const range = request.headers.range;
  requests.push({ url, range });
  const whole = files[url];
  if (!whole) {
    response.writeHead(404).end();
    return;
  }
  const etag = `"${createHash('sha1').update(whole).digest('hex')}"`;
  const same = range !== undefined && request.headers['if-range'] === etag;
  const from = same ? Number(/bytes=(\d+)-/.exec(range)?.[1]) : 0;
  const body = whole.subarray(from);
  response.writeHead(same ? 206 : 200, { etag, 'content-length': body.length });
  const most = breaks.shift();
  if (most === undefined) response.end(body);
  else response.write(body.subarray(0, most), () => setTimeout(() => response.destroy(), 30));
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'beex-download-'));
  server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(root, { recursive: true, force: true });
});
beforeEach(() => {
  breaks = [];
  requests = [];
  files = { '/glue/data/WNLI.zip': archive(635, 71) };
});

describe('a task', () => {
  test('comes into a folder that the trainer reads, and nothing else is left', async () => {
    const out = join(root, 'fine');
    const seen: [number, number][] = [];
    const done = await downloadTask('wnli', out, {
      base: `${base}/`,
      onBytes: (bytes, total) => seen.push([bytes, total]),
    });
    expect(done).toEqual({ task: 'WNLI', folder: join(out, 'WNLI'), train: 635, dev: 71, kept: false });
    const size = files['/glue/data/WNLI.zip'].length;
    expect(seen.at(-1)).toEqual([size, size]);
    expect(readdirSync(out)).toEqual(['WNLI']);
    expect(readdirSync(join(out, 'WNLI')).sort()).toEqual(['dev.tsv', 'train.tsv']);
    const { train, dev } = loadTask('wnli', out);
    expect([train.length, dev.length]).toEqual([635, 71]);
    expect(train[1]).toEqual({ text: 'The cup 1 fell.', pair: 'It fell.', label: 'entailment' });
  });

  test('that is there already is checked and kept; one that is spoilt is named', async () => {
    const out = join(root, 'fine');
    expect(await downloadTask('WNLI', out, { base })).toMatchObject({ kept: true });
    expect(requests).toEqual([]);
    writeFileSync(join(out, 'WNLI/dev.tsv'), wnli(3));
    await expect(downloadTask('WNLI', out, { base })).rejects.toThrow(
      /WNLI: is there already, but dev\.tsv has 3 records, not 71; remove it/,
    );
  });

  test("MRPC is put together: Microsoft's pairs, GLUE's ids held out", async () => {
    const held = Array.from({ length: 408 }, (_, i) => 10 * i + 3);
    files['/senteval/senteval_data/msr_paraphrase_train.txt'] = strToU8(
      `\ufeffQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\r\n${pairs.join('\r\n')}\r\n`,
    );
    files['/glue/data/mrpc_dev_ids.tsv'] = strToU8(held.map((i) => `${i}\t${i + 10_000}\n`).join(''));
    const out = join(root, 'mrpc');
    expect(await downloadTask('mrpc', out, { base })).toMatchObject({ train: 3668, dev: 408 });
    const { train, dev } = loadTask('mrpc', out);
    expect(dev.map(({ text }) => text)).toEqual(held.map((i) => `The river ${i} is wide.`));
    expect(train).toHaveLength(3668);
    expect(train[0]).toEqual({
      text: 'The river 0 is wide.',
      pair: 'Wide is river 0.',
      label: 'not_equivalent',
    });
  });

  test.each([
    ['is not on the server', () => ({}), /WNLI\.zip: the server answered 404/],
    ['is no archive', () => ({ '/glue/data/WNLI.zip': strToU8('<html>') }), /WNLI\.zip: sent no sound zip/],
    [
      'has other counts',
      () => ({ '/glue/data/WNLI.zip': archive(635, 70) }),
      /sent a WNLI whose dev\.tsv has 70 records, not 71/,
    ],
    [
      'lacks a file',
      () => ({ '/glue/data/WNLI.zip': zipSync({ 'WNLI/train.tsv': wnli(635) }) }),
      /sent a WNLI whose dev\.tsv can't be read/,
    ],
  ])('that %s is refused, and leaves nothing', async (_, served, message) => {
    files = served();
    const out = join(root, 'refused');
    await expect(downloadTask('wnli', out, { base })).rejects.toMatchObject({
      name: 'DownloadError',
      message: expect.stringMatching(message),
    });
    expect(readdirSync(out)).toEqual([]);
  });

  test('unknown to GLUE is refused before anything is asked', async () => {
    await expect(downloadTask('wnly', join(root, 'unknown'), { base })).rejects.toThrow(/no task "wnly"/);
    expect(requests).toEqual([]);
  });
});

describe('a file', () => {
  const url = '/glue/data/WNLI.zip';

  test('goes on where the connection broke', async () => {
    breaks = [1000, 500];
    const path = join(root, 'resumed.zip');
    await fetchFile(base + url, path);
    expect(requests.map(({ range }) => range)).toEqual([undefined, 'bytes=1000-', 'bytes=1500-']);
    expect(readFileSync(path).equals(files[url])).toBe(true);
  });

  test('starts anew where the server has another one by then', async () => {
    breaks = [1000];
    const path = join(root, 'changed.zip');
    const fetching = fetchFile(base + url, path);
    while (requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    files[url] = archive(100, 10);
    await fetching;
    expect(requests).toHaveLength(2);
    expect(readFileSync(path).equals(files[url])).toBe(true);
  });

  test('that keeps breaking is given up, and leaves nothing', async () => {
    breaks = [10, 10, 10, 10];
    const path = join(root, 'given-up.zip');
    await expect(fetchFile(base + url, path)).rejects.toMatchObject({ name: 'DownloadError' });
    expect(requests).toHaveLength(4);
    expect([existsSync(path), existsSync(`${path}.partial`)]).toEqual([false, false]);
  });

  test('from where no server is', async () => {
    await expect(fetchFile('http://127.0.0.1:1/x', join(root, 'x'))).rejects.toThrow(
      /^http:\/\/127\.0\.0\.1:1\/x: fetch failed/,
    );
  });
});
