/** Every limit that docs/reliability.md lists: what is at it is taken, what is beyond it is refused politely. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Status, TEXT_CAPACITY } from '../../assembly/abi.ts';
import * as format from '../../assembly/format.ts';
import { writeModel } from '../../host/model-file/index.ts';
import { buildOnce, built } from '../cli/command.ts';
import { BUILDS, instantiate } from '../core/builds.ts';
import { damaged, sectionOf } from '../core/damage.ts';
import { randomModel } from '../support/random-model.ts';

const parts = randomModel(8, { blocks: 1, slfn: 64, classes: 2, tokens: 4 });
const file = writeModel(parts);

const statusOf = (build: (typeof BUILDS)[number], bytes: Uint8Array): Status => {
  const { calls } = instantiate(build);
  const place = calls.reserve(bytes.length);
  new Uint8Array(calls.memory.buffer).set(bytes, place);
  return calls.open(bytes.length);
};

const { CONFIG_BLOCKS, CONFIG_CLASSES, CONFIG_HIDDEN, CONFIG_SLFN, CONFIG_TOKENS, CONFIG_VOCABULARY } =
  format;

describe.each(BUILDS)('the %s build', (build) => {
  it.each([
    ['d', CONFIG_HIDDEN, format.LIMIT_HIDDEN, format.DIMENSION_STEP],
    ['f', CONFIG_SLFN, format.LIMIT_SLFN, format.DIMENSION_STEP],
    ['classes', CONFIG_CLASSES, format.LIMIT_CLASSES, 1],
    ['tokens', CONFIG_TOKENS, format.LIMIT_TOKENS, 1],
    ['the vocabulary', CONFIG_VOCABULARY, format.LIMIT_VOCABULARY, 1],
  ])('refuses %s beyond its limit, and by another code what is not', (_, field, limit, step) => {
    const { offset } = sectionOf(file, 0);
    const withValue = (value: number) => damaged(file, (view) => view.setUint32(offset + field, value, true));
    expect(statusOf(build, withValue(limit + step))).toBe(Status.OverLimit);
    // At the limit the number is taken; the sections do not fit it here.
    expect(statusOf(build, withValue(limit))).toBe(Status.BadSection);
  });

  it('refuses blocks, and files, beyond their limits', () => {
    const { offset } = sectionOf(file, 0);
    const blocks = damaged(file, (view) =>
      view.setUint32(offset + CONFIG_BLOCKS, format.LIMIT_BLOCKS + 1, true),
    );
    expect(statusOf(build, blocks)).toBe(Status.OverLimit);
    const { calls } = instantiate(build);
    expect(calls.reserve(format.LIMIT_FILE_BYTES + 1)).toBe(0);
    expect(calls.reserve(format.LIMIT_FILE_BYTES)).toBeGreaterThan(0);
  });

  it('takes no more text at a time than there is room for', () => {
    const { core, calls } = instantiate(build);
    core.open(file);
    calls.clear();
    expect(calls.feed(0, TEXT_CAPACITY + 1)).toBe(Status.BadArgument);
    expect(calls.feed(0, TEXT_CAPACITY)).toBeGreaterThanOrEqual(0);
  });
});

describe('beex classify', () => {
  let folder: string;
  let model: string;
  beforeAll(async () => {
    await buildOnce();
    folder = mkdtempSync(path.join(tmpdir(), 'beex-limits-'));
    model = path.join(folder, 'model.beex');
    writeFileSync(model, file);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const classify = (input: Uint8Array | string) =>
    spawnSync(process.execPath, [built, 'classify', '--json', '--model', model], { input, encoding: 'utf8' });

  it('reads a line of 10 MB, NUL and bytes that are no UTF-8, and says what it cut', () => {
    const long = Buffer.alloc(10_000_000, 'ab ');
    const { status, stdout, stderr } = classify(
      Buffer.concat([long, Buffer.from('\n\0a\0\n'), Buffer.of(255, 10)]),
    );
    expect(status).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(3);
    expect(stderr).toContain('text 1 is too long and was cut to 4 tokens');
  });

  it('refuses a line without end, with its number', () => {
    const { status, stderr } = classify(
      Buffer.concat([Buffer.from('a\n'), Buffer.alloc((1 << 26) + 100_000, 'x')]),
    );
    expect({ status, stderr }).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('line 2 is longer than'),
    });
  });
});
